//! Requirements that name a source from elsewhere: a repository, or an archive that is no wheel. What
//! is installed is built of it, by code of its own.

use crate::requirements::line::name_of;

/// What comes before the address of a repository that uv fetches. Others are on this machine, or of
/// kinds that it does not know.
const REPOSITORIES: [&str; 4] = ["git+https", "git+http", "git+ssh", "git+git"];

/// A requirement whose package has to be built of what its address leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLine<'l> {
    /// The normalized name, where it is said.
    pub name: Option<String>,
    /// The address, as it is written.
    address: &'l str,
}

impl<'l> SourceLine<'l> {
    /// Reads a requirement in the form in which all are once they were looked at. `None` for one of
    /// anything else.
    pub fn of(line: &'l str) -> Option<Self> {
        let head = line.split(" --").next().unwrap_or(line);
        let head = head.split(" ;").next().unwrap_or(head).trim();
        let (name, place) = match head.split_once(" @ ") {
            Some((name, place)) => (name_of(name), place.trim()),
            None => (None, head),
        };
        let address = match place.rfind('[').filter(|_| place.ends_with(']')) {
            Some(at) => place.get(..at).unwrap_or(place),
            None => place,
        };
        let plain = address.split(['?', '#']).next().unwrap_or(address);
        let is_archive = ["https://", "http://", "file:///"].iter().any(|it| plain.starts_with(it))
            && !plain.ends_with('/')
            && !plain.to_ascii_lowercase().ends_with(".whl");
        (is_repository(place) || is_archive).then_some(Self { name, address })
    }

    /// The requirement itself, without what may be a password.
    pub fn shown(&self) -> String {
        let place = without_password(self.address);
        match &self.name {
            Some(name) => format!("{name} @ {place}"),
            None => place,
        }
    }

    /// What the author knows it by, without what may be a password.
    pub fn label(&self) -> String {
        self.name.clone().unwrap_or_else(|| without_password(self.address))
    }
}

/// Whether this is the address of a repository that can be fetched.
pub(crate) fn is_repository(place: &str) -> bool {
    let scheme = place.split(':').next().unwrap_or_default().to_ascii_lowercase();
    REPOSITORIES.contains(&scheme.as_str()) && !place.contains(char::is_whitespace)
}

/// The address of a repository as a requirement has it, from the parts in which other lists keep it.
pub(crate) fn repository(url: &str, revision: Option<&str>, folder: Option<&str>) -> String {
    let url = url.trim_start_matches("git+");
    // As in `git@example.org:ann/thing.git`, which is for the program alone.
    let url = match url.split_once(':') {
        Some((host, path)) if !url.contains("://") && host.contains('@') => {
            format!("ssh://{host}/{path}")
        }
        _ => url.to_owned(),
    };
    let revision = revision.map(|it| format!("@{it}")).unwrap_or_default();
    let folder = folder.map(|it| format!("#subdirectory={it}")).unwrap_or_default();
    format!("git+{url}{revision}{folder}")
}

/// The requirement with this revision of its repository, as a lock has it.
pub(crate) fn at_revision(line: &str, revision: &str) -> Option<String> {
    let (before, address) = line.split_at(line.find("git+")?);
    let end = address.find(['#', ' ']).unwrap_or(address.len());
    let (address, after) = address.split_at(end);
    let host = address.find("://")? + 3;
    let path = host + address.get(host..)?.find('/')?;
    let at = address.get(path..)?.find('@').map_or(address.len(), |at| path + at);
    Some(format!("{before}{}@{revision}{after}", address.get(..at)?))
}

/// The address without the name that pip takes from it (`#egg=thing`), and that name.
pub(crate) fn without_egg(place: &str) -> (String, Option<String>) {
    let Some((address, fragment)) = place.split_once('#') else { return (place.to_owned(), None) };
    let parts = fragment.split('&');
    let egg = parts.clone().find_map(|part| part.strip_prefix("egg="));
    let left: Vec<&str> = parts.filter(|part| !part.starts_with("egg=")).collect();
    let left = left.join("&");
    let fragment = if left.is_empty() { left } else { format!("#{left}") };
    // `thing-1.0` was how a version was told once, and `thing-dev`.
    let egg = egg.map(|egg| match egg.rsplit_once('-') {
        Some((name, rest)) if rest == "dev" || rest.starts_with(|c: char| c.is_ascii_digit()) => {
            name.to_owned()
        }
        _ => egg.to_owned(),
    });
    (format!("{address}{fragment}"), egg.filter(|egg| name_of(egg).is_some()))
}

