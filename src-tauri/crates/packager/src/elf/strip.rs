//! Programs and libraries without what only a debugger reads.

use std::ops::Range;

use object::elf::{
    ET_DYN, ET_EXEC, FileHeader64, PT_LOAD, ProgramHeader64, SHF_ALLOC, SHT_NOBITS, SHT_NULL,
    SectionHeader64,
};
use object::read::elf::{FileHeader as _, ProgramHeader as _, SectionHeader as _};
use object::{Endianness, U32, U64, pod};

/// The content of an ELF file of 64 bits without its symbol table and debug information: without
/// what no segment holds. `None` for what would not become smaller, and for what is not understood
/// whole.
///
/// Whatever a program loads keeps its address, its bytes and its place within a page, so that this
/// is safe for files that `patchelf` changed too: GNU's `strip` breaks some of them. Sections that
/// are gone leave an empty entry in the table, since others are known by their number.
pub(crate) fn stripped(content: &[u8]) -> Option<Vec<u8>> {
    let file = Elf::read(content)?;
    let layout = Layout::of(&file)?;
    if !file.is_known_whole(&layout) {
        return None;
    }
    let output = file.write(&layout)?;
    (output.len() < content.len()).then_some(output)
}

/// A file and its tables.
struct Elf<'a> {
    content: &'a [u8],
    endian: Endianness,
    header: &'a FileHeader64<Endianness>,
    segments: &'a [ProgramHeader64<Endianness>],
    sections: &'a [SectionHeader64<Endianness>],
    /// The number of the section with the names of sections.
    names: usize,
}

/// The parts of a file that stay, in order, each with its place in the new file.
struct Layout {
    parts: Vec<(Range<u64>, u64)>,
}

impl<'a> Elf<'a> {
    fn read(content: &'a [u8]) -> Option<Self> {
        let header = FileHeader64::<Endianness>::parse(content).ok()?;
        let endian = header.endian().ok()?;
        let linked = [ET_DYN, ET_EXEC].contains(&header.e_type.get(endian));
        linked.then_some(Self {
            content,
            endian,
            header,
            segments: header.program_headers(endian, content).ok()?,
            sections: header.section_headers(endian, content).ok()?,
            names: header.shstrndx(endian, content).ok()? as usize,
        })
    }

    fn is_loaded(&self, section: &SectionHeader64<Endianness>) -> bool {
        section.sh_flags.get(self.endian) & u64::from(SHF_ALLOC) != 0
    }

    /// Where a section's bytes are; nowhere for `.bss` and its like.
    fn range(&self, section: &SectionHeader64<Endianness>) -> Range<u64> {
        let at = section.sh_offset.get(self.endian);
        match section.sh_type.get(self.endian) {
            SHT_NOBITS | SHT_NULL => at..at,
            _ => at..at.saturating_add(section.sh_size.get(self.endian)),
        }
    }

    /// Whether nothing is in the file but what the header's tables name: some programs carry data
    /// behind their end.
    fn is_known_whole(&self, layout: &Layout) -> bool {
        let table = self.header.e_shoff.get(self.endian);
        let mut known: Vec<Range<u64>> =
            layout.parts.iter().map(|(part, _)| part.clone()).collect();
        known.push(table..table + size_of_val(self.sections) as u64);
        known.extend(self.sections.iter().map(|section| self.range(section)));
        known.sort_by_key(|part| part.start);
        let length = self.content.len() as u64;
        let mut end = 0;
        known.into_iter().chain(std::iter::once(length..length)).all(|part| {
            let between = self.content.get(end as usize..part.start as usize).unwrap_or_default();
            end = end.max(part.end);
            // Padding: zeros, or what `patchelf` writes over what it moved.
            between.iter().all(|byte| matches!(byte, 0 | b'X' | b'Z'))
        })
    }

