//! These tests use every interpreter that this machine has, and the real `uv`.

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::PythonSource;
use waterskin_process::Tool;

use crate::elf::{self, Glibc};

use super::{
    copy::{self, Links},
    interpreter::Interpreter,
    *,
};
use crate::Quiet;

const TRIPLE: &str = "x86_64-unknown-linux-gnu";

struct Place {
    _folder: tempfile::TempDir,
    root: Utf8PathBuf,
}

/// A folder with a space, a quote and letters beyond ASCII in its name.
fn place() -> Place {
    let folder = tempfile::Builder::new().prefix("mon dossier d'été 数 ").tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    Place { _folder: folder, root }
}

fn request(place: &Place) -> RuntimeRequest {
    RuntimeRequest {
        tk: false,
        version: None,
        python: None,
        triple: TRIPLE.to_owned(),
        project: place.root.join("project"),
        cache: place.root.join("cache"),
        uv: waterskin_process::find("uv").unwrap().try_into().unwrap(),
        offline: true,
    }
}

fn relocate(python: &Utf8Path, place: &Place) -> (Runtime, Utf8PathBuf) {
    relocate_for(python, place, request(place))
}

fn relocate_for(
    python: &Utf8Path,
    place: &Place,
    request: RuntimeRequest,
) -> (Runtime, Utf8PathBuf) {
    let request = RuntimeRequest { python: Some(python.to_owned()), ..request };
    let source = choose(&request).unwrap();
    let payload = place.root.join("payload");
    let runtime = lay_down(&source, &request, &payload.join("python"), &Quiet).unwrap();
    // It is moved, so that nothing can lean on where it was made.
    let moved = place.root.join("moved é");
    fs_err::rename(&payload, &moved).unwrap();
    (runtime, moved)
}

fn run(python: &Utf8Path, code: &str, environment: &[(&str, &str)]) -> String {
    let mut tool =
        Tool::new(python.as_std_path()).args(["-I", "-B", "-c", code]).env_clear().directory("/");
    for (name, value) in environment {
        tool = tool.env(name, value);
    }
    let output = tool.run(&mut |_, _| {}).unwrap_or_else(|error| {
        panic!(
            "{error}: {}",
            std::error::Error::source(&error).map_or(String::new(), |s| s.to_string())
        )
    });
    output.stdout
}

/// Imports what apps need and prints the libraries from outside of the payload.
const USE_EVERYTHING: &str = r#"
import asyncio, bz2, concurrent.futures, ctypes, decimal, hashlib, json, lzma, multiprocessing
import platform, readline, sqlite3, ssl, sys, tempfile, uuid, zlib, zoneinfo
assert ctypes.CDLL(None).getpid() > 0
assert sqlite3.connect(":memory:").execute("select 6 * 7").fetchone() == (42,)
assert ssl.create_default_context() and hashlib.sha256(b"").hexdigest().startswith("e3b0")
assert lzma.decompress(lzma.compress(b"x" * 99)) == b"x" * 99 and uuid.uuid1()
assert asyncio.run(asyncio.sleep(0, 42)) == 42
print(sys.prefix)
libraries = {line.split(maxsplit=5)[-1].strip() for line in open("/proc/self/maps") if ".so" in line}
for library in sorted(libraries):
    if not library.startswith(sys.prefix):
        print(library.rpartition("/")[2])
"#;

fn check(python: &Utf8Path) {
    let place = place();
    let version = Interpreter::ask(python).unwrap().version;
    let (runtime, moved) = relocate(python, &place);
    assert_eq!(runtime.python.version, version);
    assert_eq!(runtime.python.source, PythonSource::Relocated);
    assert!(runtime.minimum_glibc.parse::<Glibc>().unwrap() >= Glibc::new(2, 17));

    let executable = moved.join(&runtime.python.executable);
    let hostile = place.root.join("hostile");
    fs_err::create_dir(&hostile).unwrap();
    for entry in moved.join("python/lib").read_dir_utf8().unwrap().flatten() {
        if entry.file_type().unwrap().is_file() {
            // The dynamic linker stops at a library that is too short, so it must not look here.
            fs_err::write(hostile.join(entry.file_name()), "").unwrap();
        }
    }
    for environment in
        [&[][..], &[("LD_LIBRARY_PATH", hostile.as_str()), ("PYTHONHOME", "/nonexistent")]]
    {
        let printed = run(&executable, USE_EVERYTHING, environment);
        let mut lines = printed.lines();
        assert_eq!(lines.next(), Some(moved.join("python").as_str()), "its own prefix");
        for library in lines {
            assert!(libraries::of_the_system(library), "{library} comes from outside");
        }
    }
    assert_eq!(run(&moved.join("python/bin/python3"), "print(1)", &[]), "1\n", "by the link");
    let left = copy::files(&moved).unwrap();
    let bad = ["tkinter/", "/test/", "idlelib/", "ensurepip/", ".pyc", ".a", "EXTERNALLY-MANAGED"];
    for file in &left {
        assert!(!bad.iter().any(|part| file.as_str().contains(part)), "{file}");
    }
}

