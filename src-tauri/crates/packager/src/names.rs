//! What systems ask of the names and paths of files. Everything here decides about paths alone.

use std::collections::BTreeMap;
use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::{PackageName, System};

/// A file that a system can't have under its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadName {
    /// The file, with `/` between the parts.
    pub path: Utf8PathBuf,
    /// Why.
    pub fault: Fault,
}

/// What is wrong with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The part of the path is the name of a device on Windows, whatever it ends in.
    Device(String),
    /// No name may have this letter on Windows.
    Letter(char),
    /// Windows drops the blank or full stop at the end of the part of the path.
    End(String),
    /// The other file has the same name but for large and small letters.
    Same(Utf8PathBuf),
}

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match &self.fault {
            Fault::Device(part) => write!(f, "`{path}`: `{part}` is the name of a device"),
            Fault::Letter(letter) => write!(f, "`{path}`: no name may have `{letter}` in it"),
            Fault::End(part) => {
                write!(f, "`{path}`: `{part}` ends in a blank or a full stop, which is dropped")
            }
            Fault::Same(other) => {
                write!(f, "`{path}`: large and small letters apart, it has the name of `{other}`")
            }
        }
    }
}

/// Files with what is wrong with their names, a line for each; of many only some.
pub(crate) fn listed(bad: &[BadName]) -> String {
    const MOST: usize = 10;
    let mut lines: Vec<String> = bad.iter().take(MOST).map(|it| format!("  {it}")).collect();
    if bad.len() > MOST {
        lines.push(format!("  and {} more", bad.len() - MOST));
    }
    lines.join("\n")
}

/// Those of these files that can't be on such a system, in the order of their paths.
pub(crate) fn bad_names<'p>(
    paths: impl IntoIterator<Item = &'p Utf8Path>,
    system: System,
) -> Vec<BadName> {
    if system == System::Linux {
        return Vec::new();
    }
    let mut bad = Vec::new();
    // By their names in small letters.
    let mut files: BTreeMap<String, &Utf8Path> = BTreeMap::new();
    let mut folders: BTreeMap<String, &Utf8Path> = BTreeMap::new();
    let mut paths: Vec<&Utf8Path> = paths.into_iter().collect();
    paths.sort();
    for path in paths {
        let fault = match system {
            System::Windows => path.components().find_map(|part| fault_on_windows(part.as_str())),
            System::Linux | System::MacOs => None,
        };
        // Both of their file systems take large and small letters for the same, as they are set up
        // from the start. A folder is the same one for all that is in it.
        let folded = path.as_str().to_lowercase();
        let above = || path.ancestors().skip(1).filter(|folder| !folder.as_str().is_empty());
        let same = files.get(&folded).or_else(|| folders.get(&folded));
        let same = same.or_else(|| above().find_map(|it| files.get(&it.as_str().to_lowercase())));
        let same = same.map(|other| Fault::Same((*other).to_owned()));
        files.entry(folded).or_insert(path);
        for folder in above() {
            folders.entry(folder.as_str().to_lowercase()).or_insert(folder);
        }
        if let Some(fault) = fault.or(same) {
            bad.push(BadName { path: path.to_owned(), fault });
        }
    }
    bad
}

/// What Windows has against a part of a path (Microsoft's documentation, "Naming Files, Paths, and
/// Namespaces").
fn fault_on_windows(part: &str) -> Option<Fault> {
    const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
    const NUMBERED: [&str; 2] = ["COM", "LPT"];
    // A backslash can't be in a path here: on Windows it stands between the parts.
    let forbidden = |letter: &char| letter.is_ascii_control() || "<>:\"|?*\\".contains(*letter);
    if let Some(letter) = part.chars().find(forbidden) {
        return Some(Fault::Letter(letter));
    }
    if part.ends_with([' ', '.']) {
        return Some(Fault::End(part.to_owned()));
    }
    let stem = part.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let numbered = |name: &&str| {
        let number = stem.strip_prefix(*name).and_then(|rest| {
            let mut rest = rest.chars();
            rest.next().filter(|_| rest.next().is_none())
        });
        number.is_some_and(|number| number.is_ascii_digit() || "¹²³".contains(number))
    };
    let is_device = DEVICES.contains(&stem.as_str()) || NUMBERED.iter().any(numbered);
    is_device.then(|| Fault::Device(part.to_owned()))
}

/// The longest path that every program on Windows can open, in its letters (UTF-16): `MAX_PATH` less
/// the end of the text.
const LONGEST: usize = 259;
/// The longest name that an account of Windows has (`sAMAccountName`).
const ACCOUNT: usize = 20;

/// How long the path of the folder is, with its end, that a payload is in when it is installed for
/// one user: `C:\Users\<user>\AppData\Local\Programs\<package>\payload\`.
fn installed(package: &PackageName) -> usize {
    const AROUND: &str = r"C:\Users\\AppData\Local\Programs\\payload\";
    AROUND.len() + ACCOUNT + package.as_str().len()
}

