use waterskin_bundle::PackageName;

/// What Debian has, by kind: see the head of the file.
const TABLE: &str = include_str!("debian-names.txt");

/// Why a package must not be called so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reserved {
    /// It would take the place of a package that every system has, as a newer version of it.
    System,
    /// Its command would be written over a program in `/bin` or `/sbin`.
    Program,
    /// Its files would be mixed with those of a folder in `/lib`.
    Folder,
}

impl Reserved {
    /// What has the name already.
    pub(crate) fn owner(self) -> &'static str {
        match self {
            Self::System => "is a package of the system itself",
            Self::Program => "is a program in `/bin` or `/sbin`",
            Self::Folder => "is a folder in `/lib`",
        }
    }
}

/// Whether a package of this name would damage a Debian system.
pub(crate) fn reserved(package: &PackageName) -> Option<Reserved> {
    let of = |kind| names(kind).any(|name| name == package.as_str());
    if of("system") {
        Some(Reserved::System)
    } else if of("program") {
        Some(Reserved::Program)
    } else {
        of("folder").then_some(Reserved::Folder)
    }
}

/// Whether Debian has an application of this name. It is found by a name that ends in `-app`.
pub(crate) fn is_app_of_debian(package: &str) -> bool {
    names("app").any(|name| name == package)
}

fn names(kind: &str) -> impl Iterator<Item = &'static str> {
    let lines = TABLE.lines().map(str::split_ascii_whitespace);
    lines.filter_map(move |mut line| (line.next() == Some(kind)).then_some(line)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_system_has_is_reserved() {
        for (name, kind) in [
            ("dash", Some(Reserved::System)),
            ("libc6", Some(Reserved::System)),
            ("awk", Some(Reserved::System)),
            ("systemd", Some(Reserved::System)),
            ("ls", Some(Reserved::Program)),
            ("fsck.ext4", Some(Reserved::Program)),
            ("terminfo", Some(Reserved::Folder)),
            ("system", None),
            ("app", None),
            ("hello", None),
            ("csv-explorer-app", None),
        ] {
            assert_eq!(reserved(&name.parse().unwrap()), kind, "{name}");
        }
        assert!(is_app_of_debian("rt-app") && !is_app_of_debian("dash"));
    }

    #[test]
    fn every_line_of_the_table_has_a_kind_and_names_that_a_package_can_have() {
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let (kind, names) = line.split_once(' ').unwrap();
            assert!(["app", "system", "program", "folder"].contains(&kind), "{line}");
            assert!(names.split(' ').all(|name| name.parse::<PackageName>().is_ok()), "{line}");
        }
    }
}
