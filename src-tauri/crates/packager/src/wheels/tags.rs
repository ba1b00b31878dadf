//! What installed wheels say of the systems that they are for (`WHEEL`, PEP 427).

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_project::normalized;

use crate::elf::{self, Glibc};

/// The folder of metadata of the distribution with this normalized name, in `site_packages`.
pub(crate) fn dist_info(site_packages: &Utf8Path, name: &str) -> Option<Utf8PathBuf> {
    let is_named = |folder: &Utf8PathBuf| {
        let stem = folder.file_name().and_then(|it| it.strip_suffix(".dist-info"));
        let of = stem.and_then(|stem| stem.split_once('-')).map(|(name, _)| normalized(name));
        of.as_deref() == Some(name)
    };
    dist_infos(site_packages).into_iter().find(is_named)
}

/// Whether what is installed from `dist_info` is for any platform.
pub(crate) fn is_for_any_platform(dist_info: &Utf8Path) -> bool {
    let tags = tags(dist_info);
    !tags.is_empty() && tags.iter().all(|tag| tag.ends_with("-none-any"))
}

/// The GNU C library that the wheels in `site_packages` ask for: by their tags, and where a wheel
/// was never checked for that (`linux_x86_64`, `any`), by its symbols.
pub(crate) fn minimum_glibc(site_packages: &Utf8Path) -> Option<(u32, u32)> {
    let of_wheel = |dist_info: &Utf8PathBuf| {
        let tags = tags(dist_info);
        let platforms = tags.iter().filter_map(|tag| tag.rsplit('-').next());
        let asked = platforms.clone().filter_map(glibc_of).min();
        // Compiled code in a wheel that says nothing of it is the author's own, most often.
        let unchecked = platforms.clone().any(|it| it.starts_with("linux_") || it == "any");
        if unchecked { of_symbols(site_packages, dist_info).or(asked) } else { asked }
    };
    dist_infos(site_packages).iter().filter_map(of_wheel).max()
}

/// `manylinux_2_34_x86_64` (PEP 600), and the names that were there before.
pub(crate) fn glibc_of(platform: &str) -> Option<(u32, u32)> {
    const OLD: [(&str, (u32, u32)); 3] =
        [("manylinux1_", (2, 5)), ("manylinux2010_", (2, 12)), ("manylinux2014_", (2, 17))];
    if let Some((_, glibc)) = OLD.iter().find(|(name, _)| platform.starts_with(name)) {
        return Some(*glibc);
    }
    let mut parts = platform.strip_prefix("manylinux_")?.split('_').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}

fn of_symbols(site_packages: &Utf8Path, dist_info: &Utf8Path) -> Option<(u32, u32)> {
    let record = fs_err::read_to_string(dist_info.join("RECORD")).ok()?;
    let files = record.lines().filter_map(|line| line.split(',').next());
    let files = files.filter(|file| file.contains(".so")).map(|file| site_packages.join(file));
    let asked = files.filter(|file| elf::is_elf(file).is_ok_and(|it| it));
    let newest: Option<Glibc> = asked.filter_map(|file| elf::Elf::read(&file).ok()?.glibc).max();
    let text = newest?.to_string();
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn dist_infos(site_packages: &Utf8Path) -> Vec<Utf8PathBuf> {
    let entries = site_packages.read_dir_utf8().into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_name().ends_with(".dist-info"));
    let mut folders: Vec<Utf8PathBuf> = folders.map(camino::Utf8DirEntry::into_path).collect();
    folders.sort();
    folders
}

fn tags(dist_info: &Utf8Path) -> Vec<String> {
    let text = fs_err::read_to_string(dist_info.join("WHEEL")).unwrap_or_default();
    let tags = text.lines().filter_map(|line| line.strip_prefix("Tag:"));
    tags.map(|tag| tag.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wheels_say_which_systems_they_are_for() {
        let dir = tempfile::tempdir().unwrap();
        let tree = Utf8Path::from_path(dir.path()).unwrap();
        for (name, tags) in [
            ("Pure_Thing-1.0", &["py2-none-any", "py3-none-any"][..]),
            ("old-1.0", &["cp311-cp311-manylinux2014_x86_64", "cp311-cp311-manylinux_2_17_x86_64"]),
            (
                "both-1.0",
                &["cp311-cp311-manylinux_2_28_x86_64", "cp311-cp311-manylinux_2_34_x86_64"],
            ),
        ] {
            let folder = tree.join(format!("{name}.dist-info"));
            fs_err::create_dir(&folder).unwrap();
            let lines: String = tags.iter().map(|tag| format!("Tag: {tag}\n")).collect();
            fs_err::write(folder.join("WHEEL"), format!("Wheel-Version: 1.0\n{lines}")).unwrap();
        }
        assert_eq!(minimum_glibc(tree), Some((2, 28)), "any of its systems will do");
        let pure = dist_info(tree, "pure-thing").unwrap();
        assert!(is_for_any_platform(&pure));
        assert!(!is_for_any_platform(&dist_info(tree, "old").unwrap()));
        assert_eq!(dist_info(tree, "nothing"), None);
        assert!(!is_for_any_platform(tree), "what says nothing is not taken");
    }
}
