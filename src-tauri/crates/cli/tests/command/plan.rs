use camino::Utf8PathBuf;

use crate::{
    context::{Context, OUTPUT},
    fails, snapshot,
};

/// Copies one of the examples into `work`, without what running it leaves there.
fn example(context: &Context, name: &str) -> String {
    let root = format!("{}/../../../examples/{name}", std::env::var("CARGO_MANIFEST_DIR").unwrap());
    let mut folders = vec![Utf8PathBuf::from(&root)];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir_utf8().unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() && entry.file_name() != "__pycache__" {
                folders.push(entry.path().to_owned());
            } else if entry.file_type().unwrap().is_file() {
                let to = context.work().join(name).join(entry.path().strip_prefix(&root).unwrap());
                fs_err::create_dir_all(to.parent().unwrap()).unwrap();
                fs_err::copy(entry.path(), to).unwrap();
            }
        }
    }
    name.to_owned()
}

const GUESSED: &[(&str, &str)] = &[
    ("ein été/app.py", "import streamlit as st\nimport pandas as pd\nimport helper\n"),
    ("ein été/helper.py", "import yaml\n"),
];

#[test]
fn hello() {
    let context = Context::new();
    snapshot!(context.filters(), context.build(&example(&context, "hello"), ["--dry-run"]).finish(), @r#"
    exit code: 0
    ----- stdout -----
    Hello 1.0.0
      project     [DIR]/work/hello
      script      app.py
      id          local.waterskin.hello (package `hello-app`)
      window      "Hello", 1200 x 800, icon `icon.svg`
      python      3.12 (the default, where it is to be had)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit==[STREAMLIT] (`requirements.txt`)
      files       5 files, 22.6 kB
      output      .deb and .AppImage in `[DIR]/work/le résultat`
    ----- stderr -----
    "#);
    context.nothing_is_made();
}

#[test]
fn explorer() {
    let context = Context::new();
    snapshot!(context.filters(), context.build(&example(&context, "explorer"), ["--dry-run"]).finish(), @r#"
    exit code: 0
    ----- stdout -----
    CSV Explorer 1.2.0
      project     [DIR]/work/explorer
      script      app.py
      id          local.waterskin.csv-explorer (package `csv-explorer-app`)
      window      "CSV Explorer", 1200 x 800, icon `icon.png`
      python      >=3.11 (from `requires-python`)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit==[STREAMLIT], pandas>=2.2 (`pyproject.toml`)
      files       8 files, 81.3 kB
      output      .deb and .AppImage in `[DIR]/work/le résultat`
    ----- stderr -----
    "#);
}

#[test]
fn chat() {
    let context = Context::new();
    snapshot!(context.filters(), context.build(&example(&context, "chat"), ["--dry-run"]).finish(), @r#"
    exit code: 0
    ----- stdout -----
    Chat 1.0.0
      project     [DIR]/work/chat
      script      app.py
      id          local.waterskin.chat (package `chat-app`)
      window      "Chat", 1200 x 800, icon `icon.svg`
      python      3.12 (the default, where it is to be had)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit==[STREAMLIT] (`requirements.txt`)
      files       8 files, 35.5 kB
      output      .deb and .AppImage in `[DIR]/work/le résultat`
    ----- stderr -----
    "#);
}

#[test]
fn as_json() {
    let context = Context::new();
    let run = context.build(&example(&context, "hello"), ["--dry-run", "--json"]);
    snapshot!(context.filters(), run.finish(), @r#"
    exit code: 0
    ----- stdout -----
    {
      "version": 2,
      "plans": [
        {
          "app": {
            "id": "local.waterskin.hello",
            "name": "Hello",
            "package": "hello-app",
            "version": "1.0.0"
          },
          "root": "[DIR]/work/hello",
          "entry": "app.py",
          "arguments": [],
          "window": {
            "title": "",
            "width": 1200,
            "height": 800,
            "theme": "system"
          },
          "icon": "[DIR]/work/hello/icon.svg",
          "port": 8501,
          "data": "app-folder",
          "python": {
            "version": null,
            "because": "default"
          },
          "requirements": {
            "source": "requirements-txt",
            "file": "[DIR]/work/hello/requirements.txt",
            "listed": [
              "streamlit==[STREAMLIT]"
            ],
            "added": []
          },
          "guessed": [],
          "preload": [],
          "files": {
            "files": [
              {
                "path": "README.md",
                "bytes": 195
              },
              {
                "path": "app.py",
                "bytes": 727
              },
              {
                "path": "icon.png",
                "bytes": 20978
              },
              {
                "path": "icon.svg",
                "bytes": 679
              },
              {
                "path": "requirements.txt",
                "bytes": 18
              }
            ],
            "left_out": []
          },
          "notes": [],
          "formats": [
            "deb",
            "appimage"
          ],
          "target": "[TARGET]",
          "output": "[DIR]/work/le résultat",
          "cache": "[DIR]/home/.cache/waterskin",
          "uv": "[DIR]/bin/uv",
          "shell": "[DIR]/bin/waterskin-shell",
          "offline": false,
          "runs": [
            "the build backend of each package that is published as source only, if there are any",
            "`app.py`, once at the end, to see whether the app starts"
          ]
        }
      ]
    }
    ----- stderr -----
    "#);
}

#[test]
fn options_win() {
    let context = Context::new();
    context.write(&[("p/app.py", "import streamlit\n"), ("p/requirements.txt", "streamlit\n")]);
    let options = "--dry-run --name Ventes --app-version 2.0 --id org.example.ventes \
                   --python-version 3.13 --format deb --keep-payload kept";
    snapshot!(context.filters(), context.build("p", options.split_whitespace()).finish(), @r#"
    exit code: 0
    ----- stdout -----
    Ventes 2.0
      project     [DIR]/work/p
      script      app.py
      id          org.example.ventes (package `ventes-app`)
      window      "Ventes", 1200 x 800, icon drawn
      python      3.13 (asked for)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit (`requirements.txt`)
      files       2 files, 27 B
      output      .deb in `[DIR]/work/le résultat`
    ----- stderr -----
    "#);
}

#[test]
fn the_current_folder_is_the_default() {
    let context = Context::new();
    context.write(&[("app.py", "import streamlit\n"), ("requirements.txt", "streamlit\n")]);
    snapshot!(context.filters(), context.command(["build", "--dry-run"]).finish(), @r#"
    exit code: 0
    ----- stdout -----
    Work 1.0.0
      project     [DIR]/work
      script      app.py
      id          local.waterskin.work (package `work-app`)
      window      "Work", 1200 x 800, icon drawn
      python      3.12 (the default, where it is to be had)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit (`requirements.txt`)
      files       2 files, 27 B
      output      .deb and .AppImage in `dist`
    ----- stderr -----
    "#);
}

#[test]
fn guessed_requirements_are_shown() {
    let context = Context::new();
    context.write(GUESSED);
    snapshot!(context.filters(), context.build("ein été", ["--dry-run"]).finish(), @r#"
    exit code: 0
    ----- stdout -----
    Ein Été 1.0.0
      project     [DIR]/work/ein été
      script      app.py
      id          local.waterskin.ein-ete (package `ein-ete-app`)
      window      "Ein Été", 1200 x 800, icon drawn
      python      3.12 (the default, where it is to be had)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    pandas (`app.py` imports `pandas`)
                  PyYAML (`helper.py` imports `yaml`)
                  streamlit>=1.40,<1.68 (added)
      files       2 files, 69 B
      output      .deb and .AppImage in `[DIR]/work/le résultat`
    ----- stderr -----
    "#);
}

#[test]
fn guessed_requirements_are_not_taken_unasked() {
    let context = Context::new();
    context.write(GUESSED);
    fails!(context, context.build("ein été", []), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Ein Été 1.0.0
      project     [DIR]/work/ein été
      script      app.py
      id          local.waterskin.ein-ete (package `ein-ete-app`)
      window      "Ein Été", 1200 x 800, icon drawn
      python      3.12 (the default, where it is to be had)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    pandas (`app.py` imports `pandas`)
                  PyYAML (`helper.py` imports `yaml`)
                  streamlit>=1.40,<1.68 (added)
      files       2 files, 69 B
      output      .deb and .AppImage in `[DIR]/work/le résultat`
    error: the project does not list its requirements, and nobody can be asked about the guess
    hint: write them to `requirements.txt`, or take the guess with `--yes`
    "#);
    assert!(!context.work().join(OUTPUT).exists());
}

#[test]
fn guessed_requirements_are_not_taken_unasked_for_json() {
    let context = Context::new();
    context.write(GUESSED);
    fails!(context, context.build("ein été", ["--json"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Ein Été 1.0.0
      project     [DIR]/work/ein été
      script      app.py
      id          local.waterskin.ein-ete (package `ein-ete-app`)
      window      "Ein Été", 1200 x 800, icon drawn
      python      3.12 (the default, where it is to be had)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    pandas (`app.py` imports `pandas`)
                  PyYAML (`helper.py` imports `yaml`)
                  streamlit>=1.40,<1.68 (added)
      files       2 files, 69 B
      output      .deb and .AppImage in `[DIR]/work/le résultat`
    error: the project does not list its requirements, and nobody can be asked about the guess
    hint: write them to `requirements.txt`, or take the guess with `--yes`
    "#);
}

#[test]
fn several_systems() {
    let context = Context::new();
    context.write(&[
        ("ventes/app.py", "import streamlit\n"),
        ("ventes/requirements.txt", "streamlit\n"),
    ]);
    let options = "--dry-run --format tar.gz --target windows-x86_64 --target macos-arm64";
    let version = (regex::escape(env!("CARGO_PKG_VERSION")), "[VERSION]");
    let filters = [context.filters(), vec![version]].concat();
    snapshot!(filters, context.build("ventes", options.split_whitespace()).finish(), @r#"
    exit code: 0
    ----- stdout -----
    Ventes 1.0.0 for windows-x86_64
      project     [DIR]/work/ventes
      script      app.py
      id          local.waterskin.ventes (package `ventes-app`)
      window      "Ventes", 1200 x 800, icon drawn
      python      3.12 (the default, where it is to be had)
      runs        the build backend of each package that is published as source only, if there are any
      requires    streamlit (`requirements.txt`)
      files       2 files, 27 B
      shell       the wheel of `waterskin-shell` [VERSION] for windows-x86_64
      output      .tar.gz in `[DIR]/work/le résultat`
      note        nothing of it is signed: Windows says to whoever downloads it that it protected the PC, and opens it by *More info* and *Run anyway*; `sign` in the settings has a command sign it
    Ventes 1.0.0 for macos-arm64
      project     [DIR]/work/ventes
      script      app.py
      id          local.waterskin.ventes (package `ventes-app`)
      window      "Ventes", 1200 x 800, icon drawn
      python      3.12 (the default, where it is to be had)
      runs        the build backend of each package that is published as source only, if there are any
      requires    streamlit (`requirements.txt`)
      files       2 files, 27 B
      shell       the wheel of `waterskin-shell` [VERSION] for macos-arm64
      output      .tar.gz in `[DIR]/work/le résultat`
      note        it is signed by nobody: macOS says to whoever downloads it that Apple could not check it, and opens it by *Open Anyway* in System Settings, Privacy & Security; `sign` in the settings has a command sign it
    ----- stderr -----
    "#);
    let json = context.build("ventes", options.split_whitespace().chain(["--json"])).finish();
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let targets: Vec<_> =
        json["plans"].as_array().unwrap().iter().map(|plan| &plan["target"]).collect();
    assert_eq!(targets, ["x86_64-pc-windows-msvc", "aarch64-apple-darwin"]);
}

#[test]
fn a_system_that_does_not_exist() {
    let context = Context::new();
    let finished = context.build("p", ["--target", "windows"]).finish();
    snapshot!(context.filters(), finished, @r"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: invalid value 'windows' for '--target <TARGET>'
      [possible values: linux-[ARCHITECTURE], linux-[ARCHITECTURE], windows-x86_64, macos-arm64, macos-x86_64, all]

      tip: a similar value exists: 'windows-x86_64'

    For more information, try '--help'.
    ");
}
