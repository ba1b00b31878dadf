use serde::Serialize;
use waterskin_bundle::DataPolicy;

use super::base::Base;
use super::keys::{self, Key, printable};
use super::packages;
use super::requirements::Lists;
use crate::build::settled::Settled;
use crate::plan::BuildPlan;

/// What the templates are filled with.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Facts<'a> {
    /// The app's name, as people see it.
    pub app: String,
    /// Its version, as the author writes it.
    pub version: String,
    /// Its name where letters, digits and `-` alone are allowed (RFC 1123).
    pub name: String,
    /// The image's tag.
    pub tag: String,
    pub base: String,
    /// `3.12`, and the same as Python has it: `3, 12`.
    pub python: String,
    pub python_parts: String,
    pub streamlit: String,
    /// The script, and its arguments, as Python has them.
    pub script: String,
    pub arguments: String,
    /// The keys of secrets, as Python has them.
    pub variables: String,
    pub keys: Vec<Key<'a>>,
    /// What apt gets; empty for nothing.
    pub system: String,
    pub wheels: bool,
    pub repositories: bool,
    pub credentials: bool,
    /// Whether the app may write to its own files.
    pub writes: bool,
    /// Whether it runs in the folder for data.
    pub in_data: bool,
    pub port: u16,
    pub user: u32,
}

/// Streamlit's own port, which is what hosts know of it.
const PORT: u16 = 8501;
/// An id above those that systems give to people and programs.
const USER: u32 = 10_001;

impl<'a> Facts<'a> {
    pub fn of(
        plan: &'a BuildPlan,
        settled: &Settled,
        lists: &Lists,
        base: &Base,
        python: String,
    ) -> Self {
        let keys = keys::of(plan);
        let variables = keys.iter().map(|key| (key.name, key.variable.as_str()));
        let variables: Vec<(&str, &str)> = variables.collect();
        Self {
            app: printable(&plan.app.name),
            version: printable(&plan.app.version),
            name: label(plan.app.package.as_str()),
            tag: tag(&plan.app.version),
            base: base.image(&python),
            python_parts: python.replace('.', ", "),
            python,
            streamlit: settled.resolution.streamlit.clone(),
            script: literal(&plan.entry.as_str().replace('\\', "/")),
            arguments: literal(&plan.arguments),
            variables: literal(&variables),
            keys,
            system: packages::wanted(plan, lists.has_repositories()).join(", "),
            wheels: lists.has_wheels(),
            repositories: lists.has_repositories(),
            credentials: lists.credentials,
            writes: plan.data == DataPolicy::Copy,
            in_data: plan.data == DataPolicy::DataFolder,
            port: PORT,
            user: USER,
        }
    }
}

/// A value as Python has it: texts and lists of JSON are also Python's.
fn literal(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A name of at most 50 letters, digits and `-`, which leaves room for what clusters add.
fn label(package: &str) -> String {
    let plain = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' };
    let text: String = package.chars().map(plain).take(50).collect();
    let text = text.trim_matches('-');
    if text.is_empty() { "app".to_owned() } else { text.to_owned() }
}

/// A version as an image's tag: at most 128 letters, digits, `_`, `.` and `-`, and none of the last two
/// first.
fn tag(version: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "_.-".contains(c) { c } else { '-' };
    let text: String = version.chars().map(plain).take(128).collect();
    let text = text.trim_start_matches(['.', '-']);
    if text.is_empty() { "latest".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_where_they_go() {
        for (package, name) in [
            ("hello-app", "hello-app"),
            ("g++", "g"),
            ("a.b", "a-b"),
            (&*"x".repeat(64), &*"x".repeat(50)),
        ] {
            assert_eq!(label(package), name);
        }
        for (version, text) in [("1.0.0", "1.0.0"), ("1!2.0+é", "1-2.0--"), ("..", "latest")] {
            assert_eq!(tag(version), text);
        }
    }

    #[test]
    fn texts_are_pythons_own() {
        assert_eq!(literal(&"a \"b\" é\n"), r#""a \"b\" é\n""#);
        assert_eq!(literal(&[("a.b", "a__b")]), r#"[["a.b","a__b"]]"#);
        assert_eq!(literal(&Vec::<String>::new()), "[]");
    }
}
