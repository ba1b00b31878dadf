//! What the plan says, and what it refuses, as whole texts.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

#[path = "plan/data.rs"]
mod data;
mod support;

use support::{Folder, folder, report};
use waterskin_bundle::Target;
use waterskin_installers::format_named;
use waterskin_packager::{Settings, plan, plans};
use waterskin_project::Overrides;

/// The plan or the error, with the folder's name and the system's wording taken out.
fn text(folder: &Folder, settings: &Settings) -> String {
    let text = match plan(settings) {
        Ok(plan) => plan.to_string(),
        Err(error) => report(&error, error.hint()),
    };
    // What the rules save is measured anew with each version of the packages.
    let saved = regex::Regex::new(r"about \d+ MB (that [a-z ]+) \(\d+ rules\)").unwrap();
    let text = text.replace(folder.path.as_str(), "[FOLDER]");
    saved.replace(&text, "about [SIZE] $1 ([NUMBER] rules)").into_owned()
}

fn settings(folder: &Folder, project: &str) -> Settings {
    Settings {
        formats: vec![format_named("deb").unwrap(), format_named("tar.gz").unwrap()],
        uv: Some(support::shell()),
        ..folder.settings(project)
    }
}

#[test]
fn a_project_with_everything() {
    let folder = folder();
    folder.write(&[
        ("p/src/app.py", "import streamlit as st\nimport pandas\n"),
        ("p/icon.svg", "<svg/>"),
        ("p/data/é.csv", "1234567890"),
        ("p/.env", "x"),
        ("p/.git/HEAD", "x"),
        (
            "p/pyproject.toml",
            "[project]\nname = 'umsatz'\nversion = '2.1'\nrequires-python = '>=3.11,<3.13'\ndependencies = ['streamlit>=1.50', 'pandas']\n\
             [tool.waterskin]\nname = 'Umsätze'\nid = 'org.example.umsatz'\nentry = 'src/app.py'\narguments = ['--year', '2026']\n\
             window = { title = 'Umsätze 2026', width = 900 }\n",
        ),
    ]);
    insta::assert_snapshot!(text(&folder, &settings(&folder, "p")), @r#"
    Umsätze 2.1
      project     [FOLDER]/p
      script      src/app.py --year 2026
      id          org.example.umsatz (package `umsatze-app`)
      window      "Umsätze 2026", 900 x 800, icon `icon.svg`
      python      >=3.11,<3.13 (from `requires-python`)
      runs        the build backend of each package that is published as source only, if there are any
      requires    streamlit>=1.50, pandas (`pyproject.toml`)
      trim        about [SIZE] that no app like this needs ([NUMBER] rules)
                  not `data-packages` (the app imports `pandas`)
      files       4 files, 336 B
      left out    `.env` (may hold secrets)
                  `.git/` (version control)
      output      .deb and .tar.gz in `[FOLDER]/out put`
    "#);
}

#[test]
fn a_project_with_nothing_but_code() {
    let folder = folder();
    folder.write(&[
        ("csv_explorer/app.py", "import streamlit as st\nfrom PIL import Image\nimport helper\n"),
        ("csv_explorer/helper.py", "import yaml\n"),
    ]);
    insta::assert_snapshot!(text(&folder, &settings(&folder, "csv_explorer")), @r#"
    Csv Explorer 1.0.0
      project     [FOLDER]/csv_explorer
      script      app.py
      id          local.waterskin.csv-explorer (package `csv-explorer-app`)
      window      "Csv Explorer", 1200 x 800, icon drawn
      python      3.12 (the default, where it is to be had)
      runs        the build backend of each package that is published as source only, if there are any
      requires    pillow (`app.py` imports `PIL`)
                  PyYAML (`helper.py` imports `yaml`)
                  streamlit>=1.40,<1.68 (added)
      trim        about [SIZE] that no app like this needs ([NUMBER] rules)
                  not `pillow-avif` (the app mentions `image`)
                  not `data-packages` (the app imports `PIL`)
      files       2 files, 71 B
      output      .deb and .tar.gz in `[FOLDER]/out put`
    "#);
}

#[test]
fn a_project_that_forgot_streamlit() {
    let folder = folder();
    folder.write(&[("a/app.py", "import streamlit"), ("a/requirements.txt", "pandas\n")]);
    let settings = Settings {
        overrides: Overrides { name: Some("Mine".into()), ..Overrides::default() },
        python_version: Some("3.13".into()),
        ..settings(&folder, "a")
    };
    insta::assert_snapshot!(text(&folder, &settings), @r#"
    Mine 1.0.0
      project     [FOLDER]/a
      script      app.py
      id          local.waterskin.mine (package `mine-app`)
      window      "Mine", 1200 x 800, icon drawn
      python      3.13 (asked for)
      runs        the build backend of each package that is published as source only, if there are any
      requires    pandas (`requirements.txt`)
                  streamlit>=1.40,<1.68 (added)
      trim        about [SIZE] that no app like this needs ([NUMBER] rules)
                  not `data-packages` (the app may show data)
      files       2 files, 23 B
      output      .deb and .tar.gz in `[FOLDER]/out put`
    "#);
}

#[test]
fn what_is_trimmed_depends_on_the_app_and_its_project_file() {
    let folder = folder();
    folder.write(&[
        ("p/app.py", "import streamlit as st\nst.title('x')\n"),
        ("data/app.py", "import streamlit as st, pandas, pyarrow.flight\nPLACE = 's3://x'\n"),
        ("data/waterskin.toml", "[trim]\ntests = false\n"),
        ("off/app.py", "import streamlit as st\n"),
        ("off/waterskin.toml", "trim = false\n"),
    ]);
    let rows = |project| {
        let text = text(&folder, &settings(&folder, project));
        let rows = text.lines().skip_while(|line| !line.starts_with("  trim"));
        let rows: Vec<_> = rows.take_while(|line| !line.starts_with("  files")).collect();
        rows.join("\n")
    };
    insta::assert_snapshot!(rows("p"), @"  trim        about [SIZE] that no app like this needs ([NUMBER] rules)");
    insta::assert_snapshot!(rows("data"), @r"
      trim        about [SIZE] that no app like this needs ([NUMBER] rules)
                  not `tests` (the project file says so)
                  not `pyarrow-flight` (the app imports `pyarrow.flight`)
                  not `pyarrow-s3` (the app mentions `s3`)
                  not `data-packages` (the app imports `pandas`)
    ");
    insta::assert_snapshot!(rows("off"), @"  trim        nothing (the project file says so)");
}

#[test]
fn a_project_that_needs_only_streamlit() {
    let folder = folder();
    folder.write(&[("hello/app.py", "import streamlit as st\n")]);
    let text = text(&folder, &settings(&folder, "hello"));
    let row = text.lines().find(|line| line.starts_with("  requires")).unwrap();
    assert_eq!(row, "  requires    streamlit>=1.40,<1.68 (added)");
}

#[test]
fn a_program_in_the_project_is_named_before_it_is_run() {
    let folder = folder();
    folder.write(&[("p/app.py", "import streamlit as st\n"), ("p/.venv/bin/python", "")]);
    let python = Some(folder.path.join("p/.venv/bin/python"));
    let with_python = Settings { python, ..settings(&folder, "p") };
    let plan_text = text(&folder, &with_python);
    let rows = |text: &str| text.lines().filter(|row| row.starts_with("  runs")).count();
    assert!(plan_text.contains("\n  runs        `[FOLDER]/p/.venv/bin/python`\n"), "{plan_text}");
    let json = serde_json::to_value(plan(&with_python).unwrap()).unwrap();
    assert!(json["runs"].as_array().unwrap()[0].as_str().unwrap().ends_with("/python`"), "{json}");
    let strict = Settings { no_run: true, ..with_python };
    insta::assert_snapshot!(text(&folder, &strict), @r"
    error: `[FOLDER]/p/.venv/bin/python` is in the project's folder, and a build would run it
    hint: name one from elsewhere, or build without `--no-run`
    ");
    let without = Settings { no_run: true, ..settings(&folder, "p") };
    assert_eq!(rows(&text(&folder, &without)), 0);
}

#[test]
fn a_project_with_several_lists() {
    let folder = folder();
    folder.write(&[
        ("a/dashboard/app.py", "import streamlit\n"),
        ("a/dashboard/requirements.txt", "streamlit\npandas\n"),
        (
            "a/pyproject.toml",
            "[tool.poetry]\nname = 'a'\n[tool.poetry.dependencies]\npython = '^3.11'\nlibrary = '*'\n",
        ),
    ]);
    let mut settings = settings(&folder, "a");
    settings.overrides.entry = Some("dashboard/app.py".into());
    let text = text(&folder, &settings);
    assert!(
        text.contains("requires    streamlit, pandas (`dashboard/requirements.txt`)"),
        "{text}"
    );
    let note = "note        `pyproject.toml` lists requirements too and is passed over; `requirements = \"pyproject.toml\"` in the settings takes it";
    assert!(text.contains(note), "{text}");

    folder.write(&[("a/waterskin.toml", "requirements = 'pyproject.toml'\n")]);
    let text = self::text(&folder, &settings);
    assert!(text.contains("requires    library (`pyproject.toml`)"), "{text}");
    assert!(text.contains(">=3.11,<4 (from `pyproject.toml`)"), "{text}");
}

#[test]
fn a_guess_that_takes_no_stranger() {
    let folder = folder();
    folder.write(&[
        (
            "p/app.py",
            "import os, sys\nsys.path.append(os.path.join(os.path.dirname(__file__), 'lib'))\n\
             import streamlit as st\nfrom helpers import shorten\nimport house_style, pandas as pd\n\
             from pathlib import Path\nHERE = Path(__file__).parent\n\
             st.navigation([st.Page(it) for it in (HERE / 'views').glob('*.py')]).run()\n",
        ),
        ("p/lib/helpers.py", "import yaml\n"),
        ("p/views/budget.py", "import pandas as pd\npd.read_excel('budget.xlsx')\n"),
        ("p/views/labels.py", "import qrcode\n"),
        ("p/once/import_all.py", "import scrapy\n"),
    ]);
    let text = text(&folder, &settings(&folder, "p"));
    let rows = text.lines().skip_while(|row| !row.starts_with("  requires"));
    let rows: Vec<_> = rows.take_while(|row| !row.starts_with("  trim")).collect();
    insta::assert_snapshot!(rows.join("\n"), @r"
      requires    openpyxl (`views/budget.py` calls `read_excel`)
                  pandas (`app.py` imports `pandas`)
                  PyYAML (`lib/helpers.py` imports `yaml`)
                  qrcode (`views/labels.py` imports `qrcode`)
                  streamlit>=1.40,<1.68 (added)
      unknown     which package brings `house_style` (imported by `app.py`)
    ");
    let note = "note        nothing that the app runs leads to `once/import_all.py` (imports `scrapy`): packages for that are not guessed";
    assert!(text.contains(note), "{text}");
    let answers = [("house_style".to_owned(), "house-style-lib".to_owned())].into();
    let plan = plan(&Settings { answers, ..settings(&folder, "p") }).unwrap();
    assert_eq!(plan.unknown, []);
    assert!(plan.requirements.listed.contains(&"house-style-lib".to_owned()));
}

#[test]
fn a_launcher_is_not_the_script() {
    let folder = folder();
    folder.write(&[
        (
            "p/main.py",
            "import sys\nfrom pathlib import Path\nimport streamlit.web.cli as stcli\n\
             if __name__ == '__main__':\n    script = Path(getattr(sys, '_MEIPASS', Path(__file__).parent)) / 'dash board.py'\n    \
             sys.argv = ['streamlit', 'run', str(script)]\n    sys.exit(stcli.main())\n",
        ),
        ("p/dash board.py", "import streamlit as st\nst.title('x')\n"),
        ("p/requirements.txt", "streamlit\n"),
    ]);
    for entry in [None, Some("main.py".into())] {
        let mut settings = settings(&folder, "p");
        settings.overrides.entry = entry;
        let plan = plan(&settings).unwrap();
        assert_eq!(plan.entry, "dash board.py");
        let note = "`main.py` starts Streamlit with `dash board.py`, which is the script";
        assert!(plan.notes.contains(&note.to_owned()), "{:?}", plan.notes);
    }
    let found = waterskin_packager::discover(&folder.path.join("p"), None).unwrap();
    assert_eq!(found.entry, "dash board.py");
}

/// A plan of one of the projects in `tests/apps`.
fn plan_of_app(name: &str) -> waterskin_packager::BuildPlan {
    let folder = folder();
    let path =
        format!("{}/../../../tests/apps/{name}", std::env::var("CARGO_MANIFEST_DIR").unwrap());
    plan(&Settings { path: path.into(), ..settings(&folder, name) }).unwrap()
}

#[test]
fn untidy_projects_have_their_script_and_what_they_need() {
    for (name, script, listed) in [
        ("shim", "streamlit_app.py", &["streamlit"][..]),
        ("launcher", "kiln.py", &["streamlit"]),
        ("strangers", "app.py", &[]),
        ("unseen", "app.py", &["openpyxl", "pandas", "PyYAML", "qrcode", "xlrd"]),
        ("almanac", "web/board.py", &["humanize", "PyYAML", "segno", "tabulate"]),
    ] {
        let plan = plan_of_app(name);
        let listed: Vec<String> = listed.iter().map(|&it| it.to_owned()).collect();
        assert_eq!((plan.entry.as_str(), &plan.requirements.listed), (script, &listed), "{name}");
        assert_eq!(plan.unknown, [], "{name}");
    }
    let own = "`app.py` imports `yaml`, which is taken for the project's own (`lib/yaml.py`); if `PyYAML` is meant, list it in `requirements.txt`";
    assert!(plan_of_app("strangers").notes.contains(&own.to_owned()));
    for note in [
        "`web/board.py:27`, `web/board.py:29` loads code by a name that is not known before it runs: what `web/extras.json`, `web/pages.yaml` names is followed, and nothing else",
        "the code can do without `rapidfuzz` (`web/board.py`): not guessed; list in `requirements.txt` what the app should have",
    ] {
        let notes = plan_of_app("almanac").notes;
        assert!(notes.iter().any(|it| it == note), "{notes:?}");
    }
    let aside = "nothing that the app runs leads to `once/fetch.py` (imports `scrapy`): packages for that are not guessed";
    assert!(plan_of_app("unseen").notes.contains(&aside.to_owned()));
}

#[test]
fn several_scripts() {
    let folder = folder();
    let app = "import streamlit as st\nst.title('x')\n";
    folder.write(&[
        ("my p/admin.py", app),
        ("my p/sales.py", app),
        ("my p/README.md", "Start it with `streamlit run sales.py`.\n"),
        ("my p/requirements.txt", "streamlit\n"),
    ]);
    insta::assert_snapshot!(text(&folder, &settings(&folder, "my p")), @r#"
    error: several scripts in `[FOLDER]/my p` use Streamlit: `sales.py` (`README.md` starts it), `admin.py`
    hint: say which: `waterskin build "[FOLDER]/my p/sales.py"`, or write `entry = "sales.py"` to `waterskin.toml`
    "#);
    let script = Some("admin.py".into());
    let found = waterskin_packager::discover(&folder.path.join("my p"), script).unwrap();
    assert_eq!(found.entry, "admin.py");
}

#[test]
fn an_empty_folder() {
    let folder = folder();
    folder.write(&[("empty/data.csv", "x")]);
    insta::assert_snapshot!(text(&folder, &settings(&folder, "empty")), @r#"
    error: found no Streamlit app in `[FOLDER]/empty`
    hint: name the script one of `streamlit_app.py`, `app.py`, `main.py`, `Home.py`, or give its path instead of the folder's
    "#);
}

#[test]
fn a_script_with_a_mistake() {
    let folder = folder();
    folder.write(&[("p/app.py", "import streamlit as st\n\nst.title('a'\nst.write(1)\n")]);
    insta::assert_snapshot!(text(&folder, &settings(&folder, "p")), @r#"
    error: `app.py:4` is not valid Python
      caused by: Expected `,`, found name
    hint: see what Python says: `python app.py`
    "#);
}

#[test]
fn a_page_with_a_mistake() {
    let folder = folder();
    folder.write(&[("p/app.py", "import streamlit as st\n"), ("p/pages/1_é.py", "def f(:\n")]);
    insta::assert_snapshot!(text(&folder, &settings(&folder, "p")), @r#"
    error: `pages/1_é.py:1` is not valid Python
      caused by: Expected a parameter or the end of the parameter list
    hint: see what Python says: `python pages/1_é.py`
    "#);
}

#[test]
fn a_setting_that_does_not_exist() {
    let folder = folder();
    folder.write(&[("p/app.py", "import streamlit"), ("p/waterskin.toml", "nmae = 'x'\n")]);
    insta::assert_snapshot!(text(&folder, &settings(&folder, "p")), @r#"
    error: `[FOLDER]/p/waterskin.toml` has a setting `nmae` that does not exist
    hint: did you mean `name`?
    "#);
}

#[test]
fn a_setting_of_the_wrong_kind() {
    let folder = folder();
    folder.write(&[
        ("p/app.py", "import streamlit"),
        ("p/waterskin.toml", "name = 'x'\nport = 'x'\n"),
    ]);
    insta::assert_snapshot!(text(&folder, &settings(&folder, "p")), @r#"
    error: could not understand `[FOLDER]/p/waterskin.toml`
      caused by: TOML parse error at line 2, column 8
      |
    2 | port = 'x'
      |        ^^^
    invalid type: string "x", expected u16
    hint: correct the file at that place
    "#);
}

#[test]
fn a_version_of_python_that_is_none() {
    let folder = folder();
    folder.write(&[("p/app.py", "import streamlit")]);
    let settings = Settings { python_version: Some("3.7".into()), ..settings(&folder, "p") };
    insta::assert_snapshot!(text(&folder, &settings), @r#"
    error: `3.7` is not a version of Python that can be packaged
    hint: there are 3.10, 3.11, 3.12, 3.13, 3.14
    "#);
}

#[test]
fn a_path_to_nothing() {
    let folder = folder();
    insta::assert_snapshot!(text(&folder, &settings(&folder, "none")), @r#"
    error: there is nothing at `[FOLDER]/none`
      caused by: No such file or directory (os error 2)
    hint: give the app's folder, or its script such as `app.py`
    "#);
}

#[test]
fn no_uv_and_no_shell() {
    let folder = folder();
    folder.write(&[("p/app.py", "import streamlit")]);
    let missing = Some(folder.path.join("missing"));
    let without_uv = Settings { uv: missing.clone(), ..settings(&folder, "p") };
    insta::assert_snapshot!(text(&folder, &without_uv), @r#"
    error: there is no `uv` at `[FOLDER]/missing`
    hint: install it with `pip install uv`, or give its path with `--uv`
    "#);
    let without_shell = Settings { shell: missing, ..settings(&folder, "p") };
    insta::assert_snapshot!(text(&folder, &without_shell), @r"
    error: there is no shell at `[FOLDER]/missing`
    hint: `waterskin-shell` comes with Waterskin and stands beside it; give its path with `--shell`
    ");
}

#[test]
fn planning_changes_nothing() {
    let folder = folder();
    folder.write(&[("p/app.py", "import streamlit")]);
    plan(&settings(&folder, "p")).unwrap();
    assert_eq!(support::names(&folder.path), ["p"]);
    assert_eq!(support::names(&folder.path.join("p")), ["app.py"]);
}

#[test]
fn a_source_in_latin_1_and_compiled_modules_are_read_as_python_reads_them() {
    let folder = folder();
    folder.write(&[
        ("p/fast.cpython-311-x86_64-linux-gnu.so", "x"),
        ("p/requirements.txt", "streamlit\n"),
    ]);
    let script =
        b"# -*- coding: latin-1 -*-\nimport streamlit as st\nimport fast\nst.title('Caf\xe9')\n";
    fs_err::write(folder.path.join("p/app.py"), script).unwrap();
    fs_err::create_dir(folder.path.join("p/uploads")).unwrap();
    let made = plan(&settings(&folder, "p")).unwrap();
    assert_eq!(made.files.folders, ["uploads"]);
    let rows = made.to_string();
    assert!(rows.contains("\n  python      ==3.11.* (from the compiled modules)\n"), "{rows}");
    let asked = Settings { python_version: Some("3.12".into()), ..settings(&folder, "p") };
    let rows = plan(&asked).unwrap().to_string();
    assert!(rows.contains("is compiled for Python 3.11 and can't be imported by 3.12"), "{rows}");
    fs_err::write(folder.path.join("p/app.py"), b"import streamlit as st\nst.title('Caf\xe9')\n")
        .unwrap();
    let refused = text(&folder, &settings(&folder, "p"));
    assert!(refused.contains("# coding: latin-1"), "{refused}");
}

#[test]
fn extras_and_groups_are_said_and_asked_for() {
    let folder = folder();
    let pyproject = "[project]\nname = 'library'\nversion = '1'\ndependencies = ['numpy']\n\
        [project.optional-dependencies]\nweb = ['streamlit', 'plotly']\nexcel = ['openpyxl']\n\
        [dependency-groups]\ndev = ['pytest']\n";
    folder.write(&[("p/app.py", "import streamlit\n"), ("p/pyproject.toml", pyproject)]);
    let plan_text = text(&folder, &settings(&folder, "p"));
    for row in [
        "requires    numpy, streamlit, plotly (`pyproject.toml`, extra `web`)",
        "the extra `web` of `pyproject.toml` is taken, since it alone brings Streamlit",
        "left out of `pyproject.toml`: the extra `excel` and the group `dev`; `extras = [\"excel\"]` and `groups = [\"dev\"]` in the settings take that too",
    ] {
        assert!(plan_text.contains(row), "{row}: {plan_text}");
    }
    folder.write(&[("p/waterskin.toml", "extras = ['Excel']\ngroups = ['dev']\n")]);
    let plan_text = text(&folder, &settings(&folder, "p"));
    let row = "requires    numpy, openpyxl, streamlit, plotly, pytest (`pyproject.toml`, extras `excel`, `web`, group `dev`)";
    assert!(plan_text.contains(row), "{plan_text}");
    folder.write(&[("p/waterskin.toml", "extras = ['exel']\n")]);
    insta::assert_snapshot!(text(&folder, &settings(&folder, "p")), @r"
    error: `[FOLDER]/p/pyproject.toml` has no extra `exel`
    hint: there are `excel`, `web`
    ");
}

#[test]
fn the_authors_own_packages_are_named_with_what_their_build_runs() {
    let folder = folder();
    folder.copy_app("installed");
    let settings = settings(&folder, "installed");
    let said = text(&folder, &settings);
    assert!(
        said.contains("\n  own code    sun-times (`.`)\n              sundial (`libs/sundial`)\n"),
        "{said}"
    );
    assert!(said.contains("the build backend of `sun-times`\n"), "{said}");
    let strict = Settings { no_run: true, ..settings };
    insta::assert_snapshot!(text(&folder, &strict), @r"
    error: a build would run the build backend of `sun-times`: its metadata is not in `[project]`
    hint: build without `--no-run` if you trust the project
    ");
}

/// The rows of one kind in the plan of a project in `tests/apps`.
fn rows_of(app: &str, row: &str, no_run: bool) -> Vec<String> {
    let folder = folder();
    folder.copy_app(app);
    let settings = Settings { no_run, ..settings(&folder, app) };
    let text = text(&folder, &settings);
    let mut rows = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let (name, value) = line.split_at_checked(14).unwrap_or((line, ""));
        inside = if name.trim().is_empty() { inside } else { name.trim() == row };
        rows.extend(inside.then(|| value.to_owned()));
    }
    rows
}

#[test]
fn what_may_be_built_is_in_the_plan_unless_it_is_forbidden() {
    let rows = rows_of("sourceonly", "runs", false);
    assert!(rows.iter().any(|row| row.contains("published as source only")), "{rows:?}");
    let rows = rows_of("sourceonly", "runs", true);
    assert!(!rows.iter().any(|row| row.contains("backend")), "{rows:?}");
}

#[test]
fn lists_under_other_names_and_in_other_forms() {
    for (app, requires) in [
        ("relisted", "six==1.16.0, streamlit==1.60.0 (`requirements/prod.txt`)"),
        ("hatched", "six, streamlit>=1.50 (`pyproject.toml`, group `default`)"),
        (
            "frozen",
            "colorama==0.4.6, pywin32==306, streamlit==1.60.0, tabulate==0.9.0 (`requirements.txt`)",
        ),
    ] {
        assert_eq!(rows_of(app, "requires", false), [requires], "{app}");
    }
    let runs = rows_of("compiled", "runs", false);
    let row = "the build backend of `abacus`, with the compilers of this machine";
    assert!(runs.contains(&row.to_owned()), "{runs:?}");
}

#[test]
fn a_lock_says_which_systems_it_leaves_out() {
    let folder = folder();
    let arch = std::env::consts::ARCH;
    let lock = format!(
        "lock-version = '1.0'\n[[packages]]\nname = 'streamlit'\nversion = '1.60.0'\nwheels = [{{ name = 'streamlit-1.60.0-py3-none-any.whl' }}]\n\
         [[packages]]\nname = 'new'\nversion = '1'\nwheels = [{{ name = 'new-1-cp38-abi3-manylinux_2_35_{arch}.whl' }}]\n"
    );
    folder.write(&[("p/app.py", "import streamlit\n"), ("p/pylock.app.toml", &lock)]);
    let text = text(&folder, &settings(&folder, "p"));
    assert!(text.contains("2 packages locked in `pylock.app.toml`"), "{text}");
    let note = "`new` has no wheel for a C library older than glibc 2.35: that leaves out";
    assert!(!cfg!(target_os = "linux") || text.contains(note), "{text}");
}

#[test]
fn a_source_in_a_list_is_refused_where_nothing_may_run() {
    let folder = folder();
    folder.write(&[
        ("p/app.py", "import streamlit\n"),
        (
            "p/requirements.txt",
            "streamlit\n-e git+https://ann:secret@example.org/kelp@v1#egg=kelp\n",
        ),
    ]);
    let strict = Settings { no_run: true, ..settings(&folder, "p") };
    insta::assert_snapshot!(text(&folder, &strict), @r"
    error: `kelp @ git+https://example.org/kelp@v1` in `[FOLDER]/p/requirements.txt:2` comes as source: to install it, its own code would be run
    hint: build without `--no-run` if you trust it, or make a wheel of it once:
      uv run --no-project --python 3.12 --with pip python -m pip wheel --no-deps --wheel-dir wheels 'kelp @ git+https://example.org/kelp@v1'
    and name that in its place, as in `./wheels/NAME.whl`
    ");
    let plan = plan(&settings(&folder, "p")).unwrap();
    assert_eq!(plan.runs[0].to_string(), "the build backend of `kelp`");
}

#[test]
fn an_environment_of_conda() {
    let rows = rows_of("conda", "requires", false);
    assert_eq!(rows, ["streamlit==1.66.*, pandas>=2,<4, xyzservices (`environment.yml`)"]);
    assert_eq!(rows_of("conda", "python", false), ["==3.12.* (from `environment.yml`)"]);
    let notes = rows_of("conda", "note", false);
    assert!(
        notes
            .iter()
            .any(|note| note.starts_with("not taken from conda's list: `libgdal`; what the app")),
        "{notes:?}"
    );
}

#[test]
fn the_systems_that_an_app_is_for_are_asked_for_or_named() {
    let folder = folder();
    folder.write(&[
        ("p/app.py", "import streamlit\n"),
        ("p/waterskin.toml", "targets = ['windows-x86_64', 'macos-arm64']\n"),
    ]);
    let settings = Settings { shell: None, ..settings(&folder, "p") };
    let names = |settings: &Settings| -> Vec<String> {
        plans(settings).unwrap().iter().map(|plan| plan.target.name()).collect()
    };
    let of = |name: &str| Target::named(name).unwrap();
    let all = Settings { formats: Vec::new(), ..settings.clone() };
    assert_eq!(names(&all), ["windows-x86_64", "macos-arm64"]);
    let one = Settings { targets: vec![of("linux-aarch64")], ..all };
    assert_eq!(names(&one), ["linux-aarch64"]);
    let made = plan(&one).unwrap();
    assert_eq!(made.formats, [format_named("deb").unwrap()]);
    let left_out = "no .AppImage is made for linux-aarch64: there is no `waterskin-appimage`";
    assert!(made.notes.iter().any(|note| note.starts_with(left_out)), "{:?}", made.notes);
    assert_eq!(
        made.shell.to_string(),
        format!("waterskin-shell=={} for linux-aarch64", env!("CARGO_PKG_VERSION"))
    );
    assert!(
        !made.runs.iter().any(|run| run.to_string().contains("app.py")),
        "it does not run here"
    );

    let text =
        text(&folder, &Settings { formats: vec![format_named("tar.gz").unwrap()], ..settings });
    let text = text.replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
    let row = |name: &str| {
        text.lines().find(|row| row.trim_start().starts_with(name)).unwrap().to_owned()
    };
    assert!(text.starts_with("P 1.0.0 for windows-x86_64\n"), "{text}");
    assert_eq!(
        row("shell"),
        "  shell       the wheel of `waterskin-shell` [VERSION] for windows-x86_64"
    );
}

#[test]
fn what_a_system_can_not_have_is_refused_by_the_plan() {
    let folder = folder();
    folder.write(&[
        ("p/app.py", "import streamlit\n"),
        ("p/data/aux.csv", "x"),
        ("p/a:b.txt", "x"),
    ]);
    let of = |name: &str, formats: &[&str]| Settings {
        targets: vec![Target::named(name).unwrap()],
        formats: formats.iter().map(|name| format_named(name).unwrap()).collect(),
        shell: None,
        ..settings(&folder, "p")
    };
    insta::assert_snapshot!(text(&folder, &of("windows-x86_64", &["tar.gz"])), @r"
    error: windows-x86_64 can't have files of the project under their names
      `a:b.txt`: no name may have `:` in it
      `data/aux.csv`: `aux.csv` is the name of a device
    hint: rename them, leave them out with `exclude`, or build without `--target windows-x86_64`
    ");
    let other = Settings { shell: Some(support::shell()), ..of("macos-arm64", &["tar.gz"]) };
    let refused = text(&folder, &other);
    assert!(refused.contains("and the app is for macos-arm64"), "{refused}");
    assert!(
        text(&folder, &of("macos-arm64", &["deb"]))
            .starts_with("error: a .deb can't be made for macos-arm64\n")
    );
}
