use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use waterskin_project::normalized;

use crate::wheels::manylinux::WHEEL_GLIBC;
use crate::wheels::uv::Trouble;

/// The newest GNU C library that uv knows wheels for (0.13).
const NEWEST_GLIBC: (u32, u32) = (2, 40);
/// The first after [`WHEEL_GLIBC`] that uv knows.
const NEXT_GLIBC: (u32, u32) = (2, 31);

/// What a set of packages may be made of, beside ready-made packages for the usual systems. It grows
/// by what a package turns out not to be without.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Allowance {
    /// The GNU C library that wheels may ask for.
    pub glibc: (u32, u32),
    /// The package that asked for it.
    pub glibc_for: Option<String>,
    /// Packages that come as source only and are built, by their normalized names.
    pub built: BTreeSet<String>,
    /// Those of them that the list itself names as sources.
    pub named: BTreeSet<String>,
    /// Packages of other systems, of which nothing is installed.
    pub foreign: BTreeSet<String>,
    /// Whether the lock beside the list is passed over, since it does not fit it.
    pub unpinned: bool,
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            glibc: WHEEL_GLIBC,
            glibc_for: None,
            built: BTreeSet::new(),
            named: BTreeSet::new(),
            foreign: BTreeSet::new(),
            unpinned: false,
        }
    }
}

impl Allowance {
    /// What there is to begin with, where the list itself names these packages as sources.
    pub fn naming(sources: BTreeSet<String>) -> Self {
        Self { built: sources.clone(), named: sources, ..Self::default() }
    }

    /// What to allow next, after this trouble. `None` where nothing more would help, or nothing may
    /// be built.
    pub fn after(&self, trouble: &Trouble, may_build: bool) -> Option<Self> {
        let mut next = self.clone();
        match trouble {
            Trouble::NewerSystem { package, glibc } => {
                let further = if self.glibc < NEXT_GLIBC {
                    NEXT_GLIBC
                } else {
                    (self.glibc.0, self.glibc.1 + 1)
                };
                // Not at once what the newest version asks for: an older one may ask for less.
                let offered = glibc.iter().max().is_some_and(|newest| *newest >= further);
                if !offered || further > NEWEST_GLIBC {
                    return None;
                }
                next.glibc = further;
                next.glibc_for.clone_from(package);
            }
            Trouble::SourceOnly { package: Some(package), .. } if may_build => {
                if !next.built.insert(normalized(package)) {
                    return None;
                }
            }
            _ => return None,
        }
        Some(next)
    }

    /// What the author should know of it.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.foreign.is_empty() {
            let names: Vec<String> = self.foreign.iter().map(|name| format!("`{name}`")).collect();
            notes.push(format!(
                "{} not installed: there are ready-made packages for other systems alone, and nothing of the app imports {}",
                match &names[..] {
                    [one] => format!("{one} is"),
                    several => format!("{} are", several.join(", ")),
                },
                if names.len() == 1 { "it" } else { "them" }
            ));
        }
        // The plan has the others.
        let built = self.built.difference(&self.named);
        let names: Vec<String> = built.map(|name| format!("`{name}`")).collect();
        if !names.is_empty() {
            notes.push(format!(
                "{} published as source only: built here, by code of its own",
                match &names[..] {
                    [one] => format!("{one} is"),
                    several => format!("{} are", several.join(", ")),
                }
            ));
        }
        if self.glibc > WHEEL_GLIBC {
            let package = self.glibc_for.as_deref().map(|package| format!("`{package}`"));
            notes.push(needs_newer(package.as_deref().unwrap_or("a package"), self.glibc));
        }
        notes
    }
}

/// Systems and their GNU C library, in the order of the library.
const SYSTEMS: [((u32, u32), &str); 9] = [
    ((2, 28), "RHEL 8"),
    ((2, 31), "Debian 11"),
    ((2, 31), "Ubuntu 20.04"),
    ((2, 34), "RHEL 9"),
    ((2, 35), "Ubuntu 22.04"),
    ((2, 36), "Debian 12"),
    ((2, 39), "Ubuntu 24.04"),
    ((2, 39), "RHEL 10"),
    ((2, 41), "Debian 13"),
];

/// What the author should know of a package without wheels for usual systems.
pub(crate) fn needs_newer(what: &str, glibc: (u32, u32)) -> String {
    let (major, minor) = glibc;
    format!(
        "{what} has no wheel for a C library older than glibc {major}.{minor}: {}",
        left_out(glibc)
    )
}

/// Which of the well-known systems are too old for this GNU C library.
pub(crate) fn left_out(glibc: (u32, u32)) -> String {
    let old = SYSTEMS.iter().filter(|(has, _)| *has < glibc).map(|(_, name)| *name);
    let old: Vec<&str> = old.collect();
    format!("that leaves out {} and older systems", old.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn newer(glibc: &[(u32, u32)]) -> Trouble {
        Trouble::NewerSystem { package: Some("x".into()), glibc: glibc.to_vec() }
    }

    #[test]
    fn the_c_library_grows_step_by_step_to_what_is_offered() {
        let mut allowed = Allowance::default();
        let mut seen = Vec::new();
        while let Some(next) = allowed.after(&newer(&[(2, 34)]), false) {
            seen.push(next.glibc);
            allowed = next;
        }
        assert_eq!(seen, [(2, 31), (2, 32), (2, 33), (2, 34)]);
        let notes = allowed.notes();
        assert_eq!(
            notes,
            [
                "`x` has no wheel for a C library older than glibc 2.34: that leaves out RHEL 8, Debian 11, Ubuntu 20.04 and older systems"
            ]
        );
        for nothing in [&[][..], &[(2, 17)], &[(2, 28)]] {
            assert_eq!(Allowance::default().after(&newer(nothing), true), None);
        }
        let newest = Allowance { glibc: NEWEST_GLIBC, ..Allowance::default() };
        assert_eq!(newest.after(&newer(&[(2, 43)]), true), None, "uv knows none");
    }

    #[test]
    fn a_package_is_built_once_and_only_where_that_is_allowed() {
        let trouble = Trouble::SourceOnly { package: Some("Py_Thing".into()), range: None };
        let allowed = Allowance::default();
        assert_eq!(allowed.after(&trouble, false), None);
        let built = allowed.after(&trouble, true).unwrap();
        assert!(built.built.contains("py-thing"));
        assert_eq!(built.after(&trouble, true), None, "it did not help");
        assert!(built.notes()[0].starts_with("`py-thing` is published as source only"));
        let wheel = Trouble::NoWheel { package: Some("x".into()) };
        assert_eq!(allowed.after(&wheel, true), None, "what has wheels elsewhere is compiled");
    }
}
