//! The GNU C library that wheels for Linux may ask for (PEP 600).

use waterskin_bundle::Target;

/// What the major distributions of 2019 and later have, and what nearly every distribution publishes
/// wheels for.
pub(crate) const WHEEL_GLIBC: (u32, u32) = (2, 28);

/// What uv calls a target in `--python-platform`, where wheels may ask for this GNU C library.
pub(crate) fn uv_platform(target: &Target, (major, minor): (u32, u32)) -> String {
    match target.triple().strip_suffix("-unknown-linux-gnu") {
        Some(architecture) => format!("{architecture}-manylinux_{major}_{minor}"),
        None => target.triple().to_owned(),
    }
}

/// The least GNU C library for a payload whose interpreter and packages ask for `asked` (such as
/// `2.36`, or nothing): the greatest of these, and what any wheel may ask for.
pub(crate) fn minimum_glibc(target: &Target, asked: &[&str]) -> String {
    if !target.triple().ends_with("-linux-gnu") {
        return String::new();
    }
    let parse = |text: &str| {
        let (major, minor) = text.split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    };
    let asked = asked.iter().filter_map(|text| parse(text));
    let (major, minor) = asked.fold(WHEEL_GLIBC, Ord::max);
    format!("{major}.{minor}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_and_the_least_c_library() {
        let linux = Target::of("x86_64-unknown-linux-gnu");
        assert_eq!(uv_platform(&linux, WHEEL_GLIBC), "x86_64-manylinux_2_28");
        for (runtime, least) in [("2.17", "2.28"), ("2.36", "2.36"), ("2.9", "2.28"), ("", "2.28")]
        {
            assert_eq!(minimum_glibc(&linux, &["", runtime]), least);
        }
        let windows = Target::of("x86_64-pc-windows-msvc");
        assert_eq!(uv_platform(&windows, (2, 34)), "x86_64-pc-windows-msvc");
        assert_eq!(minimum_glibc(&windows, &["2.36"]), "");
    }
}
