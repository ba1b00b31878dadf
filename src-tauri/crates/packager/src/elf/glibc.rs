use std::{fmt, str::FromStr};

/// A version of the GNU C library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Glibc {
    major: u16,
    minor: u16,
}

impl Glibc {
    /// The version `major.minor`.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// The version that a symbol version asks for: `GLIBC_2.34` is 2.34. `GLIBC_PRIVATE` asks for
    /// none in particular.
    pub(super) fn of_symbol_version(name: &str) -> Option<Self> {
        match name.strip_prefix("GLIBC_")? {
            // Not a symbol's version but the mark of compact relative relocations, which 2.36
            // was the first to understand (glibc's NEWS for 2.36).
            "ABI_DT_RELR" => Some(Self::new(2, 36)),
            version => version.parse().ok(),
        }
    }
}

impl fmt::Display for Glibc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for Glibc {
    type Err = std::num::ParseIntError;

    /// Reads `2.34` and `2.2.5`, of which the last part says nothing that matters here.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('.');
        let mut number = || parts.next().unwrap_or_default().parse();
        Ok(Self { major: number()?, minor: number()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers_and_private_symbols_ask_for_nothing() {
        let of = Glibc::of_symbol_version;
        assert!(of("GLIBC_2.4") < of("GLIBC_2.34"));
        assert_eq!(of("GLIBC_2.2.5"), Some(Glibc::new(2, 2)));
        assert_eq!(of("GLIBC_ABI_DT_RELR"), Some(Glibc::new(2, 36)));
        assert_eq!(of("GLIBC_PRIVATE"), None);
        assert_eq!(of("GLIBCXX_3.4.30"), None);
    }
}