/// Starts Tcl, which needs no display, and says where its scripts are.
const USE_TCL: &str = "import tkinter; print(tkinter.Tcl().eval('info library'))";

#[test]
fn tk_comes_along_for_who_imports_it() {
    let has_tk = |python: &Utf8PathBuf| tk::is_there(python);
    let versions = ["3.11", "3.12", "3.10", "3.13", "3.9"];
    let found = versions.iter().filter_map(|it| candidates::find(Some(it), "/nonexistent".into()));
    let system = Utf8PathBuf::from("/usr/bin/python3");
    let mut pythons = found.map(|(python, _)| python).chain([system]);
    let python = pythons.find(has_tk).expect("the tests need a Python with Tk: scripts/setup");
    let place = place();
    let request = RuntimeRequest { tk: true, ..request(&place) };
    let (runtime, moved) = relocate_for(&python, &place, request);
    let executable = moved.join(&runtime.python.executable);
    // Where a system has Tcl, that one's scripts are tried first if they are of the same version.
    let folder = moved.join("python/lib");
    let folders: Vec<_> = folder.read_dir_utf8().unwrap().map(|it| it.unwrap()).collect();
    let scripts =
        |file: &str| folders.iter().map(|it| it.path().join(file)).find(|it| it.is_file()).unwrap();
    let tcl = scripts("init.tcl").parent().unwrap().to_owned();
    assert!(scripts("tk.tcl").is_file());
    let printed = run(&executable, USE_TCL, &[("TCL_LIBRARY", tcl.as_str())]);
    assert_eq!(printed.trim(), tcl);
}

/// One test for each version, so that they run at the same time.
macro_rules! relocated {
    ($($name:ident $version:literal)*) => { $(
        #[test]
        fn $name() {
            match candidates::find(Some($version), "/nonexistent".into()) {
                Some((python, _)) => check(&python),
                None => eprintln!("there is no Python {} here", $version),
            }
        }
    )* };
}

relocated! {
    python_3_10_runs_anywhere "3.10"
    python_3_11_runs_anywhere "3.11"
    python_3_12_runs_anywhere "3.12"
    python_3_13_runs_anywhere "3.13"
}

#[test]
fn the_systems_own_python_runs_anywhere() {
    let system = Utf8Path::new("/usr/bin/python3");
    if system.is_file() {
        check(system);
    }
}

#[test]
fn the_same_interpreter_gives_the_same_files_without_its_old_place() {
    let (python, interpreter) = candidates::find(None, "/nonexistent".into()).unwrap();
    let places = [place(), place()];
    let made = places.each_ref().map(|place| relocate(&python, place).1);
    let digest = |root| waterskin_bundle::tree_digest(root).unwrap();
    assert_eq!(digest(&made[0]), digest(&made[1]));
    if interpreter.base_prefix.starts_with("/usr") {
        return;
    }
    for file in copy::files(&made[0]).unwrap() {
        let text = fs_err::read(&file).unwrap();
        let names = String::from_utf8_lossy(&text).contains(interpreter.base_prefix.as_str());
        // The default prefix is compiled into the library, and CPython looks there last of all.
        assert!(!names || elf::is_elf(&file).unwrap(), "{file} names the old place");
    }
}

