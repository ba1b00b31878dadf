use camino::Utf8Path;

/// Folders of the standard library that an app never imports: tests, an editor, and the installer
/// for pip. `site-packages` and `dist-packages` belong to the author.
const FOLDERS: [&str; 9] = [
    "__pycache__",
    "dist-packages",
    "ensurepip",
    "idlelib",
    "lib2to3",
    "site-packages",
    "test",
    "tests",
    "turtledemo",
];

/// Files that would be wrong in a payload: marks for pip, and Debian's hooks.
const FILES: [&str; 3] = ["EXTERNALLY-MANAGED", "sitecustomize.py", "usercustomize.py"];

/// Tk, which few apps import.
const TK: [&str; 3] = ["tkinter", "turtle.py", "_tkinter"];

/// Beginnings of the names of extension modules without which every app runs. `nis` is the only
/// user of libraries for Sun's yellow pages.
const MODULES: [&str; 8] = [
    "_ctypes_test",
    "_test",
    "_xxtestfuzz",
    "_xxinterpchannels_test",
    "nis.",
    "xxlimited",
    "xxsubtype",
    "_xxsubinterpreters_test",
];

/// Whether a path of the standard library, relative to its folder, stays out of the payload of an app
/// that imports Tk or does not.
pub(super) fn left_out(path: &Utf8Path, tk: bool) -> bool {
    let mut parts = path.components().map(|part| part.as_str());
    let top = path.components().next().map(|part| part.as_str()).unwrap_or_default();
    let name = path.file_name().unwrap_or_default();
    let of_tk = TK.contains(&top) || (name.ends_with(".so") && name.starts_with("_tkinter."));
    (of_tk && !tk)
        || parts.any(|part| FOLDERS.contains(&part))
        // `config-3.11-x86_64-linux-gnu` holds the static library and its Makefile.
        || top.starts_with("config-")
        || FILES.contains(&name)
        || name.ends_with(".a")
        || name.ends_with(".pyc")
        || is_useless_module(name)
}

/// Whether it is an extension module, on any system, without which every app runs.
pub(super) fn is_useless_module(name: &str) -> bool {
    let is_module = [".so", ".pyd"].iter().any(|end| name.ends_with(end));
    is_module && MODULES.iter().any(|module| name.starts_with(module))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_app_imports_stays() {
        for path in [
            "os.py",
            "unittest/mock.py",
            "config/x.py",
            "lib-dynload/_sqlite3.cpython-311-x86_64-linux-gnu.so",
            "_sysconfigdata__linux_x86_64-linux-gnu.py",
            "LICENSE.txt",
        ] {
            assert!(!left_out(path.into(), false), "{path}");
        }
    }

    #[test]
    fn tests_tk_and_the_authors_packages_stay_out() {
        for path in [
            "test/test_os.py",
            "sqlite3/test/x.py",
            "tkinter/__init__.py",
            "config-3.11-x86_64-linux-gnu/Makefile",
            "site-packages/private.py",
            "lib-dynload/_tkinter.cpython-311-x86_64-linux-gnu.so",
            "lib-dynload/_testcapi.cpython-311-x86_64-linux-gnu.so",
            "__pycache__/os.cpython-311.pyc",
            "sitecustomize.py",
        ] {
            assert!(left_out(path.into(), false), "{path}");
        }
    }

    #[test]
    fn tk_stays_for_who_imports_it() {
        for path in [
            "tkinter/__init__.py",
            "turtle.py",
            "lib-dynload/_tkinter.cpython-311-x86_64-linux-gnu.so",
        ] {
            assert!(!left_out(path.into(), true), "{path}");
        }
        assert!(left_out("tkinter/test/x.py".into(), true));
    }
}
