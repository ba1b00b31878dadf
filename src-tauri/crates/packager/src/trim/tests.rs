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
    list(root).unwrap().into_iter().map(|file| file.path.to_string()).collect()
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
        ("x.dist-info/INSTALLER", "uv"),
        ("x.dist-info/METADATA", "x"),
        ("x.dist-info/licenses/LICENSE", "x"),
        ("x.dist-info/RECORD", "bin/streamlit,,\nx.dist-info/METADATA,,\n"),
    ]);
    let report = Trim::for_app(["import streamlit"]).apply(&root, &Quiet).unwrap();
    assert_eq!(
        left(&root),
        [
            "cupy/kernel.h",
            "pandas/__init__.py",
            "pydeck/__init__.py",
            "pydeck/nbextension/__init__.py",
            "x.dist-info/METADATA",
            "x.dist-info/RECORD",
            "x.dist-info/licenses/LICENSE",
        ]
    );
    assert!(!root.join("share").exists(), "empty folders go, too");
    assert_eq!(
        fs_err::read_to_string(root.join("x.dist-info/RECORD")).unwrap(),
        "x.dist-info/METADATA,,\n"
    );
    let first = &report[0];
    assert_eq!((first.what.as_str(), first.files, first.bytes), (RULES[0].what, 2, 14));
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
    Trim::for_app([]).apply(&root, &Quiet).unwrap();
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

#[test]
fn what_the_app_or_another_package_mentions_stays() {
    let files: &[(&str, &str)] = &[
        ("pyarrow/fs.py", "from pyarrow._s3fs import S3FileSystem"),
        ("pyarrow/_s3fs.cpython-311-x86_64-linux-gnu.so", "x"),
        ("pyarrow/_flight.cpython-311-x86_64-linux-gnu.so", "x"),
    ];
    let flight = "pyarrow/_flight.cpython-311-x86_64-linux-gnu.so".to_owned();
    let s3 = "pyarrow/_s3fs.cpython-311-x86_64-linux-gnu.so".to_owned();
    let after = |app: &str, more: &[(&str, &str)]| {
        let (_dir, root) = tree(&[files, more].concat());
        Trim::for_app([app]).apply(&root, &Quiet).unwrap();
        left(&root)
    };
    let plain = after("import pandas", &[]);
    assert!(!plain.contains(&s3) && !plain.contains(&flight));
    let app = after("pd.read_parquet('S3://bucket')", &[]);
    assert!(app.contains(&s3) && !app.contains(&flight));
    let package = after("x", &[("deltalake/__init__.py", "import pyarrow.flight as fl")]);
    assert!(!package.contains(&s3) && package.contains(&flight));
}

#[test]
fn the_key_tells_apart_what_is_kept() {
    assert_eq!(Trim::for_app(["a"]).key(), Trim::for_app(["b"]).key());
    assert_ne!(Trim::for_app(["a"]).key(), Trim::for_app(["flight"]).key());
}

#[test]
fn every_rule_is_well_formed() {
    for rule in RULES {
        assert!(matcher(rule).is_ok(), "{}", rule.what);
        let pattern = match rule.unless {
            Unless::OwnPackageSays(pattern) | Unless::Mentioned { packages: pattern, .. } => {
                pattern
            }
            Unless::Never | Unless::Linked => continue,
        };
        assert!(regex::bytes::Regex::new(pattern).is_ok(), "{}", rule.what);
        if let Unless::Mentioned { app, .. } = rule.unless {
            assert_eq!(app, app.to_lowercase(), "the app's text is compared in small letters");
        }
    }
}
