use std::fmt;

/// All versions of Streamlit that begin with the same two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    /// The first number.
    pub major: u64,
    /// The second one.
    pub minor: u64,
}

/// The oldest that the launcher can start.
pub const OLDEST: Series = Series::new(1, 40);

/// The newest that was tried.
pub const NEWEST: Series = Series::new(1, 67);

/// The versions that the tests run on: the oldest, one in the middle, the newest. `scripts/` read
/// this line too.
pub const TESTED: [&str; 3] = ["1.40.2", "1.52.2", "1.67.0"];

/// The oldest of them.
pub const OLDEST_TESTED: &str = TESTED[0];

/// The newest of them.
pub const NEWEST_TESTED: &str = TESTED[2];

/// The newest of them whose server is Tornado: 1.53 to 1.56 have both, and 1.57 has Starlette alone.
pub const TORNADO_TESTED: &str = TESTED[1];

impl Series {
    /// The series `major.minor`.
    pub const fn new(major: u64, minor: u64) -> Self {
        Self { major, minor }
    }

    /// That of a full version, such as `1.67.0`. `None` where it does not begin with two numbers.
    pub fn of(version: &str) -> Option<Self> {
        let (major, rest) = version.split_once('.')?;
        let minor = rest.split(|letter: char| !letter.is_ascii_digit()).next()?;
        Some(Self::new(major.parse().ok()?, minor.parse().ok()?))
    }
}

impl fmt::Display for Series {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

/// The requirement for an app that names no version (PEP 508).
pub fn requirement() -> String {
    let next = Series { minor: NEWEST.minor + 1, ..NEWEST };
    format!("streamlit>={OLDEST},<{next}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series() {
        assert_eq!(Series::of("1.67.0"), Some(NEWEST));
        assert_eq!(Series::of("1.68rc1"), Some(Series::new(1, 68)));
        assert_eq!(Series::of("2.0.0.dev1+x"), Some(Series::new(2, 0)));
        for none in ["", "1", "x.1", "1.x", "1."] {
            assert_eq!(Series::of(none), None, "{none}");
        }
        assert!(Series::new(1, 9) < OLDEST && OLDEST < NEWEST && NEWEST < Series::new(2, 0));
    }

    #[test]
    fn both_ends_are_tested() {
        let [oldest, middle, newest] = TESTED.map(|version| Series::of(version).unwrap());
        assert_eq!((oldest, newest), (OLDEST, NEWEST));
        assert!(oldest < middle && middle < Series::new(1, 53), "the last of Tornado alone");
        assert_eq!(requirement(), "streamlit>=1.40,<1.68");
    }
}
