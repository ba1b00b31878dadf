//! Programs and libraries without what only a debugger reads.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use camino::Utf8Path;
use object::elf::{
    ET_DYN, ET_EXEC, FileHeader64, PT_LOAD, ProgramHeader64, SHF_ALLOC, SHT_NOBITS, SHT_NULL,
    SectionHeader64,
};
use object::read::elf::{FileHeader as _, ProgramHeader as _, SectionHeader as _};
use object::{Endianness, ReadCache, ReadRef, U32, U64, pod};

use super::{ElfError, read, rewrite};

/// How much is read at once, in bytes.
const BUFFER: usize = 64 * 1024;

/// Removes the symbol table and debug information of an ELF file of 64 bits: what no segment holds.
/// `false` for what would not become smaller, and for what is not understood whole.
///
/// Whatever a program loads keeps its address, its bytes and its place within a page, so that this
/// is safe for files that `patchelf` changed too: GNU's `strip` breaks some of them. Sections that
/// are gone leave an empty entry in the table, since others are known by their number.
pub(crate) fn strip(path: &Utf8Path) -> Result<bool, ElfError> {
    let data = read::open(path)?;
    let Some((file, layout)) = Elf::read(&data).and_then(|file| {
        let layout = Layout::of(&file)?;
        (file.length_of(&layout) < file.length).then_some((file, layout))
    }) else {
        return Ok(false);
    };
    let whole = fs_err::File::open(path)
        .and_then(|mut content| file.is_known_whole(&layout, &mut content))
        .map_err(ElfError::file("read", path))?;
    if whole {
        rewrite(path, |from, to| file.write(&layout, from, to))?;
    }
    Ok(whole)
}

/// A file and its tables.
struct Elf<'a> {
    /// In bytes.
    length: u64,
    endian: Endianness,
    header: &'a FileHeader64<Endianness>,
    segments: &'a [ProgramHeader64<Endianness>],
    sections: &'a [SectionHeader64<Endianness>],
    /// The number of the section with the names of sections.
    names: usize,
    /// What is in it.
    names_content: &'a [u8],
}

/// The parts of a file that stay, in order, each with its place in the new file.
struct Layout {
    parts: Vec<(Range<u64>, u64)>,
}

