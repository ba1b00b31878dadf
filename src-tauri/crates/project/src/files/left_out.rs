use std::fmt;

use camino::Utf8Path;
use serde::Serialize;

/// Something of the project that does not come along.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LeftOut {
    /// Path relative to the project, with `/`; a folder's path ends with one. Bytes that are not
    /// UTF-8 are replaced.
    pub path: String,
    /// Why.
    pub reason: Reason,
}

/// Why something does not come along.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The history of the project.
    VersionControl,
    /// A virtual environment; the packages are installed anew.
    VirtualEnvironment,
    /// Something that a tool makes again when it needs it.
    Cache,
    /// What an editor or a file manager left there.
    Editor,
    /// Passwords, tokens and the like.
    Secrets,
    /// Variables for the environment, secrets among them more often than not.
    #[serde(rename = "secrets")]
    Environment,
    /// A private key.
    PrivateKey,
    /// Where this build writes to, or an earlier one wrote.
    Output,
    /// The author's `exclude` matches it.
    Excluded,
    /// A link to something outside of the project.
    LinkOutside,
    /// A link to nothing, or to something that is left out.
    LinkToNothing,
    /// A pipe, socket or device.
    Special,
    /// A name that is not UTF-8.
    Name,
}

impl Reason {
    /// Whether the author's `include` can bring it back. Secrets, environments and caches never
    /// come along, whatever is asked for; a `.env` file does where `include` has its name
    /// ([`is_named`]), and no key is in it (`keys.rs`).
    pub(crate) fn can_be_overruled(&self) -> bool {
        match self {
            Self::Editor | Self::PrivateKey | Self::Output | Self::Excluded => true,
            Self::LinkOutside
            | Self::VersionControl
            | Self::VirtualEnvironment
            | Self::Cache
            | Self::Secrets
            | Self::Environment
            | Self::LinkToNothing
            | Self::Special
            | Self::Name => false,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::VersionControl => "version control",
            Self::VirtualEnvironment => "a virtual environment",
            Self::Cache => "a cache",
            Self::Editor => "an editor's file",
            Self::Secrets | Self::Environment => "may hold secrets",
            Self::PrivateKey => "a private key",
            Self::Output => "the result of a build",
            Self::Excluded => "excluded in the settings",
            Self::LinkOutside => "a link out of the project",
            Self::LinkToNothing => "a link to nothing",
            Self::Special => "no ordinary file",
            Self::Name => "its name is not UTF-8",
        })
    }
}

const VERSION_CONTROL: &[&str] = &[".git", ".hg", ".svn", ".bzr", ".jj"];
const CACHES: &[&str] = &[
    "__pycache__",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
    ".ipynb_checkpoints",
    ".tox",
    ".nox",
    ".eggs",
    ".cache",
    "node_modules",
    "htmlcov",
    ".coverage",
];
const EDITORS: &[&str] = &[".idea", ".vscode", ".ds_store", "thumbs.db", "desktop.ini"];
const SECRET_FILES: &[&str] =
    &[".envrc", "secrets.toml", ".netrc", "_netrc", ".pypirc", ".pgpass", ".aws", ".ssh"];
const KEY_ENDINGS: &[&str] = &["pem", "key", "p12", "pfx", "jks", "keystore", "ppk"];
const KEY_NAMES: &[&str] = &["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"];
const INSTALLERS: &[&str] = &["deb", "rpm", "appimage", "msi", "dmg"];
/// Files in which an address with a password is a common sight.
const ADDRESS_FILES: &[&str] = &["pyproject.toml", "uv.toml", "uv.lock", "pylock.toml", "pip.conf"];

/// Decides by name alone. `path` is relative to the project.
pub fn by_name(path: &Utf8Path, is_folder: bool) -> Option<Reason> {
    let name = path.file_name()?.to_lowercase();
    let name = name.as_str();
    let ending = Utf8Path::new(name).extension().unwrap_or_default();
    let top = path.parent().is_none_or(|parent| parent.as_str().is_empty());
    if VERSION_CONTROL.contains(&name) {
        Some(Reason::VersionControl)
    } else if CACHES.contains(&name)
        || (is_folder && ending == "egg-info")
        || (!is_folder && (ending == "pyc" || ending == "pyo"))
    {
        Some(Reason::Cache)
    } else if SECRET_FILES.contains(&name) {
        Some(Reason::Secrets)
    } else if is_environment(name) {
        Some(Reason::Environment)
    } else if EDITORS.contains(&name) || (!is_folder && (ending == "swp" || name.ends_with('~'))) {
        Some(Reason::Editor)
    } else if !is_folder && (KEY_ENDINGS.contains(&ending) || KEY_NAMES.contains(&name)) {
        Some(Reason::PrivateKey)
    } else if (is_folder && top && name == "dist")
        || (!is_folder && INSTALLERS.contains(&ending))
        || (!is_folder && top && is_of_a_build(name))
        || name.starts_with(".waterskin-")
    {
        Some(Reason::Output)
    } else {
        None
    }
}

