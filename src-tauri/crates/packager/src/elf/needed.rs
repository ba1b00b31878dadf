use std::io::{self, Seek as _, SeekFrom, Write as _};

use camino::Utf8Path;
use object::elf::{DT_NEEDED, DT_NULL, Dyn64, FileHeader64, SHT_DYNAMIC};
use object::read::elf::{Dyn as _, FileHeader as _, SectionHeader as _};
use object::{Endianness, pod};

use super::{ElfError, read, rewrite};

/// Has the ELF file at `path` ask no more for the library with this name. `false` when it did not, or
/// can't be read.
//
// In place, so that not a byte moves. `object-rewrite` 0.1.1 writes the whole file anew instead: it
// refuses libraries as `patchelf` leaves them (of numpy's wheel, OpenBLAS: "Unaligned sh_offset"),
// and those that it takes become longer.
pub(crate) fn remove_library(path: &Utf8Path, name: &str) -> Result<bool, ElfError> {
    let Some((at, table)) = table_without(path, name)? else { return Ok(false) };
    rewrite(path, |from, to| {
        io::copy(from, to)?;
        to.seek(SeekFrom::Start(at))?;
        to.write_all(&table)
    })?;
    Ok(true)
}

/// The file's dynamic section without the library, and where it is.
fn table_without(path: &Utf8Path, name: &str) -> Result<Option<(u64, Vec<u8>)>, ElfError> {
    let data = &read::open(path)?;
    let without = || {
        let header = FileHeader64::<Endianness>::parse(data).ok()?;
        let endian = header.endian().ok()?;
        let sections = header.sections(endian, data).ok()?;
        let section = sections.iter().find(|it| it.sh_type(endian) == SHT_DYNAMIC)?;
        let (entries, index) = section.dynamic(endian, data).ok()??;
        let strings = read::strings(&sections, endian, data, index).ok()?;
        let names_it = |entry: &Dyn64<Endianness>| {
            entry.tag32(endian) == Some(DT_NEEDED)
                && entry.string(endian, strings).is_ok_and(|it| it == name.as_bytes())
        };
        let end = entries.iter().position(|entry| entry.tag32(endian) == Some(DT_NULL));
        let (used, rest) = entries.split_at(end.unwrap_or(entries.len()));
        let mut kept: Vec<Dyn64<Endianness>> =
            used.iter().filter(|it| !names_it(it)).copied().collect();
        let removed = used.len() - kept.len();
        if removed == 0 {
            return None;
        }
        // The table keeps its length; it ends with the first entry of zeros (gABI).
        kept.extend(std::iter::repeat_n(
            Dyn64 {
                d_tag: object::U64::new(endian, u64::from(DT_NULL)),
                d_val: object::U64::new(endian, 0),
            },
            removed,
        ));
        kept.extend_from_slice(rest);
        Some((section.sh_offset(endian), pod::bytes_of_slice(&kept).to_vec()))
    };
    Ok(without())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use camino::Utf8PathBuf;

    use super::*;
    use crate::elf::Symbols;

    #[test]
    fn this_very_program_needs_the_c_library_and_can_forget_it() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let program = folder.join("program é");
        fs_err::copy(std::env::current_exe().unwrap(), &program).unwrap();
        // As it lies in an installer's cache, which must stay as it is.
        let linked: Utf8PathBuf = folder.join("linked");
        fs_err::hard_link(&program, &linked).unwrap();
        let found = Symbols::read(&program).unwrap().unwrap();
        let libc = found.needed.iter().find(|name| name.starts_with("libc.so")).unwrap();
        assert!(found.versioned.contains(libc) && !found.undefined.is_empty());
        assert!(remove_library(&program, libc).unwrap());
        let length = |path: &Utf8Path| fs_err::metadata(path).unwrap().len();
        assert_eq!(length(&program), length(&linked));
        let after = Symbols::read(&program).unwrap().unwrap();
        assert!(!after.needed.contains(libc));
        assert_eq!(after.needed.len() + 1, found.needed.len());
        assert_eq!(after.undefined, found.undefined);
        assert!(!remove_library(&program, libc).unwrap());
        assert!(Symbols::read(&linked).unwrap().unwrap().needed.contains(libc));
        fs_err::write(&program, "no ELF at all").unwrap();
        assert!(Symbols::read(&program).unwrap().is_none());
        assert!(!remove_library(&program, libc).unwrap());
    }
}
