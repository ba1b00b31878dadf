//! Trimmed packages do what the whole ones do: with real wheels, used as widely as an app may.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use serde_json::Value;
use waterskin_bundle::Payload;
use waterskin_packager::{BuildOutcome, Quiet, Settings, build, plan};
use waterskin_process::Tool;

use crate::support::{Folder, folder};

const PANDAS: &str = "import streamlit as st\nimport pandas as pd\nst.dataframe(pd.DataFrame())\n";

/// The payload of an app with this text and this project file, and what the build said.
fn payload(folder: &Folder, name: &str, app: &str, project_file: &str) -> (Payload, BuildOutcome) {
    let (script, file) = (format!("{name}/app.py"), format!("{name}/waterskin.toml"));
    let requirements = format!("{name}/requirements.txt");
    folder.write(&[
        (&script, app),
        (&file, project_file),
        (&requirements, "streamlit==[STREAMLIT]\n"),
    ]);
    let kept = folder.path.join(format!("kept {name}"));
    let settings = Settings { keep_payload: Some(kept.clone()), ..folder.settings(name) };
    let outcome = build(&plan(&settings).unwrap(), None, &Quiet).unwrap();
    (Payload::open(&kept).unwrap(), outcome)
}

fn script(name: &str) -> Utf8PathBuf {
    Utf8PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("tests/trim").join(name)
}

/// What the script that uses everything printed, with the payload's own Python.
fn used_widely(payload: &Payload, more: &[&str]) -> Value {
    let tool = Tool::new(payload.python().as_std_path())
        .args(["-I", "-B", "-X", "utf8"])
        .arg(script("wide.py").as_str())
        .arg(payload.layout.site_packages().as_str())
        .args(more)
        .env_clear();
    let output = tool.run(&mut |_, _| {}).unwrap();
    serde_json::from_str(output.stdout.lines().last().unwrap()).unwrap()
}

fn bytes_of(outcome: &BuildOutcome, id: &str) -> u64 {
    let trimmed = outcome.trim.trimmed.iter().find(|trimmed| trimmed.id == id);
    trimmed.map_or(0, |trimmed| trimmed.bytes)
}

#[test]
fn what_packages_do_is_the_same_before_and_after() {
    let folder = folder();
    let (whole, whole_outcome) = payload(&folder, "whole", PANDAS, "trim = false\n");
    assert!(whole_outcome.trim.trimmed.is_empty());
    let before = used_widely(&whole, &["parquet", "avif"]);

    let (trimmed, outcome) = payload(&folder, "trimmed", PANDAS, "");
    let after = used_widely(&trimmed, &[]);
    for part in ["numpy", "pandas", "pyarrow", "pillow", "names", "elements"] {
        assert_eq!(before[part], after[part], "{part}");
    }
    for id in ["pyarrow-flight", "pyarrow-s3", "pyarrow-substrait", "pyarrow-parquet", "symbols"] {
        assert!(bytes_of(&outcome, id) > 3_000_000, "{id}: {:#?}", outcome.trim);
    }
    let saved = whole_outcome.sizes.packages - outcome.sizes.packages;
    assert!(saved > 180_000_000, "{saved}");
    for id in NAMED {
        assert!(bytes_of(&outcome, id) > 200_000, "{id}: {:#?}", outcome.trim);
    }
    nothing_imports_what_is_gone(&whole, &trimmed);

    // An app that names these keeps them.
    let app = format!(
        "{PANDAS}pd.DataFrame().to_parquet('x')\nst.image('x')\nst.map(None)\nst.snow()\n\
         st.graphviz_chart('')\nst.echarts_chart({{}})\nst.html('<p style=\"font: 1em serif\">')\n"
    );
    let (named, outcome) = payload(&folder, "named", &app, "");
    for id in NAMED.into_iter().chain(["pyarrow-parquet"]) {
        assert_eq!(bytes_of(&outcome, id), 0, "{id}");
    }
    assert_eq!(before, used_widely(&named, &["parquet", "avif"]));
    assert_eq!(scripts(&named), scripts(&whole).into_iter().filter(|it| !is_plotly(it)).collect());
}

