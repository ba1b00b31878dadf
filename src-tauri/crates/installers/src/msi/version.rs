use crate::windows::numbers;

/// A version as Windows Installer compares it: three numbers, of which the first two are at most 255
/// and the last at most 65535 ("ProductVersion property").
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProductVersion {
    /// `major.minor.build`.
    pub text: String,
    /// Whether two versions of the author's may be one here, or come in another order.
    pub is_blurred: bool,
}

/// The last year of which the number of years since 2000 is one that Windows Installer takes.
const LAST_YEAR: u16 = 2255;

impl ProductVersion {
    /// An author's version. A year in front of it counts from 2000.
    pub fn of(version: &str) -> Self {
        let [first, second, third, fourth] = numbers(version);
        let major = match first {
            2000..=LAST_YEAR => first - 2000,
            other => other,
        };
        let text = format!("{}.{}.{third}", major.min(255), second.min(255));
        let plain = version.trim().trim_start_matches(['v', 'V']);
        let is_plain = plain.split('.').all(|part| {
            !part.is_empty() && part.len() < 6 && part.chars().all(|c| c.is_ascii_digit())
        });
        let holds = major <= 255 && second <= 255 && third < u16::MAX && fourth == 0;
        Self { text, is_blurred: !(is_plain && holds && plain.split('.').count() <= 3) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_authors_write() {
        for (version, text, is_blurred) in [
            ("1.2.3", "1.2.3", false),
            ("v1.2", "1.2.0", false),
            ("2026.11.23", "26.11.23", false),
            ("255.255.65534", "255.255.65534", false),
            ("1.0rc1", "1.0.0", true),
            ("1.2.3.4", "1.2.3", true),
            ("1.300", "1.255.0", true),
            ("20261123", "255.0.0", true),
            ("1.2.70000", "1.2.65535", true),
            ("", "0.0.0", true),
            ("main", "0.0.0", true),
        ] {
            let expected = ProductVersion { text: text.to_owned(), is_blurred };
            assert_eq!(ProductVersion::of(version), expected, "{version}");
        }
    }
}
