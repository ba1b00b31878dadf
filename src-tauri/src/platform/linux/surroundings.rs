//! Variables of the environment that would keep the program, or what it starts, from working.

use std::{
    ffi::{OsStr, OsString},
    path::Path,
};

use gtk::glib;

/// Folders that everything goes by. Without the variable the system knows a right one: the home in
/// the list of users, `/tmp`.
const FOLDERS: [&str; 3] = ["HOME", "TMPDIR", "XDG_RUNTIME_DIR"];

/// Where programs are on a system of which the environment does not say it.
const USUAL_PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/// Takes out what is of no use to anybody. To be called while the program has one thread: it changes
/// the environment.
pub fn mend() {
    for (name, value) in mended(|name| std::env::var_os(name), is_usable) {
        match value {
            Some(value) => drop(glib::setenv(name, value, true)),
            None => glib::unsetenv(name),
        }
    }
}

/// What the variables have to be; `None` for not being there.
fn mended(
    of: impl Fn(&str) -> Option<OsString>,
    is_usable: impl Fn(&Path) -> bool,
) -> Vec<(&'static str, Option<&'static str>)> {
    let is_wrong = |name: &&str| of(name).is_some_and(|folder| !is_usable(Path::new(&folder)));
    let mut found: Vec<_> = FOLDERS.into_iter().filter(is_wrong).map(|name| (name, None)).collect();
    if of("PATH").is_none_or(|path| path == OsStr::new("")) {
        found.push(("PATH", Some(USUAL_PATH)));
    }
    found
}

/// Whether files can be made in a folder that is the same from everywhere.
fn is_usable(folder: &Path) -> bool {
    folder.is_absolute() && tempfile::tempfile_in(folder).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_use_stays_and_the_rest_goes() {
        let variables = |name: &str| {
            let value = match name {
                "HOME" => "/home/ann",
                "TMPDIR" => "/nowhere",
                "PATH" => "",
                _ => return None,
            };
            Some(OsString::from(value))
        };
        let exists = |folder: &Path| folder == Path::new("/home/ann");
        let expected = [("TMPDIR", None), ("PATH", Some(USUAL_PATH))];
        assert_eq!(mended(variables, exists), expected);
        assert_eq!(mended(|_| Some("/bin".into()), |_| true), []);
    }

    #[test]
    fn a_folder_of_use_is_there_and_takes_files() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        assert!(is_usable(folder.path()));
        assert!(!is_usable(Path::new(".")), "it is another one for each program");
        assert!(!is_usable(&folder.path().join("not there")));
        Ok(())
    }
}
