use std::collections::{BTreeMap, VecDeque};

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    RuntimeError,
    libraries::{Libraries, of_the_system},
};
use crate::elf::{self, Elf, Glibc, Kind};

/// Every library that some files need, directly or through others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Closure {
    /// The file on this machine for each name.
    pub libraries: BTreeMap<String, Utf8PathBuf>,
    /// Names that are nowhere, each with the first file that needs it.
    pub missing: BTreeMap<String, Utf8PathBuf>,
    /// The oldest C library that serves the files and all of the libraries.
    pub glibc: Option<Glibc>,
}

/// Follows `DT_NEEDED` from `roots`, without loading or running anything: `ldd` would run the
/// file's own loader. `also` names folders that the roots' program has in its search path.
pub(super) fn closure(
    roots: &[Utf8PathBuf],
    also: &[Utf8PathBuf],
    system: &Libraries,
) -> Result<Closure, RuntimeError> {
    let mut closure = Closure::default();
    let mut queue: VecDeque<Utf8PathBuf> = roots.iter().cloned().collect();
    while let Some(path) = queue.pop_front() {
        let file = Elf::read(&path)?;
        closure.glibc = closure.glibc.max(file.glibc);
        let origin = real_folder(&path)?;
        for name in &file.needed {
            if of_the_system(name)
                || closure.libraries.contains_key(name)
                || closure.missing.contains_key(name)
            {
                continue;
            }
            match first_of(file.kind, system.places(name, file.search_paths(&origin), also)) {
                Some(found) => {
                    queue.push_back(found.clone());
                    closure.libraries.insert(name.clone(), found);
                }
                None => {
                    closure.missing.insert(name.clone(), path.clone());
                }
            }
        }
    }
    Ok(closure)
}

/// The first place that holds a library of the same kind; the linker passes over others too.
fn first_of(kind: Kind, places: impl Iterator<Item = Utf8PathBuf>) -> Option<Utf8PathBuf> {
    places.into_iter().find(|place| {
        place.is_file()
            && elf::is_elf(place).unwrap_or(false)
            && Elf::read(place).is_ok_and(|library| library.kind == kind)
    })
}

/// `$ORIGIN` is the folder of the file itself, not of a link to it.
fn real_folder(path: &Utf8Path) -> Result<Utf8PathBuf, RuntimeError> {
    let real = path.canonicalize_utf8().map_err(RuntimeError::file("find", path))?;
    Ok(real.parent().map(Utf8Path::to_owned).unwrap_or_default())
}
