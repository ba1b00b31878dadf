use std::collections::BTreeSet;

use camino::Utf8Path;
use object::elf::{DT_NEEDED, FileHeader64};
use object::read::elf::{Dyn as _, FileHeader as _};
use object::{Endianness, read};

use super::TrimError;

/// The names of the libraries that the programs and libraries of a tree ask for.
pub(super) struct Libraries {
    needed: BTreeSet<String>,
}

impl Libraries {
    /// Reads every ELF file among `paths`, which are relative to `root`. Files of other forms ask
    /// for nothing that is called `.so`.
    pub fn read<'p>(
        root: &Utf8Path,
        paths: impl Iterator<Item = &'p Utf8Path>,
    ) -> Result<Self, TrimError> {
        let mut needed = BTreeSet::new();
        for path in paths.filter(|path| is_library(path)) {
            let path = root.join(path);
            let content = fs_err::read(&path).map_err(|source| TrimError::File {
                action: "read",
                path: path.clone(),
                source,
            })?;
            needed.extend(needed_by(&content).unwrap_or_default());
        }
        Ok(Self { needed })
    }

    /// Whether anything asks for the library by its file name.
    pub fn needs(&self, path: &Utf8Path) -> bool {
        path.file_name().is_some_and(|name| self.needed.contains(name))
    }
}

fn is_library(path: &Utf8Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.ends_with(".so") || name.contains(".so.")
}

/// The names in the `DT_NEEDED` entries (ELF gABI, dynamic section). `None` for what is no ELF
/// file of 64 bits.
fn needed_by(content: &[u8]) -> Option<Vec<String>> {
    let header = FileHeader64::<Endianness>::parse(content).ok()?;
    let endian = header.endian().ok()?;
    let sections = header.sections(endian, content).ok()?;
    let (entries, strings) = sections.dynamic(endian, content).ok()??;
    let strings: read::StringTable<'_> = sections.strings(endian, content, strings).ok()?;
    let names = entries.iter().filter(|entry| entry.tag32(endian) == Some(DT_NEEDED));
    let text = |entry: &object::elf::Dyn64<Endianness>| {
        let name = strings.get(u32::try_from(entry.d_val(endian)).ok()?).ok()?;
        Some(String::from_utf8_lossy(name).into_owned())
    };
    Some(names.filter_map(text).collect())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_very_program_needs_the_c_library() {
        let program = std::env::current_exe().unwrap();
        let needed = needed_by(&std::fs::read(program).unwrap()).unwrap();
        assert!(needed.iter().any(|name| name.starts_with("libc.so")), "{needed:?}");
        assert_eq!(needed_by(b"no ELF at all"), None);
    }
}
