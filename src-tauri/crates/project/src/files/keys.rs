//! Keys and passwords in the project's files. A payload is handed on, and what is in it can be read.

use std::sync::LazyLock;

use camino::{Utf8Path, Utf8PathBuf};
use regex::bytes::{Regex, RegexSet};

use crate::files::left_out;

/// Larger files are no sources and no settings.
const MOST_READ: u64 = 4 * 1024 * 1024;

/// What a key is called, and what it looks like: the forms that the issuers document.
const KEYS: &[(&str, &str)] = &[
    ("a private key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----"),
    (
        "a key of OpenAI",
        r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,}",
    ),
    ("a key of Anthropic", r"\bsk-ant-[a-z]+[0-9]{2}-[A-Za-z0-9_-]{80,}"),
    ("an access key of AWS", r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"),
    ("a key of Google", r"\bAIza[A-Za-z0-9_-]{35}\b"),
    ("a token of GitHub", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b"),
    ("a token of GitLab", r"\bglpat-[A-Za-z0-9_-]{20,}"),
    ("a token of Hugging Face", r"\bhf_[A-Za-z0-9]{34}\b"),
    ("a token of Slack", r"\bxox[abprs]-[A-Za-z0-9-]{20,}"),
    ("a key of Stripe", r"\b[rs]k_live_[A-Za-z0-9]{20,}"),
    ("a key of Azure Storage", r"AccountKey=[A-Za-z0-9+/]{80,}={0,2}"),
    (
        "a password in an address",
        r"\b[a-z][a-z0-9+]*://[A-Za-z0-9._~%-]+:[^\s/@:{}<>$*\x22']{6,}@[A-Za-z0-9]",
    ),
];

/// A line of a `.env` file that sets something by the name of a secret to more than a placeholder.
static SECRET_BY_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?mi-u)^[ \t]*(?:export[ \t]+)?[a-z0-9_]*(?:passw(?:or)?d|passphrase|secret|token|api_?key|access_?key|private_?key|credentials?)[a-z0-9_]*[ \t]*=[ \t]*["']?([^\s"'#]{4,})"#,
    )
    .ok()
});

/// Values that nobody keeps secret.
const PLACEHOLDERS: [&str; 8] =
    ["true", "false", "none", "null", "changeme", "change-me", "your", "example"];

static ANY: LazyLock<Option<RegexSet>> =
    LazyLock::new(|| RegexSet::new(KEYS.iter().map(|(_, pattern)| in_bytes(pattern))).ok());

/// A pattern for bytes: keys are ASCII, and a word's boundary in Unicode has the engine go the slow way
/// through files that are no text.
fn in_bytes(pattern: &str) -> String {
    format!("(?-u){pattern}")
}

/// Something in a file that looks like a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundKey {
    /// The file, relative to the project.
    pub file: Utf8PathBuf,
    /// Its line, from 1.
    pub line: usize,
    /// What it looks like.
    pub what: &'static str,
}

/// What of the `files` in `root` looks like a key. Files that can't be read are others' to tell of.
pub(crate) fn find<'a>(
    root: &Utf8Path,
    files: impl Iterator<Item = &'a Utf8Path>,
) -> Vec<FoundKey> {
    let mut found = Vec::new();
    for file in files {
        let path = root.join(file);
        let is_small = fs_err::metadata(&path).is_ok_and(|about| about.len() <= MOST_READ);
        let Some(content) = is_small.then(|| fs_err::read(&path).ok()).flatten() else { continue };
        let is_environment =
            file.file_name().is_some_and(|name| left_out::is_environment(&name.to_lowercase()));
        let named = is_environment.then(|| by_name(&content)).into_iter().flatten();
        let in_file: Vec<_> = in_text(&content).chain(named).collect();
        found.extend(in_file.into_iter().map(|(line, what)| FoundKey {
            file: file.to_owned(),
            line,
            what,
        }));
    }
    found
}

