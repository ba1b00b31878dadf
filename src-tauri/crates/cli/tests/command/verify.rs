use waterskin_bundle::{
    App, AppCopy, Layout, Manifest, Minimum, Payload, Python, PythonSource, Shell, Streamlit,
    Window, tree_digest, write_record,
};

use crate::{context::Context, fails, snapshot};

/// A payload that is whole, in `work/payload`. The interpreter is never started.
fn payload() -> Context {
    let context = Context::new();
    context.write(&[
        ("payload/python/bin/python3", "#!/bin/sh\n"),
        ("payload/site-packages/streamlit/static/index.html", "<html>\n"),
        ("payload/app/app é.py", "import streamlit\n"),
    ]);
    let layout = Layout::new(context.work().join("payload"));
    write_record(&layout.python(), &layout.python()).unwrap();
    write_record(layout.root(), &layout.app()).unwrap();
    let trees = [Layout::PYTHON, Layout::SITE_PACKAGES, Layout::APP];
    let digests = trees
        .into_iter()
        .map(|tree| (tree.to_owned(), tree_digest(&layout.root().join(tree)).unwrap()))
        .collect();
    let manifest = Manifest {
        schema: 1,
        app: App {
            id: "org.example.ete".parse().unwrap(),
            name: "Été".to_owned(),
            package: "ete".parse().unwrap(),
            version: "1.2".to_owned(),
            summary: String::new(),
            publisher: String::new(),
        },
        entry: "app é.py".into(),
        arguments: Vec::new(),
        python: Python {
            version: "3.12.1".to_owned(),
            triple: "x86_64-unknown-linux-gnu".to_owned(),
            executable: "python/bin/python3".into(),
            source: PythonSource::Relocated,
        },
        streamlit: Streamlit { version: "1.67.0".to_owned() },
        window: Window::default(),
        secrets: Vec::new(),
        port: 8501,
        data: waterskin_bundle::DataPolicy::default(),
        downloads: waterskin_bundle::Downloads::default(),
        preload: Vec::new(),
        shell: Shell { version: "0.1.0".to_owned() },
        minimum: Minimum::default(),
        digests,
    };
    let text = serde_json::to_string_pretty(&manifest).unwrap();
    fs_err::write(layout.manifest(), text).unwrap();
    context
}

fn verify(context: &Context) -> crate::process::Run {
    context.command(["verify", "payload"])
}

#[test]
fn as_it_was_built() {
    let context = payload();
    snapshot!(context.filters(), verify(&context).finish(), @r#"
    exit code: 0
    ----- stdout -----
    Été 1.2 is as it was built
    ----- stderr -----
    "#);
}

#[test]
fn what_is_data_is_said() {
    let context = payload();
    let root = context.work().join("payload");
    let path = Layout::new(root.as_path()).manifest();
    let text = fs_err::read_to_string(&path).unwrap();
    let text = text.replace("\"schema\": 1", "\"schema\": 2");
    fs_err::write(&path, text.replace("\"app-folder\"", "\"copy\"")).unwrap();
    let data = context.work().with_file_name("home").join(".local/share/org.example.ete/data");
    let payload = Payload::read(&root).unwrap();
    AppCopy::of(&payload, &data).unwrap().bring().unwrap();
    fs_err::write(data.join("ventes é.db"), "rows").unwrap();
    fs_err::write(data.join("app é.py"), "import os\n").unwrap();
    snapshot!(context.filters(), verify(&context).finish(), @r#"
    exit code: 0
    ----- stdout -----
    Été 1.2 is as it was built
    it runs in `[DIR]/home/.local/share/org.example.ete/data`, where these files are data:
      app é.py (changed)
      ventes é.db
    ----- stderr -----
    "#);
}

#[test]
fn what_an_app_made_in_its_own_folder_is_data_unless_it_is_code() {
    let context = payload();
    context.write(&[("payload/app/out/été.csv", "1")]);
    snapshot!(context.filters(), verify(&context).finish(), @r#"
    exit code: 0
    ----- stdout -----
    Été 1.2 is as it was built
    in `payload/app` these files are data:
      out/été.csv
    ----- stderr -----
    "#);
    context.write(&[("payload/app/pandas.py", "import os")]);
    fails!(context, verify(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `payload/app/pandas.py` is missing or was changed
    hint: install the app again
    "#);
}

#[test]
fn changed() {
    let context = payload();
    context.write(&[("payload/app/app é.py", "import os\n")]);
    fails!(context, verify(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `payload/app/app é.py` is missing or was changed
    hint: install the app again
    "#);
}

#[test]
fn a_file_more() {
    let context = payload();
    context.write(&[("payload/site-packages/usercustomize.py", "import os\n")]);
    fails!(context, verify(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the files in `payload/site-packages` were changed: expected sha256:921805b9c23a584042224731f8ff1006c9d80c1224794131114c7156f80ad22f, got sha256:d623e9c60b98c1b182fd67bd7207ddc671ef871d4422c7b135518dd19ded7f1d
    hint: install the app again
    "#);
}

#[test]
fn a_file_cut_short() {
    let context = payload();
    context.write(&[("payload/python/bin/python3", "#!/bin")]);
    fails!(context, verify(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `payload/python/bin/python3` is missing or was changed
    hint: install the app again
    "#);
}

#[test]
fn a_file_less() {
    let context = payload();
    fs_err::remove_file(context.work().join("payload/app/app é.py")).unwrap();
    fails!(context, verify(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `payload/app/app é.py` is missing from the app
    hint: install the app again
    "#);
}

#[test]
fn a_manifest_cut_short() {
    let context = payload();
    let path = context.work().join("payload/manifest.json");
    let text = fs_err::read(&path).unwrap();
    fs_err::write(&path, &text[..text.len() / 2]).unwrap();
    fails!(context, verify(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not understand `payload/manifest.json`
      caused by: the manifest is damaged
      caused by: EOF while parsing a string at line 23 column 19
    hint: install the app again
    "#);
}

#[test]
fn a_newer_schema() {
    let context = payload();
    context.write(&[("payload/manifest.json", r#"{"schema": 3, "app": "changed"}"#)]);
    fails!(context, verify(&context), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not understand `payload/manifest.json`
      caused by: the manifest has schema 3, and this version reads up to 2
    hint: check it with the version of Waterskin that built it, or with a newer one
    "#);
}

#[test]
fn no_payload() {
    let context = payload();
    fails!(context, context.command(["verify", "nowhere"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: there is no app in `nowhere`
    hint: give the folder that holds `manifest.json`
    "#);
    fails!(context, context.command(["verify", "payload/app"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: there is no app in `payload/app`
    hint: give the folder that holds `manifest.json`
    "#);
}
