use std::path::{Path, PathBuf};

/// The longest file name in bytes that every file system of the day takes, less room for a number.
const LONGEST: usize = 240;

/// A name that is safe on every system: no folders, no control characters, nothing that Windows
/// reserves, no leading dot, and not too long.
pub fn clean(suggested: &str) -> String {
    let last = suggested.rsplit(['/', '\\']).next().unwrap_or_default();
    let forbidden = |c: char| c.is_control() || "<>:\"|?*".contains(c);
    let replaced: String = last.chars().map(|c| if forbidden(c) { '_' } else { c }).collect();
    let trimmed = replaced.trim_start_matches(['.', ' ']).trim_end_matches(['.', ' ']);
    let (stem, _) = split(trimmed);
    let reserved = ["con", "prn", "aux", "nul"].iter().any(|name| stem.eq_ignore_ascii_case(name))
        || (stem.len() == 4
            && stem.is_ascii()
            && ["com", "lpt"].iter().any(|name| stem[..3].eq_ignore_ascii_case(name))
            && stem.ends_with(|c: char| c.is_ascii_digit()));
    match trimmed {
        "" => "download".to_owned(),
        name if reserved => format!("_{name}"),
        name => shorten(name),
    }
}

fn shorten(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let (stem, extension) = split(name);
    let extension = if extension.len() > 20 { "" } else { extension };
    let mut end = LONGEST - extension.len();
    while !stem.is_char_boundary(end.min(stem.len())) {
        end -= 1;
    }
    format!("{}{extension}", &stem[..end.min(stem.len())])
}

/// The stem and the extension with its dot; `.tar.gz` stays whole.
fn split(name: &str) -> (&str, &str) {
    let dot = match name.strip_suffix(".gz") {
        Some(inner) if inner.ends_with(".tar") => Some(inner.len() - 4),
        _ => name.rfind('.'),
    };
    name.split_at(dot.filter(|dot| *dot > 0).unwrap_or(name.len()))
}

/// `name` in `folder`, or `name (1)` and so on when it is taken.
pub fn free(folder: &Path, name: &str, taken: impl Fn(&Path) -> bool) -> PathBuf {
    let (stem, extension) = split(name);
    let numbered = (1u32..).map(|n| folder.join(format!("{stem} ({n}){extension}")));
    std::iter::once(folder.join(name))
        .chain(numbered)
        .find(|path| !taken(path))
        .unwrap_or_else(|| folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_clean() {
        for (suggested, expected) in [
            ("a b é.csv", "a b é.csv"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\x.exe", "x.exe"),
            (".bashrc", "bashrc"),
            ("", "download"),
            ("...", "download"),
            ("a\nb:c?.txt", "a_b_c_.txt"),
            ("con.txt", "_con.txt"),
            ("COM1", "_COM1"),
            ("comé", "comé"),
        ] {
            assert_eq!(clean(suggested), expected, "{suggested:?}");
        }
    }

    #[test]
    fn long_names_keep_their_extension() {
        let long = format!("{}.csv", "é".repeat(300));
        let name = clean(&long);
        assert!(name.len() <= LONGEST && name.ends_with(".csv"), "{name}");
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let taken = ["/d/x.tar.gz", "/d/x (1).tar.gz"];
        let path =
            free(Path::new("/d"), "x.tar.gz", |path| taken.iter().any(|t| path == Path::new(t)));
        assert_eq!(path, Path::new("/d/x (2).tar.gz"));
    }
}