/// Rules that an app switches off by what it says.
const NAMED: [&str; 6] = [
    "pillow-avif",
    "streamlit-echarts",
    "streamlit-graphviz",
    "streamlit-maps",
    "streamlit-serif",
    "streamlit-snow",
];

/// The names of the page's scripts.
fn scripts(payload: &Payload) -> BTreeSet<String> {
    let folder = payload.layout.site_packages().join("streamlit/static/static/js");
    let files = folder.read_dir_utf8().unwrap();
    files.map(|file| file.unwrap().file_name().to_owned()).collect()
}

/// Plotly's part goes from every app without the package.
fn is_plotly(script: &str) -> bool {
    script.starts_with("PlotlyChart.")
}

/// What is left of the page asks for nothing that is gone, unless it shows what needs it.
fn nothing_imports_what_is_gone(whole: &Payload, trimmed: &Payload) {
    let (all, left) = (scripts(whole), scripts(trimmed));
    let gone: Vec<_> = all.difference(&left).collect();
    assert!(gone.len() >= 4, "{gone:?}");
    let page = trimmed.layout.site_packages().join("streamlit/static");
    let mut texts = vec![fs_err::read_to_string(page.join("index.html")).unwrap()];
    for script in &left {
        texts.push(fs_err::read_to_string(page.join("static/js").join(script)).unwrap());
    }
    for name in gone {
        // Minified: `from"./a.js"`, and `import"./a.js"` for what has no names.
        let asked =
            [format!("from\"./{name}"), format!("import\"./{name}"), format!("js/{name}\"")];
        let asks = |text: &&String| asked.iter().any(|ask| text.contains(ask.as_str()));
        let first = texts.iter().find(asks).map(|text| text.get(..200));
        assert_eq!(first, None, "{name}");
    }
}

#[test]
fn an_app_that_shows_no_data_goes_without_the_packages_for_it() {
    let folder = folder();
    let app = "import streamlit as st\nst.title('x')\n";
    let (plain, outcome) = payload(&folder, "plain", app, "");
    assert!(bytes_of(&outcome, "data-packages") > 150_000_000, "{:#?}", outcome.trim);
    let run = "import sys; sys.path.insert(0, sys.argv[1])\n\
               import importlib.util, streamlit.testing.v1 as v1\n\
               for name in 'pandas numpy pyarrow altair narwhals pydeck PIL'.split():\n\
               \x20   assert importlib.util.find_spec(name) is None, name\n\
               run = v1.AppTest.from_file(sys.argv[2], default_timeout=60).run()\n\
               shown = [it.message for it in run.exception]\n\
               for name in 'selectbox radio select_slider'.split():\n\
               \x20   for it in run.get(name): it.set_value(it.options[-1])\n\
               for name in 'multiselect pills segmented_control button_group'.split():\n\
               \x20   for it in run.get(name): it.set_value([it.options[-1]])\n\
               for it in [*run.checkbox, *run.toggle]: it.set_value(True)\n\
               for it in run.text_input: it.set_value('y')\n\
               for it in run.text_area: it.set_value('y')\n\
               for it in run.number_input: it.set_value(0.25)\n\
               for it in run.color_picker: it.set_value('#123456')\n\
               run.button[0].click()\n\
               run.run()\n\
               print(shown + [it.message for it in run.exception])";
    let tool = Tool::new(plain.python().as_std_path())
        .args(["-I", "-B", "-X", "utf8", "-c", run])
        .arg(plain.layout.site_packages().as_str())
        .arg(script("controls.py").as_str())
        .env_clear();
    let output = tool.run(&mut |_, _| {}).unwrap();
    // The one that the script shows on purpose.
    assert_eq!(output.stdout.trim(), "['shown', 'shown']", "{}", output.stderr);
}