/// Line and kind of each key in a text.
fn in_text(content: &[u8]) -> impl Iterator<Item = (usize, &'static str)> {
    let kinds = ANY.as_ref().map(|any| any.matches(content));
    kinds.into_iter().flatten().filter_map(|kind| {
        let (what, pattern) = KEYS.get(kind)?;
        let pattern = Regex::new(&in_bytes(pattern)).ok()?;
        let at = pattern.find_iter(content).find(|it| !is_example(it.as_bytes()))?.start();
        Some((line_of(content, at), *what))
    })
}

/// Line and kind of each secret that only its name gives away.
fn by_name(content: &[u8]) -> Vec<(usize, &'static str)> {
    let Some(pattern) = SECRET_BY_NAME.as_ref() else { return Vec::new() };
    let found = pattern.captures_iter(content).filter_map(|found| found.get(1));
    let is_placeholder = |value: &[u8]| {
        let value = String::from_utf8_lossy(value).to_lowercase();
        value.starts_with(['<', '$', '{'])
            || value.chars().all(|c| matches!(c, 'x' | '*' | '.' | '-' | '_' | '0'..='9'))
            || PLACEHOLDERS.iter().any(|it| value.starts_with(it))
    };
    found
        .filter(|value| !is_placeholder(value.as_bytes()))
        .map(|value| (line_of(content, value.start()), "a secret, by its name"))
        .collect()
}

fn line_of(content: &[u8], at: usize) -> usize {
    content[..at].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// Addresses in documentation have this word in the place of a password.
fn is_example(key: &[u8]) -> bool {
    key.windows(10).any(|part| part.eq_ignore_ascii_case(b":password@"))
}

#[cfg(test)]
mod tests {
    use super::{ANY, KEYS, by_name, in_text};

    #[test]
    fn settings_are_told_from_secrets_by_their_names() {
        let text = "# settings\nREGION=eu\nexport DB_PASSWORD=hunter22\nAPI_KEY = \"abcd1234\"\nTOKEN_LIMIT=4096\n\
                    SECRET_KEY=\nAPP_SECRET=<yours>\nACCESS_TOKEN=${TOKEN}\nMAX_TOKENS=true\nMONKEY=banana\nAPI_TOKEN=changeme\n";
        let lines: Vec<_> = by_name(text.as_bytes()).into_iter().map(|found| found.0).collect();
        assert_eq!(lines, [3, 4]);
    }

    #[test]
    fn keys_are_found_and_what_only_talks_of_them_is_not() {
        assert!(ANY.is_some(), "every pattern can be read");
        // Put together here, so that nobody takes this file for one with keys.
        let long = "a1B2".repeat(25);
        for key in [
            "-----BEGIN ".to_owned() + "OPENSSH PRIVATE KEY-----",
            format!("sk-proj-{}{}{}", &long[..40], "T3Blbk", "FJ") + &long[..40],
            format!("sk-ant-{}-{long}", "api03"),
            "AKIA".to_owned() + "ABCDEFGHIJKLMN23",
            "AIza".to_owned() + &long[..35],
            "ghp_".to_owned() + &long[..36],
            "github_pat_".to_owned() + &long[..70],
            "glpat-".to_owned() + &long[..20],
            "hf_".to_owned() + &long[..34],
            "xoxb-".to_owned() + &long[..24],
            "sk_live_".to_owned() + &long[..24],
            "AccountKey=".to_owned() + &long[..88] + "==",
            "postgres://admin:".to_owned() + "hunter22@db.example",
        ] {
            let text = format!("first = 1\n\nkey = \"{key}\"\n");
            assert_eq!(in_text(text.as_bytes()).map(|it| it.0).collect::<Vec<_>>(), [3], "{key}");
        }
        assert_eq!(in_text(&[0xff, b'\n', 0]).count(), 0);
        for text in [
            "key = st.secrets['OPENAI_API_KEY']",
            "key = 'sk-...'  # yours",
            "openai_api_key = os.environ[\"KEY\"]",
            "AKIA is how they begin",
            "postgres://user:{password}@host",
            "postgres://user:<password>@host and https://user@host/",
            "https://example.org:8501/path@2",
            "postgres://user:PASSWORD@db.example",
            "-----BEGIN PUBLIC KEY-----",
        ] {
            assert_eq!(in_text(text.as_bytes()).count(), 0, "{text}");
        }
        assert_eq!(KEYS.len(), 12);
    }
}
