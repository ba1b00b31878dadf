use std::fmt;

use subtle::ConstantTimeEq;

/// A random value that a request must show. Never printed by `Debug`.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    /// 256 bits of the system's randomness, as 64 hexadecimal digits.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(hex::encode(bytes)))
    }

    /// One that the app made.
    pub(crate) fn of(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// One that is no secret.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn known(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Compares in a time that depends on the length alone.
    pub(crate) fn matches(&self, offered: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(offered).into()
    }

    /// The text itself, to be sent to the one who may know it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn two_are_different_and_only_the_whole_matches() {
        let (one, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        assert_eq!(one.reveal().len(), 64);
        assert!(one.matches(one.reveal().as_bytes()));
        assert!(!one.matches(other.reveal().as_bytes()));
        assert!(!one.matches(&one.reveal().as_bytes()[..63]));
        assert!(!one.matches(b""));
        assert_eq!(format!("{one:?}"), "Secret(..)");
    }
}