#[test]
fn a_virtual_environment_leads_to_the_interpreter_that_it_was_made_from() {
    let place = place();
    let (base, interpreter) = candidates::find(None, "/nonexistent".into()).unwrap();
    for copies in ["--copies", "--symlinks"] {
        let environment = place.root.join(format!("venv {copies}"));
        Tool::new(base.as_std_path())
            .args(["-I", "-m", "venv", "--without-pip", copies, environment.as_str()])
            .run(&mut |_, _| {})
            .unwrap();
        let asked = Interpreter::ask(&environment.join("bin/python")).unwrap();
        assert_eq!(asked.program(), interpreter.program(), "{copies}");
        assert_eq!(asked.stdlib, interpreter.stdlib, "{copies}");
        assert_eq!(asked.platstdlib, interpreter.platstdlib, "{copies}");
    }
}

/// A program that stands for `uv`.
fn wrapper(place: &Place, script: &str) -> Utf8PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let path = place.root.join("uv");
    fs_err::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn without_a_standalone_build_an_installed_python_serves_and_the_reason_is_kept() {
    let place = place();
    let (_, interpreter) = candidates::find(None, "/nonexistent".into()).unwrap();
    let version = minor(&interpreter.version);
    let uv = wrapper(
        &place,
        "echo 'error: Failed to install' >&2; echo '  cause: the network is down' >&2; exit 2",
    );
    let request = RuntimeRequest { version: Some(version.clone()), uv, ..request(&place) };
    match choose(&request).unwrap() {
        RuntimeSource::Relocated { version: found, reason, .. } => {
            assert_eq!(minor(&found), version);
            assert_eq!(reason, "no standalone build: the network is down");
        }
        other => panic!("{other:?}"),
    }
    let request = RuntimeRequest { version: Some("3.99".into()), ..request };
    insta::assert_snapshot!(
        choose(&request).unwrap_err(),
        @"found no Python 3.99: no standalone build: the network is down"
    );
    let request = RuntimeRequest { triple: "x86_64-pc-windows-msvc".into(), ..request };
    insta::assert_snapshot!(
        choose(&request).unwrap_err(),
        @"found no Python for windows-x86_64: no standalone build: the network is down"
    );
}

#[test]
fn what_the_author_names_must_be_a_python_of_the_wanted_version() {
    let place = place();
    let (python, interpreter) = candidates::find(None, "/nonexistent".into()).unwrap();
    let named = |python: &str, version: &str| RuntimeRequest {
        python: Some(python.into()),
        version: Some(version.into()),
        ..request(&place)
    };
    let error = choose(&named(python.as_str(), "3.2")).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("`{python}` is Python {}, and the project wants 3.2", interpreter.version)
    );
    insta::assert_snapshot!(
        choose(&named("/nonexistent/python", "3.12")).unwrap_err(),
        @"`/nonexistent/python` is not a usable Python: could not start `/nonexistent/python`: No such file or directory (os error 2)"
    );
    insta::assert_snapshot!(
        choose(&named("/bin/true", "3.12")).unwrap_err(),
        @"`/bin/true` is not a usable Python: it did not say where its parts are"
    );
}

