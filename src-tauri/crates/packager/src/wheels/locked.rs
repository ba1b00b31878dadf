//! Which systems the wheels of a lock leave out.

use std::collections::BTreeMap;

use waterskin_bundle::Target;
use waterskin_project::{LockedWheels, normalized};

use crate::wheels::allowance::needs_newer;
use crate::wheels::manylinux::WHEEL_GLIBC;
use crate::wheels::tags::glibc_of;

/// The least GNU C library that one of them does with, on this system and Python 3.`minor`.
/// `None` where none is for these.
fn least_glibc(wheels: &LockedWheels, target: &Target, minor: u8) -> Option<(u32, u32)> {
    let fit = wheels.files.iter().filter_map(|file| platforms(file, minor));
    let architecture = target.triple().split('-').next().unwrap_or_default();
    let of = |platform: &str| match platform {
        "any" => Some((0, 0)),
        platform if platform.ends_with(architecture) => glibc_of(platform),
        _ => None,
    };
    fit.flat_map(|platforms| platforms.split('.').filter_map(of).min()).min()
}

/// The platforms of a wheel, where it is for Python 3.`minor`.
fn platforms(file: &str, minor: u8) -> Option<&str> {
    let mut tags = file.strip_suffix(".whl")?.rsplitn(4, '-');
    let (platforms, abis, pythons) = (tags.next()?, tags.next()?, tags.next()?);
    let own = format!("cp3{minor}");
    let stable = abis.split('.').any(|abi| abi == "abi3");
    let fits = |python: &str| {
        let older = python.strip_prefix("cp3").and_then(|it| it.parse::<u8>().ok());
        let older = older.is_some_and(|it| it <= minor);
        python == own || python == "py3" || (stable && older)
    };
    let abi = abis.split('.').any(|abi| abi == own || abi == "none" || abi == "abi3");
    (abi && pythons.split('.').any(fits)).then_some(platforms)
}

/// What the author should know of packages whose wheels ask for a newer system than usual.
pub(crate) fn note(wheels: &[LockedWheels], target: &Target, minor: u8) -> Option<String> {
    let mut least: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for one in wheels {
        // Of a package that is there in several versions, nobody knows here which one counts.
        if let Some(glibc) = least_glibc(one, target, minor) {
            let known = least.entry(normalized(&one.name)).or_insert(glibc);
            *known = glibc.min(*known);
        }
    }
    let (name, glibc) = least.iter().max_by_key(|(_, glibc)| **glibc)?;
    (*glibc > WHEEL_GLIBC).then(|| needs_newer(&format!("`{name}`"), *glibc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wheels(name: &str, files: &[&str]) -> LockedWheels {
        let files = files.iter().map(|file| (*file).to_owned()).collect();
        LockedWheels { name: name.to_owned(), files }
    }

    #[test]
    fn a_lock_tells_which_systems_its_wheels_leave_out() {
        let linux = Target::of("x86_64-unknown-linux-gnu");
        let newer = "x-1-cp312-cp312-manylinux_2_34_x86_64.whl";
        for (files, glibc) in [
            (&[newer][..], Some((2, 34))),
            (
                &[newer, "x-1-cp311-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"],
                Some((2, 17)),
            ),
            (&[newer, "x-1-cp311-cp311-manylinux_2_17_x86_64.whl"], Some((2, 34))),
            (&[newer, "x-1-cp312-cp312-manylinux_2_17_aarch64.whl"], Some((2, 34))),
            (&[newer, "x-1-py3-none-any.whl"], Some((0, 0))),
            (&["x-1-cp312-cp312-win_amd64.whl", "x-1-cp312-cp312-musllinux_1_2_x86_64.whl"], None),
            (&["x-1-cp313-abi3-manylinux_2_34_x86_64.whl", "x.whl", ""], None),
        ] {
            assert_eq!(least_glibc(&wheels("x", files), &linux, 12), glibc, "{files:?}");
        }
        let mut all = vec![wheels("fine", &["fine-1-py3-none-any.whl"])];
        assert_eq!(note(&all, &linux, 12), None);
        all.push(wheels("X", &[newer]));
        let text = note(&all, &linux, 12).unwrap();
        assert!(
            text.starts_with(
                "`x` has no wheel for a C library older than glibc 2.34: that leaves out RHEL 8"
            ),
            "{text}"
        );
        // Another version of it, for another Python.
        all.push(wheels("x", &["x-0-cp312-cp312-manylinux2014_x86_64.whl"]));
        assert_eq!(note(&all, &linux, 12), None);
        assert_eq!(note(&all, &Target::of("x86_64-pc-windows-msvc"), 12), None);
    }
}
