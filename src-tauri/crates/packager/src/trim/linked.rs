use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use object::elf::{DT_NEEDED, DT_NULL, Dyn64, FileHeader64, SHN_UNDEF};
use object::read::elf::{Dyn as _, ElfFile64, FileHeader as _, Sym as _};
use object::{Endianness, pod};

use super::TrimError;

/// What the programs and libraries of a tree ask of each other.
#[derive(Debug, Default)]
pub(super) struct Linked {
    files: BTreeMap<Utf8PathBuf, Symbols>,
}

/// What one ELF file of 64 bits asks for and gives.
#[derive(Debug, Default)]
struct Symbols {
    /// The names in its `DT_NEEDED` entries (ELF gABI, dynamic section).
    needed: BTreeSet<String>,
    /// The libraries of which it asks for certain versions.
    versioned: BTreeSet<String>,
    undefined: BTreeSet<Vec<u8>>,
    defined: BTreeSet<Vec<u8>>,
}

impl Linked {
    /// Reads every ELF file among `paths`, which are relative to `root`.
    pub fn read<'p>(
        root: &Utf8Path,
        paths: impl Iterator<Item = &'p Utf8Path>,
    ) -> Result<Self, TrimError> {
        let mut files = BTreeMap::new();
        for path in paths.filter(|path| is_library(path)) {
            let content = fs_err::read(root.join(path)).map_err(TrimError::file("read", path))?;
            if let Some(symbols) = symbols(&content) {
                files.insert(path.to_owned(), symbols);
            }
        }
        Ok(Self { files })
    }

    /// Forgets a file that is there no more.
    pub fn remove(&mut self, path: &Utf8Path) {
        self.files.remove(path);
    }

    /// Those of `candidates` that no other file uses, directly or through each other: none asks
    /// for a symbol that the library gives.
    pub fn unused(&self, candidates: &[Utf8PathBuf]) -> BTreeSet<Utf8PathBuf> {
        // Of a library in another format nothing is known, and an extension module is loaded by
        // Python whether another library asks for it or not: these stay.
        let known = candidates
            .iter()
            .filter(|path| self.files.get(*path).is_some_and(|file| !file.is_module()));
        let mut unused: BTreeSet<Utf8PathBuf> = known.cloned().collect();
        // Each library that is used after all may use others.
        loop {
            let used = unused.iter().find(|library| {
                self.files.iter().any(|(path, user)| {
                    path != *library && !unused.contains(path) && self.uses(user, library)
                })
            });
            match used.cloned() {
                Some(used) => unused.remove(&used),
                None => return unused,
            };
        }
    }

    fn uses(&self, user: &Symbols, library: &Utf8Path) -> bool {
        let name = library.file_name().unwrap_or_default();
        if !user.needed.contains(name) {
            return false;
        }
        self.files.get(library).is_some_and(|library| {
            user.versioned.contains(name) || !user.undefined.is_disjoint(&library.defined)
        })
    }

    /// The files that ask for a library with this name.
    pub fn naming(&self, name: &str) -> Vec<Utf8PathBuf> {
        let asks = self.files.iter().filter(|(_, symbols)| symbols.needed.contains(name));
        asks.map(|(path, _)| path.clone()).collect()
    }
}

impl Symbols {
    /// Whether Python can import it (PEP 3121).
    fn is_module(&self) -> bool {
        self.defined.iter().any(|name| name.starts_with(b"PyInit_"))
    }
}

fn is_library(path: &Utf8Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.ends_with(".so") || name.contains(".so.")
}

/// `None` for what is no ELF file of 64 bits.
fn symbols(content: &[u8]) -> Option<Symbols> {
    let file = ElfFile64::<Endianness>::parse(content).ok()?;
    let endian = file.endian();
    let sections = file.elf_section_table();
    let mut found = Symbols::default();
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

/// The content of an ELF file that no longer asks for the library with this name. `None` when it
/// did not, or can't be read.
pub(super) fn without_library(content: &[u8], name: &str) -> Option<Vec<u8>> {
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

    #[test]
    fn this_very_program_needs_the_c_library_and_can_forget_it() {
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let found = symbols(&program).unwrap();
        let libc = found.needed.iter().find(|name| name.starts_with("libc.so")).unwrap();
        assert!(found.versioned.contains(libc) && !found.undefined.is_empty());
        let without = without_library(&program, libc).unwrap();
        assert_eq!(without.len(), program.len());
        let after = symbols(&without).unwrap();
        assert!(!after.needed.contains(libc));
        assert_eq!(after.needed.len() + 1, found.needed.len());
        assert!(without_library(&without, libc).is_none());
        assert!(symbols(b"no ELF at all").is_none());
    }

    #[test]
    fn a_library_goes_with_its_only_user() {
        let names = |names: &[&str]| names.iter().map(|it| it.as_bytes().to_vec()).collect();
        let file = |needed: &[&str], undefined: &[&str], defined: &[&str]| Symbols {
            needed: needed.iter().map(|it| (*it).to_owned()).collect(),
            versioned: BTreeSet::new(),
            undefined: names(undefined),
            defined: names(defined),
        };
        let mut linked = Linked::default();
        for (path, symbols) in [
            ("p/lib.so", file(&["base.so", "set.so"], &["b"], &[])),
            ("p/_set.so", file(&["base.so", "set.so"], &["b", "s"], &[])),
            ("p/set.so", file(&["base.so", "file.so"], &["b", "f"], &["s"])),
            ("p/file.so", file(&["base.so"], &["b"], &["f"])),
            ("p/base.so", file(&[], &[], &["b"])),
            ("p/ext.so", file(&["base.so"], &["b"], &["PyInit_ext"])),
        ] {
            linked.files.insert(path.into(), symbols);
        }
        let candidates = ["p/set.so", "p/file.so", "p/base.so", "p/ext.so"].map(Utf8PathBuf::from);
        assert!(linked.unused(&candidates).is_empty());
        linked.remove("p/_set.so".into());
        let unused = linked.unused(&candidates);
        assert_eq!(
            unused.iter().map(|it| it.as_str()).collect::<Vec<_>>(),
            ["p/file.so", "p/set.so"]
        );
        assert_eq!(linked.naming("set.so"), ["p/lib.so"].map(Utf8PathBuf::from));
    }
}
