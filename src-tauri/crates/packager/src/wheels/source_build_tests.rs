use super::*;

#[test]
fn only_wheels_for_any_platform_are_taken() {
    for (name, any) in [
        ("x-1-py3-none-any.whl", true),
        ("x-1-py2.py3-none-any.whl", true),
        ("x-1-cp311-cp311-linux_x86_64.whl", false),
        ("x-1-cp311-abi3-manylinux_2_28_x86_64.whl", false),
        ("x-1-py3-none-linux_x86_64.whl", false),
    ] {
        assert_eq!(is_for_any_platform(name), any, "{name}");
    }
}

#[test]
fn a_backend_sees_little_of_the_author() {
    let ours =
        ["PATH", "UV_INDEX_URL", "TOKEN", "OPENAI_API_KEY", "PYTHONPATH", "VIRTUAL_ENV", "CC"];
    let ours = ours.map(|name| (OsString::from(name), OsString::from("x")));
    let kept = ["TOKEN".to_owned()];
    let apart = Apart { temporary: "/t".into(), kept: &kept, compilers: false };
    let made = environment(&apart, ours.clone().into_iter());
    let value = |name: &str| {
        let found = made.iter().rfind(|(it, _)| it == name)?;
        Some(found.1.to_string_lossy().into_owned())
    };
    assert_eq!(value("PATH").as_deref(), Some("x"));
    assert_eq!(value("UV_INDEX_URL").as_deref(), Some("x"));
    assert_eq!(value("TOKEN").as_deref(), Some("x"));
    assert_eq!(value("TMPDIR").as_deref(), Some("/t"));
    assert_eq!(value("SOURCE_DATE_EPOCH").as_deref(), Some(EPOCH));
    assert_ne!(value("CC").as_deref(), Some("x"));
    for gone in ["OPENAI_API_KEY", "PYTHONPATH", "VIRTUAL_ENV"] {
        assert_eq!(value(gone), None, "{gone}");
    }
    let made = environment(&Apart { compilers: true, ..apart }, ours.into_iter());
    let all = |name: &str| -> Vec<_> { made.iter().filter(|it| it.0 == name).collect() };
    assert!(all("CC").len() == 1 && all("CC")[0].1 == "x", "the author's own: {made:?}");
    assert!(all("CXX").is_empty() && all("CFLAGS")[0].1 == "-g0", "{made:?}");
    assert!(all("OPENAI_API_KEY").is_empty());
}

#[test]
fn a_version_that_the_environment_tells_is_another_build() {
    let told = |variables: &[(&str, &str)]| {
        told_version(variables.iter().map(|(name, value)| (name.into(), value.into())))
    };
    assert_eq!(told(&[("PATH", "/bin")]), "");
    let versions =
        [("SETUPTOOLS_SCM_PRETEND_VERSION_FOR_A", "2"), ("SETUPTOOLS_SCM_PRETEND_VERSION", "1")];
    let expected = " SETUPTOOLS_SCM_PRETEND_VERSION=1 SETUPTOOLS_SCM_PRETEND_VERSION_FOR_A=2";
    assert_eq!(told(&versions), expected);
    let apart = Apart { temporary: "/t".into(), kept: &[], compilers: false };
    let kept = environment(&apart, versions.iter().map(|(n, v)| (n.into(), v.into())));
    assert!(kept.iter().any(|(name, _)| name == "SETUPTOOLS_SCM_PRETEND_VERSION"));
}

#[cfg(unix)]
#[test]
fn a_source_is_copied_as_it_was_written_down() {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(dir.path()).unwrap();
    let from = root.join("von é");
    for file in [
        "pyproject.toml",
        "src/pack/__init__.py",
        "src/pack/build/x.py",
        "src/pack/__pycache__/x.pyc",
        "src/pack.egg-info/PKG-INFO",
        "build/lib/pack/old.py",
        "dist/old.whl",
        "env/pyvenv.cfg",
        ".git/HEAD",
        ".env",
    ] {
        fs_err::create_dir_all(from.join(file).parent().unwrap()).unwrap();
        fs_err::write(from.join(file), file).unwrap();
    }
    fs_err::write(root.join("outside"), "x").unwrap();
    copy::link("../outside".into(), &from.join("out")).unwrap();
    copy::link("pyproject.toml".into(), &from.join("in")).unwrap();
    fs_err::create_dir_all(root.join("shared")).unwrap();
    fs_err::write(root.join("shared/x.py"), "x").unwrap();
    copy::link("../../shared".into(), &from.join("src/shared")).unwrap();
    copy::link("../../outside".into(), &from.join("src/file")).unwrap();
    let to = root.join("to");
    copy_source(&from, &to).unwrap();
    let mut names: Vec<String> = WalkDir::new(&to)
        .into_iter()
        .flatten()
        .filter(|entry| !entry.file_type().is_dir())
        .map(|entry| entry.path().strip_prefix(&to).unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let expected =
        [".git/HEAD", "in", "pyproject.toml", "src/pack/__init__.py", "src/pack/build/x.py"];
    assert_eq!(names, expected);
    copy_linked(&from, &["src/shared".into(), "src/file".into(), "in".into()], &to).unwrap();
    for file in ["src/shared/x.py", "src/file"] {
        assert_eq!(fs_err::read_to_string(to.join(file)).unwrap(), "x", "{file}");
    }
}

/// A backend that needs nothing from the network. It says what it saw, and where it ran.
const BACKEND: &str = r#"
import os, pathlib, zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    tag = pathlib.Path("tag").read_text()
    with open(pathlib.Path("log").read_text(), "a") as log:
        print(os.getcwd(), os.environ.get("SECRET_OF_TESTS"), file=log)
    pathlib.Path("left-behind").touch()
    name = f"tiny-1.0-{tag}.whl"
    info = "tiny-1.0.dist-info/"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as wheel:
        wheel.writestr("tiny.py", "")
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
        wheel.writestr(info + "WHEEL", f"Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: {tag}\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"#;

/// A backend that calls a compiler.
const COMPILING: &str = r#"
import os, pathlib, subprocess, zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    pathlib.Path("x.c").write_text("int twice(int x) { return x * 2; }")
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "x.c", "-o", "x.so"], check=True)
    name, info = "tiny-1.0-py3-none-linux_x86_64.whl", "tiny-1.0.dist-info/"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as wheel:
        wheel.write("x.so")
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nTag: py3-none-linux_x86_64\n")
        wheel.writestr(info + "RECORD", "")
    return name
