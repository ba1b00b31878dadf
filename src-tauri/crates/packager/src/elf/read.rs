use std::io::Read as _;

use camino::{Utf8Path, Utf8PathBuf};
use object::{
    Endianness, FileKind, ReadCache, ReadRef, SectionIndex, StringTable,
    elf::{DT_NEEDED, DT_RPATH, DT_RUNPATH, FileHeader32, FileHeader64},
    read::elf::{Dyn as _, FileHeader, SectionHeader as _, SectionTable},
};

use super::{ElfError, Glibc};

/// What the dynamic linker would read of a program or library.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Elf {
    /// Word size and machine: a library serves only programs of the same kind.
    pub kind: Kind,
    /// The names in `DT_NEEDED`.
    pub needed: Vec<String>,
    /// The folders in `DT_RPATH`, which count before the environment's, and only where there is
    /// no `DT_RUNPATH` (ld.so(8)).
    pub rpath: Vec<String>,
    /// The folders in `DT_RUNPATH`, which count after the environment's.
    pub runpath: Vec<String>,
    /// The oldest C library that has every symbol version it asks for.
    pub glibc: Option<Glibc>,
}

/// Word size and machine of an ELF file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kind {
    class: u8,
    machine: u16,
}

impl Kind {
    /// Whether programs of this kind run on systems with this triple.
    pub fn is_for(self, triple: &str) -> bool {
        let machine = match triple.split('-').next() {
            Some("x86_64") => object::elf::EM_X86_64,
            Some("aarch64") => object::elf::EM_AARCH64,
            _ => return false,
        };
        self.machine == machine
    }
}

impl Elf {
    /// Takes it out of a file.
    pub fn read(path: &Utf8Path) -> Result<Self, ElfError> {
        parse(&open(path)?).map_err(|source| ElfError::Format { path: path.to_owned(), source })
    }

    /// Takes it out of a file's content; `None` for what is no such file, or is damaged.
    pub fn of(content: &[u8]) -> Option<Self> {
        parse(content).ok()
    }

    /// Where the dynamic linker looks for what this file needs, with `$ORIGIN` filled in.
    pub fn search_paths(&self, origin: &Utf8Path) -> (Vec<Utf8PathBuf>, Vec<Utf8PathBuf>) {
        let expand = |folders: &[String]| {
            let fill = |folder: &String| {
                folder.replace("${ORIGIN}", origin.as_str()).replace("$ORIGIN", origin.as_str())
            };
            folders.iter().map(fill).map(Utf8PathBuf::from).collect::<Vec<_>>()
        };
        let rpath = if self.runpath.is_empty() { expand(&self.rpath) } else { Vec::new() };
        (rpath, expand(&self.runpath))
    }
}

/// A file of which no more is read than is asked for: some libraries have gigabytes.
pub(super) fn open(path: &Utf8Path) -> Result<ReadCache<fs_err::File>, ElfError> {
    fs_err::File::open(path).map(ReadCache::new).map_err(ElfError::file("read", path))
}

/// A table of strings, read whole: each would be a read of its own.
pub(super) fn strings<'d, H: FileHeader, R: ReadRef<'d>>(
    sections: &SectionTable<'d, H, R>,
    endian: H::Endian,
    data: R,
    index: SectionIndex,
) -> object::Result<StringTable<'d>> {
    let content = sections.section(index)?.data(endian, data)?;
    Ok(StringTable::new(content, 0, content.len() as u64))
}

/// Whether a file begins as ELF files do.
pub(crate) fn is_elf(path: &Utf8Path) -> Result<bool, ElfError> {
    let mut magic = Vec::with_capacity(4);
    fs_err::File::open(path)
        .and_then(|file| file.take(4).read_to_end(&mut magic))
        .map_err(ElfError::file("read", path))?;
    Ok(magic == b"\x7fELF")
}

fn parse<'d, R: ReadRef<'d>>(data: R) -> object::Result<Elf> {
    match FileKind::parse(data)? {
        FileKind::Elf32 => parse_class(FileHeader32::<Endianness>::parse(data)?, data),
        _ => parse_class(FileHeader64::<Endianness>::parse(data)?, data),
    }
}

fn parse_class<'d, H: FileHeader<Endian = Endianness>, R: ReadRef<'d>>(
    header: &'d H,
    data: R,
) -> object::Result<Elf> {
    let endian = header.endian()?;
    let kind = Kind { class: header.e_ident().class, machine: header.e_machine(endian) };
    let mut elf = Elf { kind, ..Elf::default() };
    let sections = header.sections(endian, data)?;
    if let Some((dynamic, index)) = sections.dynamic(endian, data)? {
        let strings = strings(&sections, endian, data, index)?;
        for entry in dynamic {
            let tag = entry.tag32(endian);
            let list = match tag {
                Some(DT_NEEDED) => &mut elf.needed,
                Some(DT_RPATH) => &mut elf.rpath,
                Some(DT_RUNPATH) => &mut elf.runpath,
                _ => continue,
            };
            let text = String::from_utf8_lossy(entry.string(endian, strings)?).into_owned();
            if tag == Some(DT_NEEDED) {
                list.push(text);
            } else {
                list.extend(text.split(':').filter(|part| !part.is_empty()).map(str::to_owned));
            }
        }
    }
    if let Some((mut needs, index)) = sections.gnu_verneed(endian, data)? {
        let strings = strings(&sections, endian, data, index)?;
        while let Some((_, mut versions)) = needs.next()? {
            while let Some(version) = versions.next()? {
                let name = String::from_utf8_lossy(version.name(endian, strings)?);
                elf.glibc = elf.glibc.max(Glibc::of_symbol_version(&name));
            }
        }
    }
    Ok(elf)
}
