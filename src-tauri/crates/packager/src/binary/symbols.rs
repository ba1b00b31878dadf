use std::collections::BTreeSet;

use camino::Utf8Path;
use object::read::macho::{FatArch, MachHeader, MachOFatFile32, MachOFatFile64, MachOFile};
use object::read::pe::{ImageNtHeaders, PeFile};
use object::{Endianness, FileKind, Object as _, ReadCache, ReadRef, macho, pe};

use crate::elf::{ElfError, Symbols, is_elf};

/// What a program or library asks for and gives: ELF of 64 bits, PE, Mach-O. `None` for anything else.
///
/// Of PE and Mach-O nothing is loaded without all libraries that it names, whatever it takes of them,
/// and none of their names is ever taken out: so each counts as asked for.
pub(crate) fn symbols(path: &Utf8Path) -> Result<Option<Symbols>, ElfError> {
    if is_elf(path)? {
        return Symbols::read(path);
    }
    let file = fs_err::File::open(path).map_err(ElfError::file("read", path))?;
    Ok(of_others(&ReadCache::new(file)))
}

fn of_others<'d>(content: impl ReadRef<'d>) -> Option<Symbols> {
    match FileKind::parse(content).ok()? {
        FileKind::Pe32 => of_windows::<pe::ImageNtHeaders32, _>(content),
        FileKind::Pe64 => of_windows::<pe::ImageNtHeaders64, _>(content),
        FileKind::MachO32 => of_mac::<macho::MachHeader32<Endianness>, _>(content),
        FileKind::MachO64 => of_mac::<macho::MachHeader64<Endianness>, _>(content),
        FileKind::MachOFat32 => of_parts(MachOFatFile32::parse(content).ok()?.arches(), content),
        FileKind::MachOFat64 => of_parts(MachOFatFile64::parse(content).ok()?.arches(), content),
        _ => None,
    }
}

/// What all parts of a file for several processors ask for and give.
fn of_parts<'d>(parts: &[impl FatArch], content: impl ReadRef<'d>) -> Option<Symbols> {
    let mut all = Symbols::default();
    for part in parts {
        let one = of_mac::<macho::MachHeader64<Endianness>, _>(part.data(content).ok()?)?;
        all.needed.extend(one.needed);
        all.versioned.extend(one.versioned);
        all.defined.extend(one.defined);
    }
    Some(all)
}

/// Names of libraries are compared without regard to large letters there.
fn of_windows<'d, H: ImageNtHeaders, R: ReadRef<'d>>(content: R) -> Option<Symbols> {
    let file = PeFile::<H, R>::parse(content).ok()?;
    let mut needed = BTreeSet::new();
    let mut add = |name: &[u8]| needed.insert(String::from_utf8_lossy(name).to_lowercase());
    if let Some(table) = file.import_table().ok()? {
        let mut entries = table.descriptors().ok()?;
        while let Some(entry) = entries.next().ok()? {
            add(table.name(entry.name.get(object::LittleEndian)).ok()?);
        }
    }
    let sections = file.section_table();
    let directories = file.data_directories();
    if let Some(table) = directories.delay_load_import_table(content, &sections).ok()? {
        let mut entries = table.descriptors().ok()?;
        while let Some(entry) = entries.next().ok()? {
            add(table.name(entry.dll_name_rva.get(object::LittleEndian)).ok()?);
        }
    }
    let defined = file.exports().ok()?.iter().map(|export| export.name().to_vec()).collect();
    Some(Symbols { versioned: needed.clone(), needed, defined, ..Symbols::default() })
}

/// A library is named by its path there, most often below `@rpath`; the symbols of C begin with `_`.
fn of_mac<'d, H: MachHeader<Endian = Endianness>, R: ReadRef<'d>>(content: R) -> Option<Symbols> {
    let file = MachOFile::<H, R>::parse(content).ok()?;
    let endian = file.endian();
    let mut needed = BTreeSet::new();
    let mut commands = file.macho_load_commands().ok()?;
    while let Some(command) = commands.next().ok()? {
        if let Some(library) = command.dylib().ok()? {
            let path = command.string(endian, library.dylib.name).ok()?;
            let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
            needed.insert(String::from_utf8_lossy(name).into_owned());
        }
    }
    let plain = |name: &[u8]| name.strip_prefix(b"_").unwrap_or(name).to_vec();
    let defined = file.exports().ok()?.iter().map(|export| plain(export.name())).collect();
    Some(Symbols { versioned: needed.clone(), needed, defined, ..Symbols::default() })
}