/// Whether it is the name of a file with variables for the environment: `.env`, `.env.production`.
pub(crate) fn is_environment(name: &str) -> bool {
    name == ".env" || name.starts_with(".env.")
}

/// Whether one of the patterns is the name of this very file, or the way to it. A pattern that
/// happens to match it, such as `*`, does not say that the author thought of it.
pub(crate) fn is_named(path: &Utf8Path, patterns: &[String]) -> bool {
    patterns.iter().map(|pattern| pattern.trim_start_matches('/')).any(|pattern| {
        pattern == path || (!pattern.contains('/') && Some(pattern) == path.file_name())
    })
}

/// Folders in which the system shows itself as files: environments of programs, memory, devices.
const OF_THE_SYSTEM: [&str; 3] = ["/proc", "/sys", "/dev"];

/// Decides by where a link out of the project leads: absolute, and without further links.
pub(crate) fn by_target(target: &Utf8Path) -> Option<Reason> {
    if OF_THE_SYSTEM.iter().any(|folder| target.starts_with(folder)) {
        return Some(Reason::Special);
    }
    // Of the folders only those count that hold secrets: others say nothing about this file.
    let secret = |folder: &Utf8Path| {
        matches!(by_name(folder, true), Some(Reason::Secrets | Reason::Environment))
    };
    let folders = target.parent().into_iter().flat_map(Utf8Path::ancestors);
    let in_secrets = folders.into_iter().any(secret).then_some(Reason::Secrets);
    in_secrets.or_else(|| by_name(target, false))
}

/// `<package>-<version>-<target>` with one of these endings: what a build writes when its output folder
/// is the project's own, and whose ending alone says nothing.
fn is_of_a_build(name: &str) -> bool {
    const ENDINGS: [&str; 4] = [".tar.gz", ".zip", "-setup.exe", ".cdx.json"];
    let stem = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or_default();
    let mut parts = stem.rsplit('-');
    let processor = parts.next();
    let system = parts.next();
    processor.is_some_and(|it| matches!(it, "x86_64" | "aarch64" | "arm64"))
        && system.is_some_and(|it| matches!(it, "linux" | "macos" | "windows"))
        && parts.count() >= 2
}

/// Whether the content of the file must be looked at, too.
pub(crate) fn worth_reading(bytes: u64) -> bool {
    (1..=64 * 1024).contains(&bytes)
}

/// Decides by what is in a small file.
pub(crate) fn by_content(path: &Utf8Path, content: &[u8]) -> Option<Reason> {
    let contains = |needle: &[u8]| content.windows(needle.len()).any(|window| window == needle);
    // RFC 7468: private keys of every kind end their first line so. A key in a JSON file of a
    // service account is one, too. Python files may speak of keys without holding one.
    let code = path.extension() == Some("py");
    if !code && contains(b"-----BEGIN ") && contains(b"PRIVATE KEY-----") {
        return Some(Reason::PrivateKey);
    }
    let name = path.file_name().unwrap_or_default().to_lowercase();
    let lists_addresses = ADDRESS_FILES.contains(&name.as_str())
        || (name.starts_with("requirements") && name.ends_with(".txt"));
    (lists_addresses && has_password_in_address(content)).then_some(Reason::Secrets)
}

