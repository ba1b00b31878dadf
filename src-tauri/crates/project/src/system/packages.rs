//! Packages of Debian's that a project asks for in `packages.txt`, as Streamlit's hosting reads it:
//! names for `apt-get install`, in the root of the project. One beside the script counts too.

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::SystemPackage;

/// The file's name.
const FILE: &str = "packages.txt";

/// Packages that have another name on newer systems, with the newer one first. Ubuntu 24.04 and
/// Debian 13 renamed some for 64-bit times (`t64`).
const RENAMED: &[(&str, &str)] = &[
    ("libgl1-mesa-glx", "libgl1"),
    ("libegl1-mesa", "libegl1"),
    ("libgles2-mesa", "libgles2"),
    ("libglib2.0-0", "libglib2.0-0t64"),
    ("libgtk-3-0", "libgtk-3-0t64"),
    ("libgtk2.0-0", "libgtk2.0-0t64"),
    ("libatk1.0-0", "libatk1.0-0t64"),
    ("libatk-bridge2.0-0", "libatk-bridge2.0-0t64"),
    ("libatspi2.0-0", "libatspi2.0-0t64"),
    ("libasound2", "libasound2t64"),
    ("libcups2", "libcups2t64"),
    ("libcurl4", "libcurl4t64"),
    ("libpng16-16", "libpng16-16t64"),
    ("libmagic1", "libmagic1t64"),
    ("libzbar0", "libzbar0t64"),
    ("libgeos-c1v5", "libgeos-c1t64"),
    ("libssl3", "libssl3t64"),
    ("chromium-browser", "chromium"),
    ("chromium-chromedriver", "chromium-driver"),
    ("firefox", "firefox-esr"),
    ("p7zip-full", "7zip"),
    ("freeglut3", "libglut3.12"),
    ("libgdk-pixbuf2.0-0", "libgdk-pixbuf-2.0-0"),
    ("ttf-mscorefonts-installer", "fonts-liberation"),
    ("dnsutils", "bind9-dnsutils"),
];

/// What a project asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SystemPackages {
    /// In the order of the file, each once.
    pub depends: Vec<SystemPackage>,
    /// What the author should know.
    pub notes: Vec<String>,
}

impl SystemPackages {
    /// Reads the files of a project of which the script is `entry`. One that can't be read says
    /// nothing.
    pub fn read(root: &Utf8Path, entry: &Utf8Path) -> Self {
        let beside = entry.parent().unwrap_or(Utf8Path::new(""));
        let mut folders = vec![Utf8Path::new(""), beside];
        folders.dedup();
        let mut found = Self::default();
        for file in folders.into_iter().map(|folder| folder.join(FILE)) {
            if let Ok(text) = fs_err::read(root.join(&file)) {
                found.add(&file, &String::from_utf8_lossy(&text));
            }
        }
        found
    }

    fn add(&mut self, file: &Utf8PathBuf, text: &str) {
        let before = self.depends.len();
        for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default();
            for word in line.split_whitespace() {
                match Word::read(word) {
                    Some(word) => {
                        if word.is_narrowed {
                            let name = word.name;
                            self.notes.push(format!(
                                "`{file}:{}`: any version of `{name}` and any processor's will do for the Debian package",
                                number + 1
                            ));
                        }
                        let name = with_new_name(word.name);
                        if !self.depends.contains(&name) {
                            self.depends.push(name);
                        }
                    }
                    None => self.notes.push(format!(
                        "`{file}:{}`: `{}` is no name of a Debian package and is passed over",
                        number + 1,
                        word.escape_default()
                    )),
                }
            }
        }
        let added: Vec<_> = self.depends[before..].iter().map(SystemPackage::as_str).collect();
        if !added.is_empty() {
            self.notes.push(format!(
                "`{file}` asks for packages of the system: the Debian package depends on them ({}); elsewhere the recipient's system must have them",
                added.join(", ")
            ));
        }
    }
}

struct Word<'a> {
    name: &'a str,
    /// Whether a version, a release or a processor is asked for, which another system need not
    /// have.
    is_narrowed: bool,
}

