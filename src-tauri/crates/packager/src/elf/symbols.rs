use std::collections::BTreeSet;

use object::Endianness;
use object::elf::{DT_NEEDED, SHN_UNDEF};
use object::read::elf::{Dyn as _, ElfFile64, Sym as _};

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
    /// Reads a file's content. `None` for what is no ELF file of 64 bits.
    pub fn of(content: &[u8]) -> Option<Self> {
        let file = ElfFile64::<Endianness>::parse(content).ok()?;
        let endian = file.endian();
        let sections = file.elf_section_table();
        let mut found = Self::default();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if let Some((entries, strings)) = sections.dynamic(endian, content).ok()? {
            let strings = sections.strings(endian, content, strings).ok()?;
            for entry in entries.iter().filter(|entry| entry.tag32(endian) == Some(DT_NEEDED)) {
                found.needed.insert(text(entry.string(endian, strings).ok()?));
            }
        }
        if let Some((mut needs, strings)) = sections.gnu_verneed(endian, content).ok()? {
            let strings = sections.strings(endian, content, strings).ok()?;
            while let Some((need, _)) = needs.next().ok()? {
                found.versioned.insert(text(need.file(endian, strings).ok()?));
            }
        }
        let table = file.elf_dynamic_symbol_table();
        for symbol in table.iter() {
            let name = symbol.name(endian, table.strings()).ok()?.to_vec();
            match symbol.st_shndx(endian) {
                SHN_UNDEF => found.undefined.insert(name),
                _ => found.defined.insert(name),
            };
        }
        // The first symbol has no name, in every file.
        found.undefined.remove(&Vec::new());
        Some(found)
    }

    /// Whether Python can import it (PEP 3121).
    pub fn is_module(&self) -> bool {
        self.defined.iter().any(|name| name.starts_with(b"PyInit_"))
    }
}