/// `uv` installs from an archive that looks like python-build-standalone's, made here from a
/// relocated interpreter: its hosts are out of reach for tests.
#[test]
fn a_standalone_build_is_installed_by_uv_and_pruned() {
    let place = place();
    let (python, interpreter) = candidates::find(None, "/nonexistent".into()).unwrap();
    let (_, made) = relocate(&python, &place);
    let tree = place.root.join("standalone/python");
    copy::tree(&made.join("python"), &tree, Links::Keep, &|_| false).unwrap();
    for extra in ["share/man/man1/python3.1", "include/python.h", "lib/libtcl8.6.so", "bin/pip3"] {
        let path = tree.join(extra);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, "extra").unwrap();
    }
    let archive = place.root.join("python.tar.gz");
    let file = fs_err::File::create(&archive).unwrap();
    let mut builder =
        tar::Builder::new(flate2::write::GzEncoder::new(file, flate2::Compression::fast()));
    builder.follow_symlinks(false);
    builder.append_dir_all("python", &tree).unwrap();
    builder.into_inner().unwrap().finish().unwrap();

    let numbers: Vec<u32> =
        interpreter.version.split('.').map(|part| part.parse().unwrap()).collect();
    let list = serde_json::json!({
        format!("cpython-{}-linux-x86_64-gnu", interpreter.version): {
            "name": "cpython", "arch": {"family": "x86_64", "variant": null}, "os": "linux",
            "libc": "gnu", "major": numbers[0], "minor": numbers[1], "patch": numbers[2],
            "prerelease": "", "url": url_of(&archive), "variant": null, "build": "20260101",
            "sha256": sha256(&archive),
        }
    });
    let downloads = place.root.join("downloads.json");
    fs_err::write(&downloads, list.to_string()).unwrap();
    let real = request(&place).uv;
    let uv = wrapper(
        &place,
        &format!("UV_PYTHON_DOWNLOADS_JSON_URL=\"{downloads}\" exec \"{real}\" \"$@\""),
    );
    let version = Some(minor(&interpreter.version));
    let request = RuntimeRequest { version, uv, offline: false, ..request(&place) };
    let source = choose(&request).unwrap();
    let key = format!("cpython-{}-linux-x86_64-gnu", interpreter.version);
    assert_eq!(source, RuntimeSource::Managed { key, version: interpreter.version });

    let destination = place.root.join("payload/python");
    let runtime = lay_down(&source, &request, &destination, &Quiet).unwrap();
    assert_eq!(runtime.python.source, PythonSource::Managed);
    let executable = place.root.join("payload").join(&runtime.python.executable);
    assert!(run(&executable, USE_EVERYTHING, &[]).starts_with(destination.as_str()));
    for gone in ["share", "include", "BUILD", "bin/pip3", "lib/libtcl8.6.so"] {
        assert!(!destination.join(gone).exists(), "{gone}");
    }
    for file in copy::files(&destination).unwrap() {
        assert_ne!(file.file_name(), Some("EXTERNALLY-MANAGED"));
    }

    // The second time it is found in the cache, without `uv`.
    let request = RuntimeRequest { uv: "/nonexistent/uv".into(), ..request };
    assert_eq!(choose(&request).unwrap(), source);
}

/// As the programs of version managers on `PATH` do, which choose by what is written there.
#[test]
fn no_file_of_the_current_folder_says_which_interpreter_answers() {
    let place = place();
    let python = waterskin_process::find("python3").unwrap();
    let shim = place.root.join("python3");
    let code = format!("#!/bin/sh\n[ -e .python-version ] && exit 9\nexec {python:?} \"$@\"\n");
    fs_err::write(&shim, code).unwrap();
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs_err::set_permissions(&shim, executable).unwrap();
    fs_err::write(place.root.join(".python-version"), "3.9\n").unwrap();
    std::env::set_current_dir(&place.root).unwrap();
    Interpreter::ask(&shim).unwrap();
    Interpreter::ask(Utf8Path::new("python3")).unwrap();
}

/// A project could have another Python fetched, into the cache that all apps share.
#[test]
fn no_file_of_the_current_folder_says_where_standalone_builds_come_from() {
    let place = place();
    let list = serde_json::json!({
        "cpython-3.12.99-linux-x86_64-gnu": {
            "name": "cpython", "arch": {"family": "x86_64", "variant": null}, "os": "linux",
            "libc": "gnu", "major": 3, "minor": 12, "patch": 99, "prerelease": "",
            "url": "file:///nonexistent/planted.tar.gz", "variant": null, "build": "20260101",
            "sha256": null,
        }
    });
    let downloads = place.root.join("planted.json");
    fs_err::write(&downloads, list.to_string()).unwrap();
    let project = place.root.join("project");
    // The cache may be in the project too.
    let cache = project.join("cache");
    fs_err::create_dir_all(&cache).unwrap();
    let planted = format!("python-downloads-json-url = {:?}\n", downloads.as_str());
    fs_err::write(project.join("uv.toml"), planted).unwrap();
    std::env::set_current_dir(&project).unwrap();
    let version = Some("3.12.99".to_owned());
    let request = RuntimeRequest { version, cache, offline: false, ..request(&place) };
    let reason = managed::obtain(&request).unwrap_err();
    assert!(reason.contains("No download found"), "{reason}");
}

fn url_of(path: &Utf8Path) -> String {
    let mut url = String::from("file://");
    for byte in path.as_str().bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => url.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => url.push(char::from(byte)),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}

fn sha256(path: &Utf8Path) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(fs_err::read(path).unwrap());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
