use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;
use waterskin_bundle::Secret;

/// `[tool.waterskin.secrets.KEY]`: a secret that the app asks its user for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct SecretConfig {
    pub label: Option<String>,
    pub help: String,
    pub optional: bool,
    pub check: Option<String>,
}

/// The settings of a secret.
pub(crate) const SECRET_KEYS: &[&str] = &["label", "help", "optional", "check"];

/// Why a secret can't be asked for.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Its key is no name.
    #[error("the secret `{key}` can't be a variable")]
    Key {
        /// The key.
        key: String,
    },
    /// Its check is no regular expression.
    #[error("could not understand the `check` of the secret `{key}`")]
    Check {
        /// The key.
        key: String,
        /// Where and what is wrong.
        #[source]
        source: Box<regex::Error>,
    },
}

impl SecretError {
    /// What the author can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Key { .. } => "a key has letters of the English alphabet, digits and `_`, and begins with no digit; dots stand between the sections of `st.secrets`".to_owned(),
            Self::Check { .. } => "it is a regular expression that is found in every right value, such as `^sk-`".to_owned(),
        })
    }
}

/// The secrets as the manifest has them, in the author's order, in which the form asks for them.
pub(crate) fn asked(
    config: &BTreeMap<String, Spanned<SecretConfig>>,
) -> Result<Vec<Secret>, SecretError> {
    let secret = |(key, config): (&String, &Spanned<SecretConfig>)| {
        let config = config.get_ref();
        if !key.split('.').all(is_name) {
            return Err(SecretError::Key { key: key.clone() });
        }
        if let Some(Err(source)) = config.check.as_deref().map(regex::Regex::new) {
            return Err(SecretError::Check { key: key.clone(), source: Box::new(source) });
        }
        Ok(Secret {
            key: key.clone(),
            label: config.label.clone().unwrap_or_else(|| key.clone()),
            help: config.help.clone(),
            optional: config.optional,
            check: config.check.clone(),
        })
    };
    let mut config: Vec<_> = config.iter().collect();
    config.sort_by_key(|(_, config)| config.span().start);
    config.into_iter().map(secret).collect()
}

fn is_name(part: &str) -> bool {
    part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && part.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::{SecretConfig, SecretError, Spanned, asked};
    use crate::settings::config::Config;

    fn one(key: &str, check: Option<&str>) -> Result<String, SecretError> {
        let config = SecretConfig { check: check.map(str::to_owned), ..SecretConfig::default() };
        let secrets = asked(&[(key.to_owned(), Spanned::new(0..0, config))].into())?;
        Ok(secrets[0].label.clone())
    }

    #[test]
    fn keys_are_names_and_checks_are_patterns() {
        for key in ["OPENAI_API_KEY", "_a1", "auth.client_secret"] {
            assert_eq!(one(key, Some("^sk-[a-z]+$")).unwrap(), key);
        }
        for key in ["", "1A", "A-B", "A B", "é", "a.", ".a", "A=B", "PATH\n"] {
            assert!(matches!(one(key, None), Err(SecretError::Key { .. })), "{key:?}");
        }
        assert!(matches!(one("A", Some("(")), Err(SecretError::Check { .. })));
    }

    #[test]
    fn the_order_is_the_authors() {
        let text = "[secrets.B]\nlabel = \"1\"\n[secrets.\"a.z\"]\n[secrets]\nA = {}\n";
        let text = format!("{text}C = {{ label = \"4\" }}\n");
        let config: Config = toml::from_str(&text).unwrap();
        let keys: Vec<_> = asked(&config.secrets).unwrap().into_iter().map(|it| it.key).collect();
        assert_eq!(keys, ["B", "a.z", "A", "C"]);
    }
}