    fn write(&self, layout: &Layout) -> Option<Vec<u8>> {
        let endian = self.endian;
        let mut output = Vec::with_capacity(self.content.len());
        for (part, at) in &layout.parts {
            output.resize(*at as usize, 0);
            output.extend_from_slice(self.content.get(part.start as usize..part.end as usize)?);
        }
        let names_at = output.len() as u64;
        output.extend_from_slice(self.sections.get(self.names)?.data(endian, self.content).ok()?);
        output.resize(output.len().next_multiple_of(8), 0);

        let mut header = *self.header;
        header.e_phoff = U64::new(endian, layout.moved(header.e_phoff.get(endian)));
        header.e_shoff = U64::new(endian, output.len() as u64);
        let section = |(number, section): (usize, &SectionHeader64<Endianness>)| {
            let at = match number == self.names {
                true => names_at,
                false if self.is_loaded(section) => layout.moved(section.sh_offset.get(endian)),
                false => return empty(endian),
            };
            SectionHeader64 { sh_offset: U64::new(endian, at), ..*section }
        };
        let sections: Vec<_> = self.sections.iter().enumerate().map(section).collect();
        output.extend_from_slice(pod::bytes_of_slice(&sections));
        let segment = |segment: &ProgramHeader64<Endianness>| {
            let at = layout.moved(segment.p_offset.get(endian));
            ProgramHeader64 { p_offset: U64::new(endian, at), ..*segment }
        };
        let segments: Vec<_> = self.segments.iter().map(segment).collect();
        put(&mut output, 0, pod::bytes_of(&header))?;
        put(&mut output, header.e_phoff.get(endian), pod::bytes_of_slice(&segments))?;
        Some(output)
    }
}

impl Layout {
    fn of(file: &Elf<'_>) -> Option<Self> {
        let endian = file.endian;
        let table = file.header.e_phoff.get(endian);
        let mut parts = vec![
            0..u64::from(file.header.e_ehsize.get(endian)),
            table..table + size_of_val(file.segments) as u64,
        ];
        parts.extend(file.segments.iter().map(|segment| {
            let (at, size) = segment.file_range(endian);
            at..at.saturating_add(size)
        }));
        let loaded = file.sections.iter().filter(|section| file.is_loaded(section));
        parts.extend(loaded.map(|section| file.range(section)));
        parts.retain(|part| !part.is_empty());
        parts.sort_by_key(|part| part.start);

        let mut merged: Vec<Range<u64>> = Vec::new();
        for part in parts {
            match merged.last_mut() {
                Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
                _ => merged.push(part),
            }
        }
        let loads = file.segments.iter().filter(|it| it.p_type.get(endian) == PT_LOAD);
        // Offset and address agree within a page of this size (gABI, `p_align`).
        let page = loads.map(|it| it.p_align.get(endian)).max()?.max(4096);
        let mut end = 0;
        let place = |part: Range<u64>| {
            let at = end + (part.start % page + page - end % page) % page;
            end = at + (part.end - part.start);
            (part, at)
        };
        Some(Self { parts: merged.into_iter().map(place).collect() })
    }

    /// Where a place of the old file is in the new one; for a place between the parts, the end of
    /// the part before.
    fn moved(&self, offset: u64) -> u64 {
        let after = self.parts.partition_point(|(part, _)| part.start <= offset);
        match after.checked_sub(1).and_then(|index| self.parts.get(index)) {
            Some((part, at)) => at + (offset.min(part.end) - part.start),
            None => offset,
        }
    }
}

fn empty(endian: Endianness) -> SectionHeader64<Endianness> {
    let (short, long) = (U32::new(endian, 0), U64::new(endian, 0));
    SectionHeader64 {
        sh_name: short,
        sh_type: U32::new(endian, SHT_NULL),
        sh_flags: long,
        sh_addr: long,
        sh_offset: long,
        sh_size: long,
        sh_link: short,
        sh_info: short,
        sh_addralign: long,
        sh_entsize: long,
    }
}

fn put(output: &mut [u8], at: u64, bytes: &[u8]) -> Option<()> {
    let at = at as usize;
    output.get_mut(at..at + bytes.len())?.copy_from_slice(bytes);
    Some(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn this_very_program_becomes_smaller_and_still_runs() {
        let content = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let smaller = stripped(&content).unwrap();
        assert!(smaller.len() < content.len() * 9 / 10, "{} of {}", smaller.len(), content.len());
        assert!(stripped(&smaller).is_none(), "there is nothing left to take");
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("program é");
        std::fs::write(&program, smaller).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let output = waterskin_process::Tool::new(&program).arg("--list").run(&mut |_, _| {});
        assert!(output.unwrap().stdout.contains("strip::tests"));
    }

    #[test]
    fn what_is_not_understood_stays_as_it_is() {
        assert!(stripped(b"no ELF at all").is_none());
        let mut content = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        content.extend_from_slice(b"data of the program's own");
        assert!(stripped(&content).is_none(), "some programs read what is behind their end");
        for length in [1, 64, 4096, content.len() / 2] {
            assert!(stripped(&content[..length]).is_none(), "cut at {length}");
        }
    }
}