impl<'a> Elf<'a> {
    fn read(data: &'a ReadCache<fs_err::File>) -> Option<Self> {
        let header = FileHeader64::<Endianness>::parse(data).ok()?;
        let endian = header.endian().ok()?;
        let linked = [ET_DYN, ET_EXEC].contains(&header.e_type.get(endian));
        let sections = header.section_headers(endian, data).ok()?;
        let names = header.shstrndx(endian, data).ok()? as usize;
        linked.then_some(Self {
            length: data.len().ok()?,
            endian,
            header,
            segments: header.program_headers(endian, data).ok()?,
            sections,
            names,
            names_content: sections.get(names)?.data(endian, data).ok()?,
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
    fn is_known_whole(
        &self,
        layout: &Layout,
        content: &mut (impl Read + Seek),
    ) -> io::Result<bool> {
        let table = self.header.e_shoff.get(self.endian);
        let mut known: Vec<Range<u64>> =
            layout.parts.iter().map(|(part, _)| part.clone()).collect();
        known.push(table..table + size_of_val(self.sections) as u64);
        known.extend(self.sections.iter().map(|section| self.range(section)));
        known.sort_by_key(|part| part.start);
        let (mut end, mut buffer) = (0, vec![0; BUFFER]);
        for part in known.into_iter().chain(std::iter::once(self.length..self.length)) {
            if part.end > self.length {
                return Ok(false);
            }
            content.seek(SeekFrom::Start(end))?;
            let mut between = content.by_ref().take(part.start.saturating_sub(end));
            loop {
                let read = between.read(&mut buffer)?;
                let bytes = buffer.get(..read).unwrap_or_default();
                // Padding: zeros, or what `patchelf` writes over what it moved.
                if !bytes.iter().all(|byte| matches!(byte, 0 | b'X' | b'Z')) {
                    return Ok(false);
                }
                if read == 0 {
                    break;
                }
            }
            end = end.max(part.end);
        }
        Ok(true)
    }

    /// Where the new file's table of sections is: behind their names.
    fn table_at(&self, layout: &Layout) -> u64 {
        (layout.end() + self.names_content.len() as u64).next_multiple_of(8)
    }

    fn length_of(&self, layout: &Layout) -> u64 {
        self.table_at(layout) + size_of_val(self.sections) as u64
    }

    fn write(
        &self,
        layout: &Layout,
        from: &mut (impl Read + Seek),
        to: &mut (impl Write + Seek),
    ) -> io::Result<()> {
        let endian = self.endian;
        for (part, at) in &layout.parts {
            from.seek(SeekFrom::Start(part.start))?;
            to.seek(SeekFrom::Start(*at))?;
            io::copy(&mut from.by_ref().take(part.end - part.start), to)?;
        }
        let (names_at, table_at) = (layout.end(), self.table_at(layout));
        to.seek(SeekFrom::Start(names_at))?;
        to.write_all(self.names_content)?;

        let section = |(number, section): (usize, &SectionHeader64<Endianness>)| {
            let at = match number == self.names {
                true => names_at,
                false if self.is_loaded(section) => layout.moved(section.sh_offset.get(endian)),
                false => return empty(endian),
            };
            SectionHeader64 { sh_offset: U64::new(endian, at), ..*section }
        };
        let sections: Vec<_> = self.sections.iter().enumerate().map(section).collect();
        to.seek(SeekFrom::Start(table_at))?;
        to.write_all(pod::bytes_of_slice(&sections))?;

        let segment = |segment: &ProgramHeader64<Endianness>| {
            let at = layout.moved(segment.p_offset.get(endian));
            ProgramHeader64 { p_offset: U64::new(endian, at), ..*segment }
        };
        let segments: Vec<_> = self.segments.iter().map(segment).collect();
        let mut header = *self.header;
        header.e_phoff = U64::new(endian, layout.moved(header.e_phoff.get(endian)));
        header.e_shoff = U64::new(endian, table_at);
        to.seek(SeekFrom::Start(0))?;
        to.write_all(pod::bytes_of(&header))?;
        to.seek(SeekFrom::Start(header.e_phoff.get(endian)))?;
        to.write_all(pod::bytes_of_slice(&segments))
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

    /// Where the last part ends in the new file.
    fn end(&self) -> u64 {
        self.parts.last().map_or(0, |(part, at)| at + (part.end - part.start))
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

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use camino::Utf8PathBuf;

    use super::*;

    /// This very program in a folder of its own.
    fn program() -> (tempfile::TempDir, Utf8PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let program = Utf8Path::from_path(folder.path()).unwrap().join("program é");
        fs_err::copy(std::env::current_exe().unwrap(), &program).unwrap();
        (folder, program)
    }

    fn length(path: &Utf8Path) -> u64 {
        fs_err::metadata(path).unwrap().len()
    }

    #[test]
    fn this_very_program_becomes_smaller_and_still_runs() {
        let (_folder, program) = program();
        let whole = length(&program);
        // As it lies in an installer's cache, which must stay as it is.
        let linked = program.with_extension("linked");
        fs_err::hard_link(&program, &linked).unwrap();
        assert!(strip(&program).unwrap());
        assert!(length(&program) < whole * 9 / 10, "{} of {whole}", length(&program));
        assert_eq!(length(&linked), whole);
        assert!(!strip(&program).unwrap(), "there is nothing left to take");
        let output = waterskin_process::Tool::new(&program).arg("--list").run(&mut |_, _| {});
        assert!(output.unwrap().stdout.contains("strip::tests"));
    }

    #[test]
    fn what_is_not_understood_stays_as_it_is() {
        let (_folder, program) = program();
        let content = fs_err::read(&program).unwrap();
        let stays = |content: &[u8]| {
            fs_err::write(&program, content).unwrap();
            !strip(&program).unwrap() && fs_err::read(&program).unwrap() == content
        };
        assert!(stays(b"no ELF at all") && stays(b""));
        let behind = [&content[..], b"data of the program's own"].concat();
        assert!(stays(&behind), "some programs read what is behind their end");
        for length in [1, 64, 4096, content.len() / 2] {
            assert!(stays(&content[..length]), "cut at {length}");
        }
    }

    #[test]
    fn what_is_large_is_not_held_in_memory() {
        // The most memory that this process has ever had resident, in bytes.
        let peak = || {
            let status = fs_err::read_to_string("/proc/self/status").unwrap();
            let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).unwrap();
            line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() << 10
        };
        let (_folder, program) = program();
        // Of zeros, which take no place on a disk.
        let file = fs_err::OpenOptions::new().append(true).open(&program).unwrap();
        file.file().set_len(1 << 30).unwrap();
        let before = peak();
        assert!(super::super::Symbols::read(&program).unwrap().is_some());
        assert!(strip(&program).unwrap());
        assert!(length(&program) < 1 << 28);
        assert!(peak() - before < 1 << 28, "{} bytes more", peak() - before);
    }
}
