use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::Layout;
use waterskin_process::Tool;

use super::{RuntimeError, interpreter::one_line, minor};

/// The name of the file that tells the interpreter where the app's packages are.
const FILE: &str = "waterskin.pth";

/// Prints the folders in which the interpreter looks for packages by itself.
const QUESTION: &str = "import site; print(*site.getsitepackages(), sep='\\n')";

/// Has what an app starts find the app's own packages where the app runs, which may be a copy: `.pth`
/// files lead to them in the payload, and the launcher says in a variable what is to be read as what.
/// Each line of such a file is run apart, so that all it needs is in it.
const FOLLOW_COPY: &str = "import os, sys; (lambda path, sep, here, nl, copy: copy and path.__setitem__(slice(None), [copy + entry[len(here):] if (entry + sep).startswith(here + sep) else entry for entry in path]))(sys.path, os.sep, *os.environ.get('WATERSKIN_COPY', '').partition('\\n'))\n";

/// Has the interpreter in `prefix` find the app's packages by itself, beside it in the payload.
///
/// An app may start it: as `sys.executable` with a file or `-m`, as a kernel, as the processes of
/// `multiprocessing` and joblib. A line in a `.pth` file is run at each start (Python's
/// documentation, "site"), and `.pth` files of the packages count as everywhere.
pub(super) fn admit_packages(
    prefix: &Utf8Path,
    executable: &Utf8Path,
    version: &str,
    runs_here: bool,
) -> Result<(), RuntimeError> {
    let folder = if runs_here {
        ask(prefix, &prefix.join(executable))?
    } else {
        prefix.join(usual(executable, version))
    };
    let file = folder.join(FILE);
    let packages = Layout::SITE_PACKAGES;
    let line = format!(
        "import os, site, sys; site.addsitedir(os.path.join(os.path.dirname(sys.base_prefix), '{packages}'))\n{FOLLOW_COPY}"
    );
    fs_err::create_dir_all(&folder)
        .and_then(|()| fs_err::write(&file, line))
        .map_err(RuntimeError::file("write", &file))
}

/// The first of its folders that goes along with it. Debian's is called `dist-packages`.
fn ask(prefix: &Utf8Path, executable: &Utf8Path) -> Result<Utf8PathBuf, RuntimeError> {
    let broken = |reason| RuntimeError::Broken { prefix: prefix.to_owned(), reason };
    let tool = Tool::new(executable.as_std_path()).env_clear().args(["-I", "-B", "-c", QUESTION]);
    let answer = tool.run(&mut |_, _| {}).map_err(|error| broken(one_line(&error)))?.stdout;
    let real = prefix.canonicalize_utf8().unwrap_or_else(|_| prefix.to_owned());
    answer
        .lines()
        .map(Utf8PathBuf::from)
        .find(|folder| folder.starts_with(prefix) || folder.starts_with(&real))
        .ok_or_else(|| broken("it looks for packages nowhere in its own folder".to_owned()))
}

/// Where CPython looks as it is published.
fn usual(executable: &Utf8Path, version: &str) -> Utf8PathBuf {
    match executable.extension() {
        Some("exe") => Utf8PathBuf::from("Lib/site-packages"),
        _ => Utf8PathBuf::from(format!("lib/python{}/site-packages", minor(version))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_an_app_starts_finds_its_packages_in_the_copy() {
        let code = format!(
            "import sys\nsys.path[:] = ['', '/p/app', '/p/app/src', '/p/apple', '/p/lib']\n\
             def run(line): exec(line)\nrun({FOLLOW_COPY:?})\nprint(sys.path)"
        );
        let python = waterskin_process::find("python3").unwrap();
        let path = |told: &str| {
            let tool = Tool::new(python.clone()).env("WATERSKIN_COPY", told);
            tool.args(["-S", "-c", &code]).run(&mut |_, _| {}).unwrap().stdout
        };
        let copied = "['', '/c é/app', '/c é/app/src', '/p/apple', '/p/lib']\n";
        assert_eq!(path("/p/app\n/c é/app"), copied);
        for nothing in ["", "/p/app", "/else/app\n/c"] {
            assert!(path(nothing).contains("'/p/app/src'"), "{nothing}");
        }
    }

    #[test]
    fn each_system_has_its_folder() {
        let of = |executable: &str| usual(executable.into(), "3.12.4");
        assert_eq!(of("python.exe"), "Lib/site-packages");
        assert_eq!(of("bin/python3.12"), "lib/python3.12/site-packages");
    }
}
