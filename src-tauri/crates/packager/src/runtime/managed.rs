use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle as bundle;
use waterskin_process::ToolError;

use super::{
    Runtime, RuntimeError, RuntimeRequest, RuntimeSource,
    copy::{self, Links, minimum_glibc},
    interpreter, minor, prefix, prune, runs_here, site, start,
};
use crate::Progress;
use crate::binary;
use crate::wheels::uv::UvFolder;

/// Gets a standalone build into the cache and says which one it is; in one line why not, when it
/// can't be had.
pub(super) fn obtain(request: &RuntimeRequest) -> Result<RuntimeSource, String> {
    let version = request.version.as_deref().unwrap_or(waterskin_project::DEFAULT_VERSION);
    let platform = platform(&request.triple)
        .ok_or_else(|| format!("there are no standalone builds for `{}`", request.triple))?;
    if let Some(source) = installed(request, version, &platform) {
        return Ok(source);
    }
    let empty = UvFolder::empty()
        .map_err(|error| format!("no standalone build: no temporary folder: {error}"))?;
    let key = format!("cpython-{version}-{platform}");
    install(request, &key, &empty).map_err(|error| {
        // The chain of causes is long; its end names the matter.
        let line = interpreter::one_line(&error);
        format!("no standalone build: {}", line.strip_prefix("cause: ").unwrap_or(&line))
    })?;
    installed(request, version, &platform)
        .ok_or_else(|| "no standalone build: `uv` installed none of this name".to_owned())
}

/// Copies a standalone build out of the cache. It is relocatable as it is.
pub(super) fn lay_down(
    key: &str,
    version: &str,
    request: &RuntimeRequest,
    destination: &Utf8Path,
    progress: &dyn Progress,
) -> Result<Runtime, RuntimeError> {
    let build = folder(request).join(key);
    let stays_out = |path: &Utf8Path| left_out(path, request.tk);
    copy::tree(&build, destination, Links::Keep, &stays_out)?;
    // `uv` writes the folder of the cache into the build's variables.
    let library = destination.join("lib").join(format!("python{}", minor(version)));
    if library.is_dir() {
        prefix::hide(&build, &library)?;
    }
    let executable = executable(version, &request.triple);
    let mut minimum = None;
    if !request.triple.contains("-windows-") {
        drop_unused_library(destination, &executable, progress)?;
    }
    if request.triple.contains("-linux-") {
        minimum = minimum_glibc(destination)?;
    }
    let here = runs_here(&request.triple);
    site::admit_packages(destination, &executable, version, here)?;
    if here {
        let original = interpreter::Interpreter::ask(&build.join(&executable))?;
        start::check(destination, &destination.join(&executable), &original.modules)?;
    }
    Ok(Runtime {
        python: bundle::Python {
            version: version.to_owned(),
            triple: request.triple.clone(),
            executable: Utf8Path::new(bundle::Layout::PYTHON).join(executable),
            source: bundle::PythonSource::Managed,
        },
        minimum_glibc: minimum.map(|version| version.to_string()).unwrap_or_default(),
    })
}

fn folder(request: &RuntimeRequest) -> Utf8PathBuf {
    request.cache.join(FOLDER)
}

/// The folder of the cache that standalone builds are in.
const FOLDER: &str = "runtimes";

/// The program of a standalone build in the cache.
pub(super) fn program(cache: &Utf8Path, key: &str, version: &str, triple: &str) -> Utf8PathBuf {
    cache.join(FOLDER).join(key).join(executable(version, triple))
}

fn install(request: &RuntimeRequest, key: &str, empty: &UvFolder) -> Result<(), ToolError> {
    let folder = folder(request);
    let mut tool = empty.tool(&request.uv).args([
        "python",
        "install",
        key,
        "--install-dir",
        folder.as_str(),
        "--no-bin",
    ]);
    if request.offline {
        tool = tool.arg("--offline");
    }
    // Where there is no way out, that is to be known in seconds. What the author set stays.
    for (name, value) in [("UV_HTTP_TIMEOUT", "20"), ("UV_HTTP_RETRIES", "0")] {
        if std::env::var_os(name).is_none() {
            tool = tool.env(name, value);
        }
    }
    tool.run(&mut |_, _| {}).map(drop)
}

