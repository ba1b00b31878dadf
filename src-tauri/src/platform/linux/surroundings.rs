//! Variables of the environment that would keep the program, or what it starts, from working.

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use gtk::glib;

/// Folders that everything goes by. Without the variable the system knows a right one: the home in
/// the list of users, `/tmp`, what is in the home. That for data is not among them: what a person saved
/// there must not seem to be gone.
const FOLDERS: [&str; 6] =
    ["HOME", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"];

/// Where programs are on a system of which the environment does not say it.
const USUAL_PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/// Where GTK's own files are. A list without them ends the program: it finds no settings there.
const USUAL_DATA: [&str; 2] = ["/usr/local/share", "/usr/share"];

/// Other libraries than the system's, which WebKit's own processes would be given. The program itself is
/// linked so that it takes the system's (`build.rs`).
const LIBRARIES: &str = "LD_LIBRARY_PATH";

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
) -> Vec<(&'static str, Option<OsString>)> {
    let is_wrong = |name: &&str| {
        of(name).is_some_and(|folder| {
            let folder = Path::new(&folder);
            let made = || name.starts_with("XDG_") && *name != "XDG_RUNTIME_DIR";
            let there = folder.ancestors().find(|it| it.exists()).filter(|_| made());
            !(folder.is_absolute() && is_usable(there.unwrap_or(folder)))
        })
    };
    let mut found: Vec<_> = FOLDERS.into_iter().filter(is_wrong).map(|name| (name, None)).collect();
    if of("PATH").is_none_or(|path| path == OsStr::new("")) {
        found.push(("PATH", Some(USUAL_PATH.into())));
    }
    found.extend(of(LIBRARIES).map(|_| (LIBRARIES, None)));
    // An empty list is the usual one.
    if let Some(list) = of("XDG_DATA_DIRS").filter(|list| !list.is_empty()) {
        let named: Vec<PathBuf> = std::env::split_paths(&list).collect();
        let missing =
            USUAL_DATA.iter().filter(|usual| !named.iter().any(|it| it == Path::new(*usual)));
        let all = missing.fold(list.clone(), |list, usual| added(list, ":", usual));
        found.extend((all != list).then_some(("XDG_DATA_DIRS", Some(all))));
    }
    // Where that is no way to a display, GTK tries the others.
    if let Some(ways) =
        of("GDK_BACKEND").filter(|it| !it.is_empty() && !it.to_string_lossy().contains('*'))
    {
        found.push(("GDK_BACKEND", Some(added(ways, ",", "*"))));
    }
    found
}

fn added(mut list: OsString, between: &str, more: &str) -> OsString {
    list.push(between);
    list.push(more);
    list
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
        let expected = [("TMPDIR", None), ("PATH", Some(USUAL_PATH.into()))];
        assert_eq!(mended(variables, exists), expected);
        let usual = |name: &str| (name == "PATH").then(|| "/bin".into());
        assert_eq!(mended(usual, |_| true), []);
    }

    #[test]
    fn what_keeps_gtk_and_webkit_from_working_is_mended() {
        for (name, value, mended_to) in [
            ("LD_LIBRARY_PATH", "/opt/lib", Some(None)),
            ("XDG_DATA_DIRS", "/nowhere", Some(Some("/nowhere:/usr/local/share:/usr/share"))),
            ("XDG_DATA_DIRS", "/usr/share:/snap", Some(Some("/usr/share:/snap:/usr/local/share"))),
            ("XDG_DATA_DIRS", "/usr/share:/usr/local/share", None),
            ("XDG_DATA_DIRS", "", None),
            ("GDK_BACKEND", "wayland", Some(Some("wayland,*"))),
            ("GDK_BACKEND", "x11,*", None),
            ("XDG_CACHE_HOME", "relative", Some(None)),
            ("XDG_CACHE_HOME", "/good/not/yet/there", None),
            ("XDG_STATE_HOME", "/bad/x", Some(None)),
            ("XDG_DATA_HOME", "/bad/x", None),
        ] {
            let variables = |asked: &str| match asked {
                "PATH" => Some("/bin".into()),
                _ => (asked == name).then(|| value.into()),
            };
            // Of a folder that is not there, the one above it says whether it can be made.
            let is_usable = |folder: &Path| folder == Path::new("/") && !value.starts_with("/bad");
            let expected = mended_to.map(|it: Option<&str>| (name, it.map(OsString::from)));
            let expected: Vec<_> = expected.into_iter().collect();
            assert_eq!(mended(variables, is_usable), expected, "{name}={value}");
        }
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
