use crate::{context::Context, fails};

const APP: (&str, &str) = ("p é/app.py", "import streamlit as st\n\nst.title('Été')\n");

/// A build of the project `p é`.
fn build(context: &Context) -> crate::process::Run {
    context.build("p é", ["--yes"])
}

#[test]
fn no_folder() {
    let context = Context::new();
    fails!(context, build(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: there is nothing at `p é`
      caused by: No such file or directory (os error 2)
    hint: give the app's folder, or its script such as `app.py`
    "#);
}

#[test]
fn no_script() {
    let context = Context::new();
    context.write(&[("p é/table.csv", "a,b\n")]);
    fails!(context, build(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: found no Streamlit app in `[DIR]/work/p é`
    hint: name the script one of `streamlit_app.py`, `app.py`, `main.py`, `Home.py`, or give its path instead of the folder's
    "#);
}

#[test]
fn two_scripts() {
    let context = Context::new();
    context.write(&[("p é/a.py", "import streamlit"), ("p é/b.py", "import streamlit")]);
    fails!(context, build(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: several scripts in `[DIR]/work/p é` use Streamlit: `a.py`, `b.py`
    hint: say which: `waterskin build "[DIR]/work/p é/a.py"`, or write `entry = "a.py"` to `waterskin.toml`
    "#);
    let run = context.command(["run", "p é", "--no-window"]);
    fails!(context, run, @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: several scripts in `[DIR]/work/p é` use Streamlit: `a.py`, `b.py`
    hint: say which: `waterskin run "[DIR]/work/p é/a.py"`, or write `entry = "a.py"` to `waterskin.toml`
    "#);
}

#[test]
fn a_module_that_nobody_knows() {
    let context = Context::new();
    let app = "import streamlit as st\nimport pandas\nimport house_style\n";
    context.write(&[("p é/app.py", app)]);
    let run = context.build("p é", ["--yes"]);
    fails!(context, run, @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    P É 1.0.0
      project     [DIR]/work/p é
      script      app.py
      id          local.waterskin.p-e (package `p-e-app`)
      window      "P É", 1200 x 800, icon drawn
      python      3.12 (the default, where it is to be had)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    pandas (`app.py` imports `pandas`)
                  streamlit>=1.40,<1.68 (added)
      unknown     which package brings `house_style` (imported by `app.py`)
      files       1 file, 56 B
      output      .deb and .AppImage in `[DIR]/work/le résultat`
    error: it is not known which package brings `house_style` (imported by `app.py`)
    hint: write the packages that the app needs to `requirements.txt`, one in a line: pandas, and what brings this; a module of your own belongs into the project's folder
    "#);
}

#[test]
fn a_file_that_is_no_script() {
    let context = Context::new();
    context.write(&[("table.csv", "a,b\n")]);
    fails!(context, context.build("table.csv", []), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `table.csv` is neither a folder nor a Python script
    hint: give the app's folder, or its script such as `app.py`
    "#);
}

#[test]
fn a_syntax_error() {
    let context = Context::new();
    let text = "import streamlit as st\n\nst.title('Été'\nst.write(1)\n";
    context.write(&[("p é/app.py", text)]);
    fails!(context, build(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `app.py:4` is not valid Python
      caused by: Expected `,`, found name
    hint: see what Python says: `python app.py`
    "#);
}

#[test]
fn a_setting_with_a_typing_error() {
    let context = Context::new();
    context.write(&[APP, ("p é/waterskin.toml", "nmae = 'Été'\n")]);
    fails!(context, build(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `[DIR]/work/p é/waterskin.toml` has a setting `nmae` that does not exist
    hint: did you mean `name`?
    "#);
}

#[test]
fn a_setting_that_nothing_is_like() {
    let context = Context::new();
    context.write(&[APP, ("p é/pyproject.toml", "[tool.waterskin]\ncolour = 'red'\n")]);
    fails!(context, build(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `[DIR]/work/p é/pyproject.toml` has a setting `colour` that does not exist
    hint: there are `name`, `id`, `package`, `version`, `summary`, `publisher`, `entry`, `icon`, `python`, `port`, `window`, `include`, `exclude`, `data`, `downloads`, `arguments`, `dependencies`, `requirements`, `extras`, `groups`, `trim`, `secrets`, `no-keys`, `sign`, `targets`
    "#);
}

#[test]
fn a_key_in_the_files() {
    let context = Context::new();
    // Put together here, so that nobody takes this file for one with a key.
    let app = format!("import streamlit\nkey = 'gh{}'\n", "p_a1B2".to_owned() + &"c3D4".repeat(10));
    context.write(&[("p é/app.py", &app)]);
    fails!(context, build(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: there is something in the project that looks like a secret
      app.py:2: a token of GitHub
    hint: whoever has the app can read its files: take it out, and let the app ask for it with `[tool.waterskin.secrets.NAME]`. If it is no secret, name the file in `no-keys`
    "#);
    context.write(&[("p é/waterskin.toml", "no-keys = ['app.py']\n[secrets.1A]\n")]);
    fails!(context, build(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the secret `1A` can't be a variable
    hint: a key has letters of the English alphabet, digits and `_`, and begins with no digit; dots stand between the sections of `st.secrets`
    "#);
}

#[test]
fn a_setting_of_the_wrong_kind() {
    let context = Context::new();
    context.write(&[APP, ("p é/waterskin.toml", "name = 'Été'\nport = 'any'\n")]);
    fails!(context, build(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not understand `[DIR]/work/p é/waterskin.toml`
      caused by: TOML parse error at line 2, column 8
          |
        2 | port = 'any'
          |        ^^^^^
        invalid type: string "any", expected u16
    hint: correct the file at that place
    "#);
}

#[test]
fn a_file_that_is_no_toml() {
    let context = Context::new();
    context.write(&[APP, ("p é/pyproject.toml", "[project]\nname = 'a\n")]);
    fails!(context, build(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not understand `[DIR]/work/p é/pyproject.toml`
      caused by: TOML parse error at line 2, column 10
          |
        2 | name = 'a
          |          ^
        invalid literal string, expected `'`
    hint: correct the file at that place
    "#);
}

#[test]
fn settings_in_two_files() {
    let context = Context::new();
    context.write(&[
        APP,
        ("p é/pyproject.toml", "[tool.waterskin]\nname = 'a'\n"),
        ("p é/waterskin.toml", "name = 'b'\n"),
    ]);
    fails!(context, build(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: both `pyproject.toml` and `waterskin.toml` hold settings
    hint: keep the settings in one of them, and remove the `[tool.waterskin]` table or `waterskin.toml`
    "#);
}

#[test]
fn a_script_that_is_not_there() {
    let context = Context::new();
    context.write(&[APP, ("p é/waterskin.toml", "entry = 'start.py'\n")]);
    fails!(context, build(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the script `start.py` is not in `[DIR]/work/p é`
    hint: `entry` is relative to the project's folder, and must not be left out
    "#);
}

#[test]
fn an_id_that_is_none() {
    let context = Context::new();
    context.write(&[APP]);
    fails!(context, context.build("p é", ["--id", "my app"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the id can't be used
      caused by: `my app` is not an app id such as `org.example.sales`
    hint: an id is made of a domain of yours and the app's name, as in `org.example.sales`
    "#);
}

#[test]
fn an_icon_that_is_not_there() {
    let context = Context::new();
    context.write(&[APP]);
    fails!(context, context.build("p é", ["--icon", "icône.png"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: there is no icon at `[DIR]/work/icône.png`
    hint: `icon` counts from the project's folder, and `--icon` from the current one
    "#);
}

#[test]
fn a_python_that_nobody_packs() {
    let context = Context::new();
    context
        .write(&[APP, ("p é/pyproject.toml", "[project]\nname = 'a'\nrequires-python = '<3.8'\n")]);
    fails!(context, build(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: no version of Python that can be packaged satisfies `<3.8` (from `requires-python`)
    hint: there are 3.10, 3.11, 3.12, 3.13, 3.14; `--python-version 3.12` packs one that the project does not ask for
    "#);
}

#[test]
fn no_uv() {
    let context = Context::new();
    context.write(&[APP]).without("uv");
    fails!(context, build(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not find `uv`, which installs the app's packages
    hint: install it with `pip install uv`, or give its path with `--uv`
    "#);
}

#[test]
fn no_uv_where_it_was_said_to_be() {
    let context = Context::new();
    context.write(&[APP]);
    fails!(context, context.build("p é", ["--uv", "nowhere/uv"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: there is no `uv` at `nowhere/uv`
    hint: install it with `pip install uv`, or give its path with `--uv`
    "#);
}

#[test]
fn no_shell() {
    let context = Context::new();
    context.write(&[APP]).without("waterskin-shell");
    fails!(context, build(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not find the prebuilt shell `waterskin-shell`
    hint: `waterskin-shell` comes with Waterskin and stands beside it; give its path with `--shell`
    "#);
}

#[test]
fn no_shell_where_it_was_said_to_be() {
    let context = Context::new();
    context.write(&[APP]);
    fails!(context, context.build("p é", ["--shell", "nowhere/shell"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: there is no shell at `nowhere/shell`
    hint: `waterskin-shell` comes with Waterskin and stands beside it; give its path with `--shell`
    "#);
}

#[test]
fn a_python_that_is_none() {
    let context = Context::new();
    context.write(&[APP, ("p é/requirements.txt", "streamlit\n"), ("python", "")]);
    fails!(context, context.build("p é", ["--python", "python"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    P É 1.0.0
      project     [DIR]/work/p é
      script      app.py
      id          local.waterskin.p-e (package `p-e-app`)
      window      "P É", 1200 x 800, icon drawn
      python      `[DIR]/work/python` (asked for)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit (`requirements.txt`)
      files       2 files, 52 B
      output      .deb and .AppImage in `[DIR]/work/le résultat`
    error: could not get Python for the app
      caused by: `[DIR]/work/python` is not a usable Python: could not start `[DIR]/work/python`: Permission denied (os error 13)
    hint: give the program of an installed CPython with `--python`
    "#);
}
