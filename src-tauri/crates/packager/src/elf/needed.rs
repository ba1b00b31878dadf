use object::elf::{DT_NEEDED, DT_NULL, Dyn64, FileHeader64};
use object::read::elf::{Dyn as _, FileHeader as _};
use object::{Endianness, pod};

/// The content of an ELF file that no longer asks for the library with this name. `None` when it
/// did not, or can't be read.
//
// In place, so that not a byte moves. `object-rewrite` 0.1.1 writes the whole file anew instead: it
// refuses libraries as `patchelf` leaves them (of numpy's wheel, OpenBLAS: "Unaligned sh_offset"),
// and those that it takes become longer.
pub(crate) fn without_library(content: &[u8], name: &str) -> Option<Vec<u8>> {
    let header = FileHeader64::<Endianness>::parse(content).ok()?;
    let endian = header.endian().ok()?;
    let sections = header.sections(endian, content).ok()?;
    let (entries, strings) = sections.dynamic(endian, content).ok()??;
    let strings = sections.strings(endian, content, strings).ok()?;
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
    let at = pod::bytes_of_slice(entries).as_ptr().addr() - content.as_ptr().addr();
    let table = pod::bytes_of_slice(&kept);
    let mut changed = content.to_vec();
    changed.get_mut(at..at + table.len())?.copy_from_slice(table);
    Some(changed)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::elf::Symbols;

    #[test]
    fn this_very_program_needs_the_c_library_and_can_forget_it() {
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let found = Symbols::of(&program).unwrap();
        let libc = found.needed.iter().find(|name| name.starts_with("libc.so")).unwrap();
        assert!(found.versioned.contains(libc) && !found.undefined.is_empty());
        let without = without_library(&program, libc).unwrap();
        assert_eq!(without.len(), program.len());
        let after = Symbols::of(&without).unwrap();
        assert!(!after.needed.contains(libc));
        assert_eq!(after.needed.len() + 1, found.needed.len());
        assert!(without_library(&without, libc).is_none());
        assert!(Symbols::of(b"no ELF at all").is_none());
    }
}
