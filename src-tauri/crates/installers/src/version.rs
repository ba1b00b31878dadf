/// A version as packages of Debian (Policy 5.6.12) and of RPM (rpm-version(7)) have it: it begins with a digit, has only ASCII letters,
/// digits, `.`, `+` and `~`, and sorts as the author's does.
///
/// What comes before a release (`1.0rc1`, `1.0-beta.2`, `1.0.dev3`) gets a `~`, which sorts before
/// the end of a version; a development release gets two, since it comes before everything
/// (PEP 440). A hyphen would begin the package's own revision, so it becomes `+`.
pub(crate) fn of_package(version: &str) -> String {
    let version = version.trim();
    let version = version.strip_prefix(['v', 'V']).unwrap_or(version);
    let mut result = String::new();
    let mut rest = version;
    while let Some(c) = rest.chars().next() {
        if let Some((mark, length)) = before_release(&result, rest) {
            result.truncate(result.trim_end_matches(['.', '+']).len());
            result.push_str(mark);
            // The separator before the word goes, the word stays.
            let separator = rest.len() - rest.trim_start_matches(['-', '_', '.']).len();
            result.push_str(&rest[separator..separator + length]);
            rest = &rest[separator + length..];
            continue;
        }
        match c {
            _ if c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '~') => result.push(c),
            '-' => result.push('+'),
            _ => result.push('.'),
        }
        rest = &rest[c.len_utf8()..];
    }
    if !result.starts_with(|c: char| c.is_ascii_digit()) {
        result.insert_str(0, "0+");
    }
    result.trim_end_matches(['.', '+']).to_owned()
}

/// Whether a word for something before a release begins here, with its mark and length.
fn before_release(done: &str, rest: &str) -> Option<(&'static str, usize)> {
    // Behind a `+` is a local label, where words mean nothing.
    if done.contains('+') || !done.ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let word = rest.trim_start_matches(['-', '_', '.']);
    let letters = word.len() - word.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
    let mark = match word[..letters].to_ascii_lowercase().as_str() {
        "dev" | "nightly" | "snapshot" => "~~",
        "a" | "b" | "c" | "rc" | "alpha" | "beta" | "pre" | "preview" | "canary" => "~",
        _ => return None,
    };
    Some((mark, letters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_authors_write() {
        for (version, expected) in [
            ("1.2", "1.2"),
            ("v1.2.3", "1.2.3"),
            ("1.0rc1", "1.0~rc1"),
            ("1.0-beta.2", "1.0~beta.2"),
            ("1.0.dev3", "1.0~~dev3"),
            ("1.0a1.dev2", "1.0~a1~~dev2"),
            ("1.0.post1", "1.0.post1"),
            ("1.0-1", "1.0+1"),
            ("1.0+build_7", "1.0+build.7"),
            ("1:2.0", "1.2.0"),
            ("2026.11.23", "2026.11.23"),
            ("é", "0+"),
            ("main", "0+main"),
            ("", "0"),
            ("1.0 final\n", "1.0.final"),
        ] {
            let expected = expected.trim_end_matches('+');
            assert_eq!(of_package(version), expected, "{version}");
        }
    }
}