/// Whether an address of the form `scheme://user:password@host` or `scheme://token@host` is there.
/// `git+ssh://git@host` has a user only, and says nothing.
fn has_password_in_address(content: &[u8]) -> bool {
    let text = String::from_utf8_lossy(content);
    text.match_indices("://").any(|(at, scheme)| {
        let rest = &text[at + scheme.len()..];
        let end = rest
            .find(|c: char| c == '/' || c.is_whitespace() || "\"'<>".contains(c))
            .unwrap_or(rest.len());
        match rest[..end].rsplit_once('@') {
            Some((user, _)) => user != "git" && !user.contains("${"),
            None => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_link_never_brings_along() {
        for (target, reason) in [
            ("/proc/4711/environ", Some(Reason::Special)),
            ("/sys/power/state", Some(Reason::Special)),
            ("/dev/shm/x.csv", Some(Reason::Special)),
            ("/home/ann/.ssh/config", Some(Reason::Secrets)),
            ("/home/ann/.aws/cli/x", Some(Reason::Secrets)),
            ("/home/ann/id_ed25519", Some(Reason::PrivateKey)),
            ("/srv/site.pem", Some(Reason::PrivateKey)),
            ("/srv/.env", Some(Reason::Environment)),
            ("/srv/.env/x", Some(Reason::Secrets)),
            ("/processed/dist/a.csv", None),
            ("/home/ann/.cache/models/model.bin", None),
        ] {
            assert_eq!(by_target(target.into()), reason, "{target}");
        }
    }

    #[test]
    fn names_that_never_come_along() {
        for (path, folder, reason) in [
            (".git", true, Reason::VersionControl),
            (".git", false, Reason::VersionControl),
            ("sub/.env", false, Reason::Environment),
            (".env.production", false, Reason::Environment),
            (".streamlit/secrets.toml", false, Reason::Secrets),
            ("Secrets.TOML", false, Reason::Secrets),
            ("a b/__pycache__", true, Reason::Cache),
            ("node_modules", true, Reason::Cache),
            ("x.egg-info", true, Reason::Cache),
            ("id_rsa", false, Reason::PrivateKey),
            ("cert/server.pem", false, Reason::PrivateKey),
            ("dist", true, Reason::Output),
            ("old_1.0_amd64.deb", false, Reason::Output),
            ("csv-explorer-1.0.0-linux-x86_64.tar.gz", false, Reason::Output),
            ("csv-explorer-1.0.0-windows-x86_64-setup.exe", false, Reason::Output),
            ("csv-explorer-1.0.0-macos-arm64.zip", false, Reason::Output),
            ("csv-explorer-1.0.0-linux-x86_64.cdx.json", false, Reason::Output),
            ("Csv-Explorer-1.0.0-x86_64.AppImage", false, Reason::Output),
            (".DS_Store", false, Reason::Editor),
        ] {
            assert_eq!(by_name(Utf8Path::new(path), folder), Some(reason), "{path}");
        }
    }

    #[test]
    fn a_file_is_named_by_its_name_or_the_way_to_it() {
        let patterns = |pattern: &str| [pattern.to_owned()];
        for (path, pattern, named) in [
            (".env", ".env", true),
            (".env", "/.env", true),
            ("sub/.env", ".env", true),
            ("sub/.env", "sub/.env", true),
            ("sub/.env", "/.env", true),
            ("other/.env", "sub/.env", false),
            (".env.production", ".env", false),
            (".env", "*", false),
            (".env", ".e*", false),
            (".env", "**/.env", false),
        ] {
            assert_eq!(is_named(path.into(), &patterns(pattern)), named, "{path} {pattern}");
        }
    }

    #[test]
    fn names_that_do() {
        for (path, folder) in [
            (".streamlit/config.toml", false),
            (".streamlit", true),
            ("pages/1_é.py", false),
            ("frontend/dist", true),
            ("environment.csv", false),
            (".environment", false),
            ("id_rsa.pub", false),
            ("venv", true),
            ("data.tar.gz", false),
            ("data-2026-for-windows-users.zip", false),
            ("bin/tool-setup.exe", false),
        ] {
            assert_eq!(by_name(Utf8Path::new(path), folder), None, "{path}");
        }
    }

    #[test]
    fn contents_that_give_a_secret_away() {
        let key = b"{\"private_key\": \"-----BEGIN PRIVATE KEY-----\\nMIIE\"}";
        assert_eq!(by_content("account.json".into(), key), Some(Reason::PrivateKey));
        assert_eq!(by_content("check.py".into(), key), None);
        assert_eq!(by_content("cert.txt".into(), b"-----BEGIN CERTIFICATE-----"), None);
        for (text, secret) in [
            ("--index-url https://ann:pw@pypi.example.org/simple", true),
            ("--extra-index-url https://token@pypi.example.org", true),
            ("x @ git+ssh://git@example.org/x.git", false),
            ("x @ https://example.org/a@b.whl", false),
            ("-i https://${USER}:${TOKEN}@pypi.example.org", false),
            ("pandas==2.0", false),
        ] {
            let found = by_content("requirements-dev.txt".into(), text.as_bytes());
            assert_eq!(found.is_some(), secret, "{text}");
        }
    }
}
