use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A reverse-DNS id, such as `org.example.sales`: at least two parts of ASCII letters, digits,
/// `-` and `_`, none of which begins with a digit. This is what D-Bus names, macOS bundle
/// identifiers and AppStream components have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AppId(String);

/// The name of the system package and of its command: 2 to 64 lower-case ASCII letters, digits,
/// `+`, `-` and `.`, beginning with a letter (Debian Policy 5.6.1, a little narrower).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PackageName(String);

/// A text that is no id of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not a reverse-DNS id.
    #[error("`{text}` is not an app id such as `org.example.sales`")]
    AppId {
        /// The text.
        text: String,
    },
    /// Not a package name.
    #[error("`{text}` is not a package name: lower-case letters, digits, `+`, `-` and `.`")]
    PackageName {
        /// The text.
        text: String,
    },
}

impl FromStr for AppId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let part = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        };
        if text.len() <= 128 && text.contains('.') && text.split('.').all(part) {
            return Ok(Self(text.to_owned()));
        }
        Err(IdError::AppId { text: text.to_owned() })
    }
}

impl FromStr for PackageName {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c);
        let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
        if begins && (2..=64).contains(&text.len()) && text.chars().all(good) {
            return Ok(Self(text.to_owned()));
        }
        Err(IdError::PackageName { text: text.to_owned() })
    }
}

macro_rules! text_type {
    ($name:ident) => {
        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

text_type!(AppId);
text_type!(PackageName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn app_ids() {
        for good in ["org.example.sales", "a.b", "org.example.my-app_2"] {
            assert!(good.parse::<AppId>().is_ok(), "{good}");
        }
        for bad in ["", "sales", "org..x", ".a.b", "org.2x", "org.é", "a.b/../c", "a.b c"] {
            assert!(bad.parse::<AppId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn package_names() {
        for good in ["hello", "csv-explorer", "g++", "a1"] {
            assert!(good.parse::<PackageName>().is_ok(), "{good}");
        }
        for bad in ["", "a", "-a", "1a", "Hello", "a b", "é", "a/b", "a\nb"] {
            assert!(bad.parse::<PackageName>().is_err(), "{bad}");
        }
    }
}
