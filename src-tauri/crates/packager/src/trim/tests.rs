use waterskin_streamlit::NEWEST_TESTED;

use super::*;
use crate::Quiet;

fn tree(files: &[(&str, &str)]) -> (tempfile::TempDir, Utf8PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(dir.path().join("site packages é")).unwrap();
    for (name, text) in files {
        let path = root.join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    (dir, root)
}

fn left(root: &Utf8Path) -> Vec<String> {
    Tree::read(root).unwrap().files.keys().map(ToString::to_string).collect()
}

/// The decisions for an app with this text, which may show data.
fn plan(text: &str) -> Trim {
    let app = Mentions { words: text.to_lowercase(), ..Mentions::default() };
    Trim::plan(&Switches::default(), &app).unwrap()
}

#[test]
fn what_nobody_needs_goes_and_is_counted() {
    let (_dir, root) = tree(&[
        ("bin/streamlit", "#!/python"),
        ("share/jupyter/x", "12345"),
        ("pandas/__init__.py", "import numpy"),
        ("pandas/tests/a.py", "x"),
        ("pandas/core.pyi", "x"),
        ("pyarrow/include/a.h", "x"),
        ("cupy/kernel.h", "x"),
        ("pydeck/__init__.py", "from .nbextension import x"),
        ("pydeck/nbextension/__init__.py", ""),
        ("pydeck/nbextension/static/index.js", "x"),
        ("pydeck-0.9.1.dist-info/METADATA", "x"),
        ("x.dist-info/INSTALLER", "uv"),
        ("x.dist-info/METADATA", "x"),
        ("x.dist-info/licenses/LICENSE", "x"),
        ("x.dist-info/RECORD", "bin/streamlit,,\nx.dist-info/METADATA,,\n"),
    ]);
    let report = plan("import streamlit").apply(&root, &[], &NONE, &Quiet).unwrap().unwrap();
    assert_eq!(
        left(&root),
        [
            "bin/streamlit",
            "cupy/kernel.h",
            "pandas/__init__.py",
            "pydeck/__init__.py",
            "pydeck/nbextension/__init__.py",
            "pydeck-0.9.1.dist-info/METADATA",
            "x.dist-info/METADATA",
            "x.dist-info/RECORD",
            "x.dist-info/licenses/LICENSE",
        ]
    );
    assert!(!root.join("share").exists(), "empty folders go, too");
    assert_eq!(
        fs_err::read_to_string(root.join("x.dist-info/RECORD")).unwrap(),
        "bin/streamlit,,\nx.dist-info/METADATA,,\n"
    );
    let first = &report.trimmed[0];
    assert_eq!((first.id.as_str(), first.files, first.bytes), ("shared-files", 1, 5));
}

#[test]
fn packages_that_use_their_tests_or_stubs_keep_them() {
    let (_dir, root) = tree(&[
        ("astropy/__init__.py", "from .tests.runner import TestRunner"),
        ("astropy/tests/runner.py", "x"),
        ("plain/__init__.py", "'the tests are in tests'"),
        ("plain/tests/a.py", "from plain.tests import b"),
        ("skimage/__init__.py", "lazy.attach_stub(__name__, __file__)"),
        ("skimage/__init__.pyi", "x"),
        ("plain/a.pyi", "x"),
    ]);
    plan("").apply(&root, &[], &NONE, &Quiet).unwrap().unwrap();
    assert_eq!(
        left(&root),
        [
            "astropy/__init__.py",
            "astropy/tests/runner.py",
            "plain/__init__.py",
            "skimage/__init__.py",
            "skimage/__init__.pyi",
        ]
    );
}

const FLIGHT: &str = "pyarrow/_flight.cpython-311-x86_64-linux-gnu.so";
const S3: &str = "pyarrow/_s3fs.cpython-311-x86_64-linux-gnu.so";
const PYARROW: &[(&str, &str)] = &[
    ("pyarrow/fs.py", "try:\n  from pyarrow._s3fs import S3FileSystem\nexcept ImportError: pass"),
    ("pyarrow/flight.py", "from pyarrow._flight import x"),
    (FLIGHT, "x"),
    (S3, "x"),
    ("pyarrow-26.0.1.dist-info/METADATA", "x"),
];

fn after(trim: &Trim, more: &[(&str, &str)]) -> (Vec<String>, TrimReport) {
    let (_dir, root) = tree(&[PYARROW, more].concat());
    let report = trim.apply(&root, &[], &NONE, &Quiet).unwrap().unwrap();
    (left(&root), report)
}

fn has(left: &[String], file: &str) -> bool {
    left.iter().any(|it| it == file)
}

#[test]
fn what_the_app_or_another_package_mentions_stays() {
    let (plain, _) = after(&plan("import pandas"), &[]);
    assert!(!has(&plain, S3) && !has(&plain, FLIGHT), "{plain:?}");
    let trim = plan("pd.read_parquet('S3://bucket')");
    let (app, _) = after(&trim, &[]);
    assert!(has(&app, S3) && !has(&app, FLIGHT));
    let kept = trim.kept.iter().find(|kept| kept.id == "pyarrow-s3").unwrap();
    assert_eq!(kept.because, "the app mentions `s3`");
    let lake = ("deltalake/__init__.py", "import pyarrow.flight as fl");
    let (package, report) = after(&plan("x"), &[lake]);
    assert!(!has(&package, S3) && has(&package, FLIGHT));
    assert_eq!(report.kept[0].id, "pyarrow-flight");
    assert_eq!(report.kept[0].because, "`deltalake/__init__.py` mentions it");
}

#[test]
fn what_the_app_imports_stays() {
    let imports = ["pyarrow.flight".to_owned()].into();
    let app = Mentions { imports, ..Mentions::default() };
    let trim = Trim::plan(&Switches::default(), &app).unwrap();
    let kept = trim.kept.iter().find(|kept| kept.id == "pyarrow-flight").unwrap();
    assert_eq!(kept.because, "the app imports `pyarrow.flight`");
    assert!(has(&after(&trim, &[]).0, FLIGHT));
}

#[test]
fn what_a_file_that_stays_imports_at_once_stays() {
    let odd = ("pyarrow/odd.py", "import pyarrow._flight");
    let (left, report) = after(&plan("x"), &[odd]);
    assert!(has(&left, FLIGHT) && !has(&left, S3));
    assert_eq!(report.kept[0].because, "`pyarrow/odd.py` imports `pyarrow._flight`");
}

#[test]
fn a_version_that_no_rule_was_tried_with_stays_as_it_is() {
    let (_dir, root) = tree(&[(FLIGHT, "x"), ("pyarrow-99.0.dist-info/METADATA", "x")]);
    plan("x").apply(&root, &[], &NONE, &Quiet).unwrap().unwrap();
    assert!(has(&left(&root), FLIGHT));
}

#[test]
fn the_project_file_switches_rules_off() {
    let off = |switches: &Switches| Trim::plan(switches, &Mentions::default()).unwrap();
    assert!(off(&Switches::Off).rules.is_empty());
    let one = off(&Switches::Rules([("pyarrow-flight".to_owned(), false)].into()));
    assert!(one.rules.iter().all(|rule| rule.id != "pyarrow-flight") && one.rules.len() > 15);
    assert!(has(&after(&one, &[]).0, FLIGHT));
    assert_ne!(one.key(), off(&Switches::default()).key(), "the cache tells them apart");
}

#[test]
fn only_an_app_that_shows_no_data_goes_without_its_packages() {
    let data = |plain| {
        let app = Mentions { plain, ..Mentions::default() };
        let trim = Trim::plan(&Switches::default(), &app).unwrap();
        trim.rules.iter().any(|rule| rule.id == "data-packages")
    };
    assert!(data(true) && !data(false));
}

#[test]
fn an_app_that_takes_commands_by_a_name_from_elsewhere_keeps_the_pages_parts() {
    let kept = |by_name| {
        let app = Mentions { by_name, ..Mentions::default() };
        let trim = Trim::plan(&Switches::default(), &app).unwrap();
        let parts = ["streamlit-maps", "streamlit-graphviz", "streamlit-echarts", "streamlit-snow"];
        parts.map(|id| trim.kept.iter().any(|kept| kept.id == id))
    };
    assert_eq!((kept(true), kept(false)), ([true; 4], [false; 4]));
}

#[test]
fn what_goes_as_a_whole_is_not_installed_unless_a_package_asks_for_it() {
    let app = Mentions { plain: true, ..Mentions::default() };
    let trim = Trim::plan(&Switches::default(), &app).unwrap();
    let spared = |version: &str| {
        trim.spared(|name| (name == "streamlit").then(|| version.to_owned())).unwrap()
    };
    assert!(spared("1.66.0").is_empty(), "that version was not tried");
    let spared = spared(NEWEST_TESTED);
    assert!(spared.contains(&"pandas") && spared.contains(&"pillow"), "{spared:?}");

    let streamlit = format!("streamlit-{NEWEST_TESTED}.dist-info/METADATA");
    let streamlit = (streamlit.as_str(), "x");
    let (_dir, root) = tree(&[streamlit, ("streamlit/__init__.py", "x")]);
    let report = trim.apply(&root, &spared, &NONE, &Quiet).unwrap().unwrap();
    let gone = report.trimmed.iter().find(|trimmed| trimmed.id == "data-packages").unwrap();
    assert!(gone.bytes > 100_000_000, "{gone:?}");

    let (_dir, root) = tree(&[streamlit, ("lake/__init__.py", "import pandas")]);
    assert_eq!(trim.apply(&root, &spared, &NONE, &Quiet).unwrap(), None);

    // What goes by an earlier rule asks for nothing.
    let demo = ("streamlit/hello/dataframe.py", "import pandas");
    let (_dir, root) = tree(&[streamlit, demo]);
    assert!(trim.apply(&root, &spared, &NONE, &Quiet).unwrap().is_some());
}