impl<'a> Word<'a> {
    /// A word for `apt-get install`: a name, perhaps with `:processor`, perhaps with `=version` or
    /// `/release`.
    fn read(word: &'a str) -> Option<Self> {
        let (what, only) = match word.find(['=', '/']) {
            Some(at) => (&word[..at], &word[at..]),
            None => (word, ""),
        };
        let (name, processor) = what.split_once(':').unwrap_or((what, "any"));
        let small = |text: &str, more: &str| {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c);
            !text.is_empty() && text.chars().all(plain)
        };
        let is_fine = match only.split_at_checked(1) {
            None | Some(("", _)) => true,
            Some(("=", version)) => small(&version.to_lowercase(), ".+-~:*"),
            Some((_, release)) => small(release, ".-"),
        };
        // A minus at the end asks for the removal.
        let is_name = is_name(name) && !name.ends_with('-');
        (is_name && small(processor, "-") && is_fine)
            .then_some(Self { name, is_narrowed: name.len() < word.len() })
    }
}

/// Whether it is the name of a package: at least two characters, small letters, digits, plus,
/// minus and periods, with a letter or digit first (Debian Policy 5.6.1).
fn is_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c);
    name.len() >= 2 && !name.starts_with(['+', '-', '.']) && name.chars().all(inner)
}

fn with_new_name(name: &str) -> SystemPackage {
    match RENAMED.iter().find(|(old, _)| *old == name) {
        Some((_, newer)) => SystemPackage::renamed(name, newer),
        None => SystemPackage::new(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> SystemPackages {
        let mut found = SystemPackages::default();
        found.add(&FILE.into(), text);
        found
    }

    #[test]
    fn names_become_dependencies() {
        let text = "\u{feff}# of the system\npoppler-utils\r\n\n  g++ libstdc++6 # two\npoppler-utils\nlibgl1-mesa-glx\n";
        let found = of(text);
        let names = ["poppler-utils", "g++", "libstdc++6", "libgl1 | libgl1-mesa-glx"];
        assert_eq!(found.depends, names);
        assert_eq!(found.notes.len(), 1, "{:?}", found.notes);
        assert!(
            found.notes[0].contains("depends on them (poppler-utils, g++"),
            "{:?}",
            found.notes
        );
        assert_eq!(of(""), SystemPackages::default());
    }

    #[test]
    fn what_is_narrowed_counts_without_that() {
        let found = of("ffmpeg=7:5.1.6-0+deb12u1\nlibzmq5:amd64\nnodejs/bookworm\n");
        assert_eq!(found.depends, ["ffmpeg", "libzmq5", "nodejs"]);
        assert_eq!(found.notes.len(), 4, "{:?}", found.notes);
    }

    #[test]
    fn what_is_no_name_never_reaches_the_package() {
        for word in [
            "Poppler-Utils",
            "x",
            "-y",
            "--no-install-recommends",
            "poppler-utils,",
            "poppler-utils-",
            "a|b",
            "(>=1)",
            "$(id)",
            "../etc/passwd",
            "https://example.org/x.deb",
            "é-tools",
            "ffmpeg=1;rm",
            "ffmpeg=",
        ] {
            let found = of(word);
            assert_eq!(found.depends, [""; 0], "{word}");
            assert!(found.notes[0].contains("`packages.txt:1`"), "{:?}", found.notes);
        }
        assert_eq!(of("bad,\ngood-one").depends, ["good-one"]);
    }

    #[test]
    fn the_projects_file_and_the_one_beside_the_script_count() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        fs_err::create_dir(root.join("src")).unwrap();
        fs_err::write(root.join(FILE), "ffmpeg").unwrap();
        fs_err::write(root.join("src").join(FILE), "ghostscript\nffmpeg").unwrap();
        let read = |entry: &str| SystemPackages::read(root, entry.into()).depends;
        assert_eq!(read("src/app.py"), ["ffmpeg", "ghostscript"]);
        assert_eq!(read("app.py"), ["ffmpeg"]);
    }
}