"#;

#[cfg(target_os = "linux")]
#[test]
fn a_compiler_is_there_for_who_may_have_one() {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(dir.path().canonicalize().unwrap()).unwrap();
    let (source, work) = (root.join("my é source"), root.join("work"));
    fs_err::create_dir_all(&source).unwrap();
    fs_err::create_dir_all(&work).unwrap();
    let pyproject = "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n\
             [project]\nname = 'tiny'\nversion = '1.0'\n";
    fs_err::write(source.join("pyproject.toml"), pyproject).unwrap();
    fs_err::write(source.join("backend.py"), COMPILING).unwrap();
    let cache = Cache::open(&root.join("cache")).unwrap();
    let program = crate::find_uv(None).unwrap();
    let python = waterskin_process::find("python3").unwrap();
    let python = Utf8PathBuf::from_path_buf(python).unwrap();
    let uv = Uv { program: &program, python: &python, offline: false };
    let settings = toml::Table::new();
    let build = SourceBuild { uv, folder: &work, settings: &settings };
    let error = build.wheel(&source, &[], With::Nothing, &cache, &crate::Quiet).unwrap_err();
    assert!(error.is_for_compilers(), "{error:?}");
    let with = With::Compilers { python: &python };
    let wheel = build.wheel(&source, &[], with, &cache, &crate::Quiet).unwrap();
    assert_eq!(wheel.path().file_name(), Some("tiny-1.0-py3-none-linux_x86_64.whl"));
    fs_err::write(source.join("backend.py"), "raise SystemExit('no')").unwrap();
    let error = build.wheel(&source, &[], With::Nothing, &cache, &crate::Quiet).unwrap_err();
    assert!(!error.is_for_compilers(), "{error:?}");
}

#[test]
fn a_source_becomes_a_wheel_once_and_stays_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(dir.path().canonicalize().unwrap()).unwrap();
    let (source, log, work) = (root.join("my é source"), root.join("log"), root.join("work"));
    fs_err::create_dir_all(&source).unwrap();
    fs_err::create_dir_all(&work).unwrap();
    let pyproject = "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n\
             [project]\nname = 'tiny'\nversion = '1.0'\n";
    for (name, text) in [
        ("pyproject.toml", pyproject),
        ("backend.py", BACKEND),
        ("tag", "py3-none-any"),
        ("log", log.as_str()),
    ] {
        fs_err::write(source.join(name), text).unwrap();
    }
    let cache = Cache::open(&root.join("cache")).unwrap();
    let program = crate::find_uv(None).unwrap();
    let python = waterskin_process::find("python3").unwrap();
    let python = Utf8PathBuf::from_path_buf(python).unwrap();
    let uv = Uv { program: &program, python: &python, offline: false };
    let settings = toml::Table::new();
    let build = SourceBuild { uv, folder: &work, settings: &settings };
    let before = tree_digest(&source).unwrap();
    let wheel = build.wheel(&source, &[], With::Nothing, &cache, &crate::Quiet).unwrap();
    assert_eq!(wheel.path().file_name(), Some("tiny-1.0-py3-none-any.whl"));
    let bytes = fs_err::read(wheel.path()).unwrap();
    let again = build.wheel(&source, &[], With::Nothing, &cache, &crate::Quiet).unwrap();
    assert_eq!(fs_err::read(again.path()).unwrap(), bytes);
    let seen = fs_err::read_to_string(&log).unwrap();
    let seen: Vec<&str> = seen.lines().collect();
    assert!(seen.len() == 1 && seen[0].ends_with(" None"), "once: {seen:?}");
    assert!(seen[0].starts_with(work.as_str()), "not in the project: {seen:?}");
    assert_eq!(before, tree_digest(&source).unwrap());
    assert_eq!(fs_err::read_dir(&work).unwrap().count(), 0, "nothing stays behind");

    fs_err::write(source.join("tag"), "cp311-cp311-linux_x86_64").unwrap();
    let error = build.wheel(&source, &[], With::Nothing, &cache, &crate::Quiet).unwrap_err();
    assert!(matches!(error, SourceBuildError::Platform { .. }), "{error}");
    fs_err::write(source.join("backend.py"), "raise SystemExit('no')").unwrap();
    let error = build.wheel(&source, &[], With::Nothing, &cache, &crate::Quiet).unwrap_err();
    assert!(matches!(error, SourceBuildError::Build { .. }), "{error}");
}