/// The newest build in the cache that matches. `uv` also makes links such as
/// `cpython-3.11-linux-x86_64-gnu`, which are no builds.
fn installed(request: &RuntimeRequest, wanted: &str, platform: &str) -> Option<RuntimeSource> {
    let entries = folder(request).read_dir_utf8().ok()?;
    let mut builds: Vec<(Vec<u32>, String, String)> = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| {
            let key = entry.file_name().to_owned();
            let version = version_of(&key, platform)?.to_owned();
            let complete = entry.path().join(executable(&version, &request.triple)).is_file();
            let numbers = version.split('.').filter_map(|part| part.parse().ok()).collect();
            (complete && interpreter::matches(&version, wanted)).then_some((numbers, key, version))
        })
        .collect();
    builds.sort();
    builds.pop().map(|(_, key, version)| RuntimeSource::Managed { key, version })
}

/// `3.11.7` of `cpython-3.11.7-linux-x86_64-gnu` when the rest is `linux-x86_64-gnu`.
fn version_of<'a>(key: &'a str, platform: &str) -> Option<&'a str> {
    let version = key.strip_prefix("cpython-")?.strip_suffix(platform)?.strip_suffix('-')?;
    let full = version.split('.').count() == 3;
    (full && version.chars().all(|c| c.is_ascii_digit() || c == '.')).then_some(version)
}

/// `uv`'s words for a target.
fn platform(triple: &str) -> Option<String> {
    let architecture = triple.split('-').next()?;
    let rest = match triple {
        _ if triple.ends_with("-linux-gnu") => ("linux", "gnu"),
        _ if triple.ends_with("-linux-musl") => ("linux", "musl"),
        _ if triple.ends_with("-apple-darwin") => ("macos", "none"),
        _ if triple.contains("-pc-windows-") => ("windows", "none"),
        _ => return None,
    };
    Some(format!("{}-{architecture}-{}", rest.0, rest.1))
}

/// Where the executable is in a standalone build.
fn executable(version: &str, triple: &str) -> Utf8PathBuf {
    if triple.contains("-windows-") {
        return Utf8PathBuf::from("python.exe");
    }
    Utf8Path::new("bin").join(format!("python{}", minor(version)))
}

/// Whether a path of a standalone build stays out of the payload of an app that imports Tk or does
/// not.
fn left_out(path: &Utf8Path, with_tk: bool) -> bool {
    let mut parts = path.components().map(|part| part.as_str());
    let top = parts.next().unwrap_or_default();
    let second = parts.next().unwrap_or_default();
    let name = path.file_name().unwrap_or_default();
    let tk = ["tcl", "tk", "itcl", "thread", "libtcl", "libtk", "libitcl", "libthread"];
    match top {
        "share" | "include" | "Include" | "libs" | "Scripts" | "BUILD" => true,
        "tcl" => !with_tk,
        "bin" => !second.is_empty() && !second.starts_with("python") || name.ends_with("-config"),
        "DLLs" => {
            (!with_tk && (tk.iter().any(|stem| name.starts_with(stem)) || name.starts_with("_tk")))
                || prune::is_useless_module(name)
                || ends_pdb(name)
                // Pictures for files of Python, which an installer of its own would need.
                || name.ends_with(".ico")
        }
        "lib" if second.starts_with("python") => {
            let inside: Utf8PathBuf = path.components().skip(2).collect();
            prune::left_out(&inside, with_tk)
        }
        "lib" => {
            second == "pkgconfig"
                || second.ends_with(".a")
                || (!with_tk && tk.iter().any(|stem| second.starts_with(stem)))
        }
        "Lib" => prune::left_out(&path.components().skip(1).collect::<Utf8PathBuf>(), with_tk),
        _ => ends_pdb(name),
    }
}

fn ends_pdb(name: &str) -> bool {
    name.ends_with(".pdb")
}

