//! What compiled code that no wheel answers for asks of a recipient's system: the author's own.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::Target;
use waterskin_project::ProjectFiles;

use super::{Elf, Glibc};
use crate::runtime::of_the_system;
use crate::wheels::allowance::left_out;
use crate::wheels::manylinux::{WHEEL_GLIBC, minimum_glibc};

/// Libraries that each system with windows has, beside the C library and the compilers' own (PEP 600,
/// by the policies of auditwheel).
const THERE: [&str; 14] = [
    "libX11.so.6",
    "libXext.so.6",
    "libXrender.so.1",
    "libICE.so.6",
    "libSM.so.6",
    "libGL.so.1",
    "libgobject-2.0.so.0",
    "libgthread-2.0.so.0",
    "libglib-2.0.so.0",
    "libz.so.1",
    "libexpat.so.1",
    "libatomic.so.1",
    "libnsl.so.1",
    "libutil.so.1",
];

/// What some compiled files ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Native {
    /// The newest GNU C library that one of them asks for, and which one.
    newest: Option<(Glibc, Utf8PathBuf)>,
    /// Libraries that neither these files nor every system have, each with the first that needs it.
    missing: BTreeMap<String, Utf8PathBuf>,
}

impl Native {
    /// Whether a file may be compiled code, by its name.
    pub fn may_be(path: &Utf8Path) -> bool {
        let name = path.file_name().unwrap_or_default();
        name.ends_with(".so") || name.contains(".so.") || !name.contains('.')
    }

    /// That of the project's files that are for this system. Files that can't be read ask for nothing.
    pub fn of_project(root: &Utf8Path, files: &ProjectFiles, target: &Target) -> Self {
        let files = files.files.iter().filter(|file| file.link.is_none() && file.bytes > 4);
        let files = files.filter(|file| Self::may_be(&file.path));
        Self::of(
            files.filter_map(|file| {
                let path = file.from.clone().unwrap_or_else(|| root.join(&file.path));
                Some((file.path.as_path(), Elf::read(&path).ok()?))
            }),
            target,
        )
    }

    /// That of these files.
    pub fn of<'f>(files: impl Iterator<Item = (&'f Utf8Path, Elf)>, target: &Target) -> Self {
        let mut made = Self::default();
        let mut names = BTreeSet::new();
        let mut needed: Vec<(String, &Utf8Path)> = Vec::new();
        let is_for = |elf: &Elf| elf.kind.is_for(target.triple());
        let gnu = target.triple().contains("-linux-gnu");
        for (path, elf) in files.filter(|(_, elf)| gnu && is_for(elf)) {
            names.extend(path.file_name());
            needed.extend(elf.needed.into_iter().map(|library| (library, path)));
            if let Some(glibc) = elf.glibc
                && made.newest.as_ref().is_none_or(|(known, _)| glibc > *known)
            {
                made.newest = Some((glibc, path.to_owned()));
            }
        }
        for (library, path) in needed {
            let there = of_the_system(&library) || THERE.contains(&library.as_str());
            if !(there || names.contains(library.as_str())) {
                made.missing.entry(library).or_insert_with(|| path.to_owned());
            }
        }
        made
    }

    /// The GNU C library, such as `2.35`; empty for none.
    pub fn glibc(&self) -> String {
        self.newest.as_ref().map(|(glibc, _)| glibc.to_string()).unwrap_or_default()
    }

    /// What the author should know.
    pub fn notes(&self, target: &Target) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some((glibc, path)) = &self.newest
            && minimum_glibc(target, &[]) != minimum_glibc(target, &[&glibc.to_string()])
        {
            let version = glibc.to_string();
            let parse = |part: Option<&str>| part.and_then(|part| part.parse().ok());
            let mut parts = version.split('.');
            let asked = (parse(parts.next()), parse(parts.next()));
            let (Some(major), Some(minor)) = asked else { return notes };
            debug_assert!((major, minor) > WHEEL_GLIBC);
            notes.push(format!(
                "`{path}` is compiled for glibc {version} and newer: {}",
                left_out((major, minor))
            ));
        }
        notes.extend(self.missing.iter().map(|(library, path)| {
            format!(
                "`{path}` needs `{library}`, which a recipient's system may not have: put it beside (`auditwheel repair` does that for a wheel), or name its package in `packages.txt`"
            )
        }));
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_compiled_is_read() {
        for (path, may) in [
            ("a/fast.cpython-311-x86_64-linux-gnu.so", true),
            ("libx.so.3", true),
            ("bin/tool", true),
            ("a.py", false),
            ("data.csv", false),
        ] {
            assert_eq!(Native::may_be(path.into()), may, "{path}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_programs_of_this_system_ask_for() {
        let host = Target::host();
        let shell = fs_err::read(std::env::current_exe().unwrap()).unwrap();
        let path = Utf8Path::new("lib/tool");
        let file = |content: &[u8]| Elf::of(content).map(|elf| (path, elf));
        let made = Native::of(file(&shell).into_iter(), &host);
        assert!(!made.glibc().is_empty() && made.missing.is_empty(), "{made:?}");
        assert!(file(b"\x7fELF").is_none() && file(b"text").is_none() && file(b"").is_none());
        let other = Target::of("riscv64gc-unknown-linux-gnu");
        assert_eq!(Native::of(file(&shell).into_iter(), &other), Native::default());
        let newer = Native {
            newest: Some((Glibc::new(2, 35), "lib/fast.so".into())),
            missing: BTreeMap::from([("libgsl.so.27".to_owned(), "lib/fast.so".into())]),
        };
        let linux = Target::of("x86_64-unknown-linux-gnu");
        let notes = newer.notes(&linux);
        assert_eq!(
            notes[0],
            "`lib/fast.so` is compiled for glibc 2.35 and newer: that leaves out RHEL 8, Debian 11, Ubuntu 20.04, RHEL 9 and older systems"
        );
        assert!(notes[1].starts_with("`lib/fast.so` needs `libgsl.so.27`, which"), "{notes:?}");
        let usual =
            Native { newest: Some((Glibc::new(2, 17), path.to_owned())), ..Native::default() };
        assert_eq!(usual.notes(&linux), [""; 0]);
    }
}