/// The text with nothing between `://` and the host of its addresses.
pub fn without_password(text: &str) -> String {
    let mut made = String::new();
    let mut left = text;
    while let Some(at) = left.find("://") {
        let (before, after) = left.split_at(at + 3);
        made.push_str(before);
        let end = after.find(['/', ' ', '"', '\n']).unwrap_or(after.len());
        let host = after.get(..end).and_then(|authority| authority.rfind('@'));
        left = match host {
            Some(at) => after.get(at + 1..).unwrap_or_default(),
            None => after,
        };
    }
    made.push_str(left);
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_told_from_wheels_folders_and_names() {
        for (line, label) in [
            (
                "git+https://example.org/x.git@v1#subdirectory=a",
                Some("git+https://example.org/x.git@v1#subdirectory=a"),
            ),
            ("git+https://ann:secret@example.org/x.git", Some("git+https://example.org/x.git")),
            ("My_X[a] @ git+ssh://git@example.org/x.git@v1 ; os_name == 'nt'", Some("my-x")),
            ("x @ https://example.org/x-1.tar.gz#sha256=aa --hash=sha256:aa", Some("x")),
            ("file:///home/ann/x-1.zip[a]", Some("file:///home/ann/x-1.zip")),
            ("file:///home/ann/x/", None),
            ("file:///home/ann/x-1-py3-none-any.whl", None),
            ("x @ https://example.org/x-1-py3-none-any.whl#sha256=aa", None),
            ("x>=1", None),
        ] {
            assert_eq!(SourceLine::of(line).map(|it| it.label()).as_deref(), label, "{line}");
        }
    }

    #[test]
    fn addresses_of_repositories_are_put_together() {
        for (url, revision, folder, address) in [
            (
                "https://example.org/x",
                Some("v1"),
                Some("a/b"),
                "git+https://example.org/x@v1#subdirectory=a/b",
            ),
            ("git+https://example.org/x", None, None, "git+https://example.org/x"),
            (
                "git@example.org:ann/x.git",
                Some("main"),
                None,
                "git+ssh://git@example.org/ann/x.git@main",
            ),
        ] {
            assert_eq!(repository(url, revision, folder), address);
        }
    }

    #[test]
    fn a_lock_says_which_revision_a_repository_is_taken_at() {
        for (line, expected) in [
            (
                "x @ git+ssh://git@e.org/a/x.git@feature/y#subdirectory=z ; os_name == 'nt'",
                "x @ git+ssh://git@e.org/a/x.git@12ab#subdirectory=z ; os_name == 'nt'",
            ),
            ("x @ git+https://e.org/x", "x @ git+https://e.org/x@12ab"),
        ] {
            assert_eq!(at_revision(line, "12ab").as_deref(), Some(expected));
        }
        assert_eq!(at_revision("x>=1", "12ab"), None);
    }

    #[test]
    fn names_in_addresses_are_taken_out_of_them() {
        for (place, address, egg) in [
            ("git+https://e/x@v1#egg=thing", "git+https://e/x@v1", Some("thing")),
            (
                "git+https://e/x#egg=thing[a]&subdirectory=b",
                "git+https://e/x#subdirectory=b",
                Some("thing[a]"),
            ),
            ("git+https://e/x#egg=thing-1.0", "git+https://e/x", Some("thing")),
            ("git+https://e/x#egg=har-bour", "git+https://e/x", Some("har-bour")),
            ("https://e/x.zip#sha256=aa", "https://e/x.zip#sha256=aa", None),
        ] {
            assert_eq!(without_egg(place), (address.to_owned(), egg.map(str::to_owned)), "{place}");
        }
    }
}
