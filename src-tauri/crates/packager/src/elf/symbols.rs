use std::collections::BTreeSet;

use camino::Utf8Path;
use object::elf::{DT_NEEDED, FileHeader64, SHN_UNDEF, SHT_DYNSYM};
use object::read::elf::{Dyn as _, FileHeader as _, Sym as _};
use object::{Endianness, ReadRef};

use super::{ElfError, read};

/// What one ELF file of 64 bits asks for and gives.
#[derive(Debug, Default)]
pub(crate) struct Symbols {
    /// The names in its `DT_NEEDED` entries (ELF gABI, dynamic section).
    pub needed: BTreeSet<String>,
    /// The libraries of which it asks for certain versions.
    pub versioned: BTreeSet<String>,
    /// The symbols that it asks for.
    pub undefined: BTreeSet<Vec<u8>>,
    /// The symbols that it gives.
    pub defined: BTreeSet<Vec<u8>>,
}

impl Symbols {
    /// Reads a file. `None` for what is no ELF file of 64 bits.
    pub fn read(path: &Utf8Path) -> Result<Option<Self>, ElfError> {
        Ok(Self::of(&read::open(path)?).ok())
    }

    fn of<'d, R: ReadRef<'d>>(data: R) -> object::Result<Self> {
        let header = FileHeader64::<Endianness>::parse(data)?;
        let endian = header.endian()?;
        let sections = header.sections(endian, data)?;
        let mut found = Self::default();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if let Some((entries, index)) = sections.dynamic(endian, data)? {
            let strings = read::strings(&sections, endian, data, index)?;
            for entry in entries.iter().filter(|entry| entry.tag32(endian) == Some(DT_NEEDED)) {
                found.needed.insert(text(entry.string(endian, strings)?));
            }
        }
        if let Some((mut needs, index)) = sections.gnu_verneed(endian, data)? {
            let strings = read::strings(&sections, endian, data, index)?;
            while let Some((need, _)) = needs.next()? {
                found.versioned.insert(text(need.file(endian, strings)?));
            }
        }
        let table = sections.symbols(endian, data, SHT_DYNSYM)?;
        if table.is_empty() {
            return Ok(found);
        }
        let strings = read::strings(&sections, endian, data, table.string_section())?;
        for symbol in table.iter() {
            let name = symbol.name(endian, strings)?.to_vec();
            match symbol.st_shndx(endian) {
                SHN_UNDEF => found.undefined.insert(name),
                _ => found.defined.insert(name),
            };
        }
        // The first symbol has no name, in every file.
        found.undefined.remove(&Vec::new());
        Ok(found)
    }

    /// Whether Python can import it (PEP 3121).
    pub fn is_module(&self) -> bool {
        self.defined.iter().any(|name| name.starts_with(b"PyInit_"))
    }
}
