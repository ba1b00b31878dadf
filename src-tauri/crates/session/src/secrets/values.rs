use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::form::Change;

/// What stands in a text in place of a secret.
const MASK: &str = "•••";

/// Shorter values are not masked: they would take half of a text with them.
const LEAST_MASKED: usize = 6;

/// Secrets with their values, by key. Its `Debug` form has the keys alone.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SecretValues(BTreeMap<String, String>);

impl SecretValues {
    /// Whether there is one under this key.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// The values after these changes.
    pub(super) fn after(mut self, changes: &[(&str, Change)]) -> Self {
        for (key, change) in changes {
            match change {
                Change::Keep => {}
                Change::Remove => {
                    self.0.remove(*key);
                }
                Change::Set(value) => {
                    self.0.insert((*key).to_owned(), value.clone());
                }
            }
        }
        self
    }

    /// A text in which no value can be read.
    pub fn masked(&self, text: &str) -> String {
        let mut values: Vec<&String> =
            self.0.values().filter(|value| value.len() >= LEAST_MASKED).collect();
        // One value may be a part of another.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.iter().fold(text.to_owned(), |text, value| text.replace(value.as_str(), MASK))
    }
}

impl FromIterator<(String, String)> for SecretValues {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl fmt::Debug for SecretValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::SecretValues;

    #[test]
    fn no_value_can_be_read() {
        let values: SecretValues = [("A", "sk-abc"), ("B", "sk-abcdef"), ("C", "a")]
            .map(|(a, b)| (a.into(), b.into()))
            .into_iter()
            .collect();
        assert_eq!(values.masked("sk-abcdef, sk-abc and a"), "•••, ••• and a");
        assert_eq!(format!("{values:?}"), r#"{"A", "B", "C"}"#);
    }
}