/// The builds carry `libpython` a second time, for programs that embed it; their own executable
/// has all of it inside.
fn drop_unused_library(
    destination: &Utf8Path,
    executable: &Utf8Path,
    progress: &dyn Progress,
) -> Result<(), RuntimeError> {
    // What can't be read may need it.
    let Some(program) = binary::symbols(&destination.join(executable))? else { return Ok(()) };
    if program.needed.iter().any(|name| is_libpython(name)) {
        return Ok(());
    }
    let folder = destination.join("lib");
    let entries = folder.read_dir_utf8().map_err(RuntimeError::file("read", &folder))?;
    for entry in entries {
        let entry = entry.map_err(RuntimeError::file("read", &folder))?;
        if is_libpython(entry.file_name()) {
            fs_err::remove_file(entry.path())
                .map_err(RuntimeError::file("remove", entry.path()))?;
            progress.note(&format!("left out `{}`: nothing needs it", entry.file_name()));
        }
    }
    Ok(())
}

fn is_libpython(name: &str) -> bool {
    name.starts_with("libpython")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Quiet;

    #[test]
    fn the_names_of_builds() {
        for (triple, platform_) in [
            ("x86_64-unknown-linux-gnu", "linux-x86_64-gnu"),
            ("aarch64-apple-darwin", "macos-aarch64-none"),
            ("x86_64-pc-windows-msvc", "windows-x86_64-none"),
        ] {
            assert_eq!(platform(triple).as_deref(), Some(platform_));
        }
        assert_eq!(platform("riscv64-unknown-freebsd"), None);
        let version = |key| version_of(key, "linux-x86_64-gnu");
        assert_eq!(version("cpython-3.11.7-linux-x86_64-gnu"), Some("3.11.7"));
        assert_eq!(version("cpython-3.11-linux-x86_64-gnu"), None, "that is a link");
        assert_eq!(version("cpython-3.11.7+freethreaded-linux-x86_64-gnu"), None);
        assert_eq!(version("pypy-3.11.7-linux-x86_64-gnu"), None);
    }

    #[test]
    fn libpython_goes_where_the_program_has_all_of_it_inside() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let library = root.join("lib/libpython3.12.dylib");
        let program = executable("3.12.1", "aarch64-apple-darwin");
        for (content, stays) in [
            (binary::tests::mac_program(object::macho::CPU_TYPE_ARM64), false),
            (b"what nobody can read".to_vec(), true),
        ] {
            for path in [&library, &root.join("lib/libssl.3.dylib"), &root.join(&program)] {
                fs_err::create_dir_all(path.parent().unwrap()).unwrap();
                fs_err::write(path, &content).unwrap();
            }
            drop_unused_library(root, &program, &Quiet).unwrap();
            assert_eq!(library.exists(), stays);
            assert!(root.join("lib/libssl.3.dylib").exists());
        }
    }

    #[test]
    fn what_stays_out_of_a_standalone_build() {
        for path in [
            "share/man/man1/python3.1",
            "include/python3.12/Python.h",
            "bin/pip3",
            "bin/python3.12-config",
            "lib/libtcl8.6.so",
            "lib/tk8.6/tk.tcl",
            "lib/pkgconfig",
            "lib/python3.12/EXTERNALLY-MANAGED",
            "lib/python3.12/site-packages/pip/__init__.py",
            "lib/python3.12/test",
            "DLLs/_tkinter.pyd",
            "DLLs/_ctypes_test.pyd",
            "DLLs/xxlimited_35.pyd",
            "DLLs/py.ico",
            "Lib/idlelib",
            "python312.pdb",
        ] {
            assert!(left_out(path.into(), false), "{path}");
        }
        for path in [
            "bin",
            "lib",
            "bin/python3.12",
            "bin/python3",
            "lib/libpython3.12.so.1.0",
            "lib/python3.12/os.py",
            "python.exe",
            "python312.dll",
            "DLLs/_ssl.pyd",
            "DLLs/_ctypes.pyd",
            "DLLs/libffi-8.dll",
            "Lib/os.py",
        ] {
            assert!(!left_out(path.into(), false), "{path}");
        }
        for path in ["lib/libtcl8.6.so", "lib/tk8.6/tk.tcl", "DLLs/_tkinter.pyd", "tcl/tcl8.6"] {
            assert!(left_out(path.into(), false) && !left_out(path.into(), true), "{path}");
        }
    }
}
