use camino::Utf8Path;

/// Folders of the standard library that an app never imports: tests, Tk and what is drawn with
/// it, and the installer for pip. `site-packages` and `dist-packages` belong to the author.
const FOLDERS: [&str; 10] = [
    "__pycache__",
    "dist-packages",
    "ensurepip",
    "idlelib",
    "lib2to3",
    "site-packages",
    "test",
    "tests",
    "tkinter",
    "turtledemo",
];

/// Files that would be wrong in a payload: marks for pip, Debian's hooks, and Tk's.
const FILES: [&str; 4] =
    ["EXTERNALLY-MANAGED", "sitecustomize.py", "usercustomize.py", "turtle.py"];

/// Beginnings of the names of extension modules without which every app runs. `nis` is the only
/// user of libraries for Sun's yellow pages.
const MODULES: [&str; 9] = [
    "_ctypes_test",
    "_test",
    "_tkinter",
    "_xxtestfuzz",
    "_xxinterpchannels_test",
    "nis.",
    "xxlimited",
    "xxsubtype",
    "_xxsubinterpreters_test",
];

/// Whether a path of the standard library, relative to its folder, stays out of the payload.
pub(super) fn left_out(path: &Utf8Path) -> bool {
    let mut parts = path.components().map(|part| part.as_str());
    let top = path.components().next().map(|part| part.as_str()).unwrap_or_default();
    let name = path.file_name().unwrap_or_default();
    parts.any(|part| FOLDERS.contains(&part))
        // `config-3.11-x86_64-linux-gnu` holds the static library and its Makefile.
        || top.starts_with("config-")
        || FILES.contains(&name)
        || name.ends_with(".a")
        || name.ends_with(".pyc")
        || (name.ends_with(".so") && MODULES.iter().any(|module| name.starts_with(module)))
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
            assert!(!left_out(path.into()), "{path}");
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
            assert!(left_out(path.into()), "{path}");
        }
    }
}