/// What the author should know of files of a payload whose paths are too long for programs on
/// Windows. `paths` are relative to the payload.
pub(crate) fn too_long<'p>(
    paths: impl IntoIterator<Item = &'p Utf8Path>,
    package: &PackageName,
) -> Option<String> {
    const SHOWN: usize = 3;
    let folder = installed(package);
    let length = |path: &Utf8Path| folder + path.as_str().encode_utf16().count();
    let paths = paths.into_iter().map(|path| (length(path), path));
    let mut long: Vec<(usize, &Utf8Path)> = paths.filter(|(length, _)| *length > LONGEST).collect();
    long.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(other.1)));
    let shown = long.iter().take(SHOWN).map(|(length, path)| format!("`{path}` ({length})"));
    let shown: Vec<String> = shown.collect();
    let files = match long.len() {
        0 => return None,
        1 => "1 file has a path".to_owned(),
        count => format!("{count} files have paths"),
    };
    Some(format!(
        "{files} of more than {LONGEST} letters where Windows installs the app for a user with a long name, which most programs can't open there: {}; shorten the names of folders, or the app's `package`",
        shown.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad(paths: &[&str], system: System) -> Vec<String> {
        let made = bad_names(paths.iter().map(|path| Utf8Path::new(*path)), system);
        made.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn windows_has_names_of_its_own() {
        for (path, fault) in [
            ("a/nul", "`nul` is the name of a device"),
            ("Con.py", "`Con.py` is the name of a device"),
            ("aux/x.py", "`aux` is the name of a device"),
            ("com1.tar.gz", "`com1.tar.gz` is the name of a device"),
            ("LPT².txt", "`LPT².txt` is the name of a device"),
            ("nul .txt", "`nul .txt` is the name of a device"),
            ("12:30.csv", "no name may have `:` in it"),
            ("why?.md", "no name may have `?` in it"),
            ("a|b", "no name may have `|` in it"),
            ("a\\b", "no name may have `\\` in it"),
            ("a\nb", "no name may have `\n` in it"),
            ("notes./x", "`notes.` ends in a blank or a full stop, which is dropped"),
            ("x ", "`x ` ends in a blank or a full stop, which is dropped"),
        ] {
            assert_eq!(bad(&[path], System::Windows), [format!("`{path}`: {fault}")]);
            assert_eq!(bad(&[path], System::MacOs), [""; 0], "{path}");
            assert_eq!(bad(&[path], System::Linux), [""; 0], "{path}");
        }
        for good in [
            "console.py",
            "com.py",
            "com10.py",
            "COMA",
            "nullable",
            ".env",
            "a b/é.csv",
            "x..y",
            "aux_.py",
        ] {
            assert_eq!(bad(&[good], System::Windows), [""; 0], "{good}");
        }
    }

    #[test]
    fn large_and_small_letters_are_the_same_on_two_systems() {
        let paths = ["data/É.csv", "data/é.csv", "x.py", "Data/other.csv"];
        let text = "`data/é.csv`: large and small letters apart, it has the name of `data/É.csv`";
        assert_eq!(bad(&paths, System::Windows), [text]);
        assert_eq!(bad(&paths, System::MacOs), [text]);
        assert_eq!(bad(&paths, System::Linux), [""; 0]);
        assert_eq!(bad(&["a/b", "a/c"], System::Windows), [""; 0]);
        let text = "`x`: large and small letters apart, it has the name of `X`";
        assert_eq!(bad(&["x", "X/a"], System::MacOs), [text], "a file and a folder");
        let text = "`x/a`: large and small letters apart, it has the name of `X`";
        assert_eq!(bad(&["x/a", "X"], System::MacOs), [text], "a folder and a file");
    }

    #[test]
    fn a_path_is_as_long_as_where_it_is_installed() {
        let package: PackageName = "hello-app".parse().unwrap();
        let long = |count: usize| format!("app/{}", "é".repeat(count - 4));
        let room = LONGEST - installed(&package);
        assert_eq!(room, 188);
        let fits = long(room);
        assert_eq!(too_long([Utf8Path::new(&fits)], &package), None);
        let paths = [long(room + 1), long(room + 3), fits, long(room + 2), long(room + 2) + "x"];
        let note = too_long(
            paths.iter().map(Utf8PathBuf::from).collect::<Vec<_>>().iter().map(|it| &**it),
            &package,
        );
        let note = note.unwrap();
        assert!(note.starts_with("4 files have paths of more than 259 letters"), "{note}");
        assert!(note.contains("(262), `app/"), "the longest stand first: {note}");
        assert!(!note.contains("(260)"), "{note}");
    }
}
