use camino::Utf8Path;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use regex::Regex;

use crate::Folders;

/// What must not leave the computer in a report: where the person's files are, who they are, and
/// what looks like a secret.
pub struct Mask {
    /// Texts with what stands in their place, the longest first.
    texts: Vec<(String, &'static str)>,
    /// The person's name on this computer, as a whole word.
    user: Option<Regex>,
}

/// What a path keeps in a `file:` address (RFC 3986, section 3.3).
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Names of accounts that are nobody's.
const NOBODYS: [&str; 5] = ["root", "user", "admin", "administrator", "home"];

/// Secrets by their looks: a value behind a name that says so, keys with the beginnings that large
/// services give theirs, JSON web tokens, and passwords in addresses. None of this is sure to find
/// everything that an app may print, and a word too many that is hidden does no harm.
const SECRETS: [(&str, &str); 4] = [
    (
        r#"(?i)([\w.-]*(?:passw(?:or)?d|secret|token|api[_-]?key|access[_-]?key|authorization|cookie)[\w-]*["']?\s*[:=]\s*["']?)(?:(?:bearer|basic)\s+)?[^\s"',;&]+"#,
        "$1<secret>",
    ),
    (
        r"\b(?:sk-|sk_live_|ghp_|gho_|github_pat_|glpat-|xox[abps]-|hf_|AKIA|AIza)[\w-]{10,}",
        "<secret>",
    ),
    (r"\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*", "<secret>"),
    (r"://[^/\s:@]+:[^/\s@]+@", "://<secret>@"),
];

impl Mask {
    /// Hides the home folder and the name that it gives its owner, and the app's own folders.
    pub fn new(home: Option<&Utf8Path>, folders: Option<&Folders>) -> Self {
        let mut paths: Vec<(&str, &'static str)> = Vec::new();
        if let Some(folders) = folders {
            paths.push((folders.data.as_str(), "<data>"));
            paths.push((folders.cache.as_str(), "<cache>"));
            paths.push((folders.logs.as_str(), "<logs>"));
        }
        paths.extend(home.map(|home| (home.as_str(), "~")));
        let mut texts: Vec<_> = paths
            .into_iter()
            .filter(|(path, _)| path.len() > 1)
            .flat_map(|(path, instead)| written(path).map(|text| (text, instead)))
            .collect();
        texts.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        let user = home
            .and_then(Utf8Path::file_name)
            .filter(|name| name.chars().count() > 1)
            .filter(|name| !NOBODYS.iter().any(|nobody| name.eq_ignore_ascii_case(nobody)))
            .and_then(|name| Regex::new(&format!(r"(?i)\b{}\b", regex::escape(name))).ok());
        Self { texts, user }
    }

    /// The text without what must not leave the computer.
    pub fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (private, instead) in &self.texts {
            text = text.replace(private.as_str(), instead);
        }
        if let Some(user) = &self.user {
            text = user.replace_all(&text, "<user>").into_owned();
        }
        for (pattern, instead) in SECRETS {
            if let Ok(pattern) = Regex::new(pattern) {
                text = pattern.replace_all(&text, instead).into_owned();
            }
        }
        text
    }
}

/// A path in the ways in which programs write it: as it is, in an address, and with the escapes of
/// a string in Python or JSON.
fn written(path: &str) -> [String; 3] {
    [
        path.to_owned(),
        utf8_percent_encode(&path.replace('\\', "/"), PATH).to_string(),
        path.replace('\\', "\\\\"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(text: &str) -> String {
        let folders = Folders {
            data: "/home/zoë/.local/share/a.b/data".into(),
            web: "/home/zoë/.local/share/a.b/web".into(),
            cache: "/home/zoë/.cache/a.b".into(),
            logs: "/home/zoë/.local/state/a.b/logs".into(),
        };
        Mask::new(Some(Utf8Path::new("/home/zoë")), Some(&folders)).apply(text)
    }

    #[test]
    fn nobody_is_named() {
        for (text, masked) in [
            ("at /home/zoë/.cache/a.b/x and /home/zoë/y", "at <cache>/x and ~/y"),
            ("file:///home/zo%C3%AB/My%20Files/a.csv", "file://~/My%20Files/a.csv"),
            ("/media/zoë/stick, Zoë's", "/media/<user>/stick, <user>'s"),
            ("zoëlogie", "zoëlogie"),
        ] {
            assert_eq!(mask(text), masked);
        }
        let windows = Mask::new(Some(Utf8Path::new(r"C:\Users\Ada")), None);
        assert_eq!(windows.apply(r"open('C:\\Users\\Ada\\x')"), r"open('~\\x')");
        let nobody = Mask::new(Some(Utf8Path::new("/root")), None);
        assert_eq!(nobody.apply("/root/x, the root of a tree"), "~/x, the root of a tree");
    }

    #[test]
    fn secrets_are_hidden() {
        for (text, masked) in [
            ("API_KEY=abc123 next", "API_KEY=<secret> next"),
            ("\"password\": \"pässwort\",", "\"password\": \"<secret>\","),
            ("Authorization: Bearer abc.def", "Authorization: <secret>"),
            ("GET /x?token=abc&y=1", "GET /x?token=<secret>&y=1"),
            ("key sk-proj-abcdefghijklmnop", "key <secret>"),
            ("postgres://ada:hunter2@db.example/x", "postgres://<secret>@db.example/x"),
            ("eyJhbGciOi.eyJzdWIi.abc_-", "<secret>"),
            ("a key of the house: none", "a key of the house: none"),
        ] {
            assert_eq!(mask(text), masked);
        }
    }
}
