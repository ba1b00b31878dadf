/// A version as the four numbers that the head of a program has (`VS_FIXEDFILEINFO`): those that the
/// author's version begins with, each at most 65535, and 0 for what is not there. What comes behind
/// them, as in `1.0rc1`, is left out: only the text of the version says it.
pub(crate) fn numbers(version: &str) -> [u16; 4] {
    let version = version.trim().trim_start_matches(['v', 'V']);
    let mut numbers = [0; 4];
    for (number, part) in numbers.iter_mut().zip(version.split('.')) {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits == 0 {
            break;
        }
        // More digits than a number has are more than it can be.
        *number = part[..digits].parse().unwrap_or(u16::MAX);
        if digits < part.len() {
            break;
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_authors_write() {
        for (version, expected) in [
            ("1.2.3", [1, 2, 3, 0]),
            ("v2026.11.23", [2026, 11, 23, 0]),
            ("1.0rc1", [1, 0, 0, 0]),
            ("1.2.3.4.5", [1, 2, 3, 4]),
            ("1.20261123", [1, 65535, 0, 0]),
            ("1.0-beta.2", [1, 0, 0, 0]),
            ("", [0; 4]),
            ("main", [0; 4]),
            ("1..2é", [1, 0, 0, 0]),
        ] {
            assert_eq!(numbers(version), expected, "{version}");
        }
    }
}
