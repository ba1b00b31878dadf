use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use waterskin_bundle::Secret;

/// What the form asks, and where the answers go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SecretsForm {
    /// Where the values are kept.
    pub place: SecretPlace,
    /// The secrets, in the order in which they are asked for.
    pub fields: Vec<SecretField>,
}

/// Where the values of secrets are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum SecretPlace {
    /// The system's own keychain.
    Keychain,
    /// A file that this user alone may read: the system has no keychain.
    File {
        /// Its path.
        path: String,
    },
    /// Nowhere: they are for this time alone.
    Nowhere,
}

/// One secret of the form. Its value is never a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SecretField {
    /// Its key in `st.secrets`.
    pub key: String,
    /// What the form calls it.
    pub label: String,
    /// Where it comes from, in the author's words; may be empty.
    pub help: String,
    /// Whether the app works without it.
    pub optional: bool,
    /// Whether there is a value already.
    pub is_set: bool,
}

/// What a person filled in, by key: a new value, or `null` to take the old one away. What is not
/// there, or empty, stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct Answers(pub BTreeMap<String, Option<String>>);

/// An answer that can't be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Complaint {
    /// The secret.
    pub key: String,
    /// What is wrong.
    pub problem: Problem,
}

/// Why an answer can't be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Problem {
    /// The app does not work without it.
    Missing,
    /// It does not look like what the author says it looks like.
    Malformed,
}

/// What is to be done for a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Keep,
    Remove,
    Set(String),
}

/// What an answer asks for. Blanks around a value come from copying it.
pub(crate) fn change(secret: &Secret, answers: &Answers, is_set: bool) -> Result<Change, Problem> {
    let change = match answers.0.get(&secret.key) {
        Some(None) => Change::Remove,
        Some(Some(value)) if !value.trim().is_empty() => Change::Set(value.trim().to_owned()),
        Some(Some(_)) | None => Change::Keep,
    };
    match &change {
        Change::Set(value) if !looks_right(secret, value) => Err(Problem::Malformed),
        Change::Remove if !secret.optional => Err(Problem::Missing),
        Change::Keep if !secret.optional && !is_set => Err(Problem::Missing),
        _ => Ok(change),
    }
}

/// Whether the author's pattern is somewhere in the value. One that can't be read asks for nothing:
/// the build refuses it, so it comes from elsewhere.
fn looks_right(secret: &Secret, value: &str) -> bool {
    let pattern = secret.check.as_deref().and_then(|check| regex::Regex::new(check).ok());
    pattern.is_none_or(|pattern| pattern.is_match(value))
}

#[cfg(test)]
mod tests {
    use waterskin_bundle::Secret;

    use super::{Answers, Change, Problem, change};

    #[test]
    fn answers_are_judged_one_by_one() {
        let secret = |optional| Secret {
            key: "KEY".into(),
            label: "Key".into(),
            help: String::new(),
            optional,
            check: Some("^sk-[a-z]+$".into()),
        };
        let judge = |answer: Option<Option<&str>>, optional, is_set| {
            let answers = answer.map(|it| ("KEY".to_owned(), it.map(str::to_owned)));
            change(&secret(optional), &Answers(answers.into_iter().collect()), is_set)
        };
        let set = || Ok(Change::Set("sk-a".into()));
        for (answer, optional, is_set, expected) in [
            (Some(Some(" sk-a\n")), false, false, set()),
            (Some(Some("sk-a")), true, true, set()),
            (Some(Some("sk-1")), true, true, Err(Problem::Malformed)),
            (Some(Some(" ")), false, false, Err(Problem::Missing)),
            (Some(Some(" ")), false, true, Ok(Change::Keep)),
            (None, false, false, Err(Problem::Missing)),
            (None, true, false, Ok(Change::Keep)),
            (Some(None), false, true, Err(Problem::Missing)),
            (Some(None), true, true, Ok(Change::Remove)),
        ] {
            assert_eq!(judge(answer, optional, is_set), expected, "{answer:?} {optional} {is_set}");
        }
    }
}
