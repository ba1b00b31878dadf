use camino::{Utf8Path, Utf8PathBuf};

use crate::requirements::line::{decoded, file_address, name_of};

/// A requirement that names a folder, such as `thing[extra] @ file:///home/ann/thing/ ; marker`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedFolder {
    /// The normalized name, where it is said.
    pub name: Option<String>,
    /// The folder, absolute.
    pub folder: Utf8PathBuf,
    /// `[a,b]`, or nothing.
    pub extras: String,
    /// Where it counts, such as ` ; os_name == 'nt'`, or nothing.
    pub marker: String,
}

impl AskedFolder {
    /// A folder of which nothing more is said.
    pub fn new(name: Option<&str>, folder: &Utf8Path) -> Self {
        let (extras, marker) = (String::new(), String::new());
        Self { name: name.and_then(name_of), folder: folder.to_owned(), extras, marker }
    }

    /// Reads a requirement in the form in which all are once they were looked at. `None` for one of
    /// anything else.
    pub fn of(line: &str) -> Option<Self> {
        let (requirement, marker) = match line.find(" ;") {
            Some(at) => line.split_at(at),
            None => (line, ""),
        };
        let at = requirement.find("file:///")?;
        let (head, address) = requirement.split_at(at);
        let (address, after) = match address.find('[') {
            Some(at) => address.split_at(at),
            None => (address, ""),
        };
        let folder = address.trim_end().strip_prefix("file:")?.strip_suffix('/')?;
        let head = head.trim_end().trim_end_matches('@').trim_end();
        let before = head.find('[').and_then(|at| head.get(at..)).unwrap_or_default();
        Some(Self {
            name: name_of(head).filter(|name| !name.is_empty()),
            folder: decoded(folder).into(),
            extras: if after.is_empty() { before } else { after }.trim().to_owned(),
            marker: marker.to_owned(),
        })
    }

    /// The same as a requirement of the wheel that was made of the folder.
    pub fn line(&self, name: &str, wheel: &Utf8Path) -> String {
        format!("{name}{} @ {}{}", self.extras, file_address(wheel), self.marker)
    }
}

/// The address of a folder: it ends as no file's does.
pub(crate) fn folder_address(folder: &Utf8Path) -> String {
    let real = folder.canonicalize_utf8().unwrap_or_else(|_| folder.to_owned());
    format!("{}/", file_address(&real))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_told_from_wheels() {
        let folder = "/home/an n/thing";
        let address = "file:///home/an%20n/thing/";
        for (line, name, extras, marker) in [
            (address.to_owned(), None, "", ""),
            (format!("{address}[a,b] ; os_name == 'nt'"), None, "[a,b]", " ; os_name == 'nt'"),
            (format!("My_Thing[a] @ {address}"), Some("my-thing"), "[a]", ""),
            (format!("thing @ {address} ; x"), Some("thing"), "", " ; x"),
        ] {
            let asked = AskedFolder::of(&line).unwrap();
            assert_eq!((asked.name.as_deref(), asked.folder.as_str()), (name, folder), "{line}");
            assert_eq!((asked.extras.as_str(), asked.marker.as_str()), (extras, marker), "{line}");
            let wheel = asked.line("thing", "/w é.whl".into());
            assert_eq!(wheel, format!("thing{extras} @ file:///w%20%C3%A9.whl{marker}"));
        }
        for line in ["pandas", "file:///x/x.whl", "x @ https://example.org/x/"] {
            assert_eq!(AskedFolder::of(line), None, "{line}");
        }
    }
}
