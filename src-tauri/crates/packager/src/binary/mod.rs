//! Programs and libraries of any system: which one they are for, and what they ask of each other.

mod symbols;

use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};
use object::read::macho::{FatArch, MachOFatFile32, MachOFatFile64};
use object::{Architecture, FileKind, Object as _, ReadCache, ReadRef};
use waterskin_bundle::{System, Target};
use waterskin_project::{ProjectFiles, module_of};

pub(crate) use symbols::symbols;

/// The system that a program or library is for, by its format and its processors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BuiltFor {
    system: System,
    /// As triples name them. None are known of a processor that no target has.
    processors: Vec<&'static str>,
}

impl BuiltFor {
    /// Reads as much of a file as says it. `None` for what is no program or library, or is damaged.
    pub fn of_file(path: &Utf8Path) -> Option<Self> {
        let file = fs_err::File::open(path).ok()?;
        Self::of(&ReadCache::new(file))
    }

    /// The same of what can be read piece by piece.
    pub fn of<'d>(data: impl ReadRef<'d>) -> Option<Self> {
        let system = match FileKind::parse(data).ok()? {
            FileKind::Elf32 | FileKind::Elf64 => System::Linux,
            FileKind::Pe32 | FileKind::Pe64 => System::Windows,
            FileKind::MachO32 | FileKind::MachO64 => System::MacOs,
            FileKind::MachOFat32 => {
                return Self::fat(MachOFatFile32::parse(data).ok()?.arches());
            }
            FileKind::MachOFat64 => {
                return Self::fat(MachOFatFile64::parse(data).ok()?.arches());
            }
            _ => return None,
        };
        let architecture = object::File::parse(data).ok()?.architecture();
        Some(Self { system, processors: processor(architecture).into_iter().collect() })
    }

    /// One file for several processors, which macOS alone has.
    fn fat(parts: &[impl FatArch]) -> Option<Self> {
        let processors = parts.iter().filter_map(|part| processor(part.architecture()));
        let processors: Vec<_> = processors.collect();
        // Compiled Java begins with the same bytes.
        (!processors.is_empty()).then_some(Self { system: System::MacOs, processors })
    }

    /// Whether it is of use on this system.
    pub fn serves(&self, target: &Target) -> bool {
        self.system == target.system() && self.processors.contains(&target.processor())
    }
}

/// What the author should know of compiled files of the project that are of no use on this system. One
/// that is there for it too is none.
pub(crate) fn note(root: &Utf8Path, files: &ProjectFiles, target: &Target) -> Option<String> {
    let files = files.files.iter().filter(|file| file.link.is_none() && may_be(&file.path));
    let read = files.filter_map(|file| {
        let place = file.from.clone().unwrap_or_else(|| root.join(&file.path));
        Some((file.path.clone(), BuiltFor::of_file(&place)?))
    });
    note_of(&read.collect::<Vec<_>>(), target)
}

fn note_of(built: &[(Utf8PathBuf, BuiltFor)], target: &Target) -> Option<String> {
    const SHOWN: usize = 3;
    let (good, useless): (Vec<_>, Vec<_>) = built.iter().partition(|(_, it)| it.serves(target));
    let is_there = |path: &Utf8Path| {
        let mut same = good.iter().filter(|(other, _)| other.parent() == path.parent());
        same.any(|(other, _)| stem(other) == stem(path))
    };
    let useless: Vec<_> = useless.into_iter().filter(|(path, _)| !is_there(path)).collect();
    let shown = useless.iter().take(SHOWN).map(|(path, it)| format!("`{path}` ({it})"));
    let mut shown: Vec<String> = shown.collect();
    if useless.len() > SHOWN {
        shown.push(format!("{} more", useless.len() - SHOWN));
    }
    let name = target.name();
    (!useless.is_empty()).then(|| {
        format!(
            "compiled for other systems, and of no use to the app for {name}: {}",
            shown.join(", ")
        )
    })
}

/// What programs and modules of several systems have in common.
fn stem(path: &Utf8Path) -> &str {
    module_of(path).or_else(|| path.file_name()?.split('.').next()).unwrap_or_default()
}

/// Whether a file may be a program or library, by its name.
fn may_be(path: &Utf8Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    match path.extension() {
        None => true,
        Some(ending) => {
            ["so", "pyd", "dll", "dylib", "exe"].contains(&ending) || name.contains(".so.")
        }
    }
}

fn processor(architecture: Architecture) -> Option<&'static str> {
    match architecture {
        Architecture::X86_64 => Some("x86_64"),
        Architecture::Aarch64 => Some("aarch64"),
        _ => None,
    }
}

/// As targets are called: `linux-x86_64`, `macos-arm64 and macos-x86_64`.
impl fmt::Display for BuiltFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let served = Target::all().into_iter().filter(|target| self.serves(target));
        let names: Vec<String> = served.map(|target| target.name()).collect();
        match &names[..] {
            [] => write!(f, "{} on another processor", self.system.name()),
            names => f.write_str(&names.join(" and ")),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Numbers of two and of four bytes, one after the other.
    fn bytes(halves: &[u16], words: &[u32]) -> Vec<u8> {
        let halves = halves.iter().flat_map(|it| it.to_le_bytes());
        halves.chain(words.iter().flat_map(|it| it.to_le_bytes())).collect()
    }

    /// A program for Linux with nothing in it (ELF gABI, "ELF Header").
    pub(crate) fn linux_program(machine: u16) -> Vec<u8> {
        let mut made = b"\x7fELF\x02\x01\x01".to_vec();
        made.resize(16, 0);
        made.extend(bytes(&[2, machine], &[1, 0, 0, 0, 0, 0, 0, 0]));
        made.extend(bytes(&[64, 0, 0, 0, 0, 0], &[]));
        made
    }

    /// A program for macOS with nothing in it (`mach-o/loader.h`).
    pub(crate) fn mac_program(processor: u32) -> Vec<u8> {
        bytes(&[], &[object::macho::MH_MAGIC_64, processor, 0, 2, 0, 0, 0, 0])
    }

    /// A program for Windows with nothing in it (Microsoft's "PE Format").
    pub(crate) fn windows_program() -> Vec<u8> {
        const HEADER: u16 = 112;
        let mut made = b"MZ".to_vec();
        made.resize(60, 0);
        made.extend(bytes(&[], &[64]));
        made.extend(b"PE\0\0");
        made.extend(bytes(&[object::pe::IMAGE_FILE_MACHINE_AMD64, 0], &[0, 0, 0]));
        made.extend(bytes(&[HEADER, 2, object::pe::IMAGE_NT_OPTIONAL_HDR64_MAGIC], &[]));
        made.resize(64 + 24 + usize::from(HEADER), 0);
        made
    }

    /// A file of macOS that holds two programs.
    fn both() -> Vec<u8> {
        use object::macho::{CPU_TYPE_ARM64, CPU_TYPE_X86_64, FAT_MAGIC};
        let part = |processor: u32| [processor, 3, 48, 0, 0];
        let parts = [part(CPU_TYPE_X86_64), part(CPU_TYPE_ARM64)].concat();
        [FAT_MAGIC, 2].into_iter().chain(parts).flat_map(u32::to_be_bytes).collect()
    }

    #[test]
    fn a_file_says_which_system_it_is_for() {
        let elf = linux_program(object::elf::EM_AARCH64);
        let mac = mac_program(object::macho::CPU_TYPE_ARM64);
        let other = linux_program(object::elf::EM_RISCV);
        for (content, name) in [
            (elf, "linux-aarch64"),
            (windows_program(), "windows-x86_64"),
            (mac, "macos-arm64"),
            (both(), "macos-arm64 and macos-x86_64"),
            (other, "linux on another processor"),
        ] {
            let read = BuiltFor::of(&content[..]).unwrap();
            assert_eq!(read.to_string(), name);
            for target in Target::all() {
                let named = name.split(" and ").any(|name| target.name() == name);
                assert_eq!(read.serves(&target), named, "{name} on {target}");
            }
        }
        for nothing in [&b""[..], b"MZ", b"#!/bin/sh\n", b"\x7fELF", b"\xca\xfe\xba\xbe\0\0\0\x34"]
        {
            assert_eq!(BuiltFor::of(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn what_is_of_no_use_is_told_once() {
        let linux = BuiltFor { system: System::Linux, processors: vec!["x86_64"] };
        let windows = BuiltFor { system: System::Windows, processors: vec!["x86_64"] };
        let mut built: Vec<(Utf8PathBuf, BuiltFor)> = vec![
            ("lib/fast.cpython-312-x86_64-linux-gnu.so".into(), linux.clone()),
            ("lib/fast.cp312-win_amd64.pyd".into(), windows),
            ("bin/tool".into(), linux.clone()),
        ];
        let target = |name: &str| Target::named(name).unwrap();
        assert_eq!(note_of(&built, &target("linux-x86_64")), None);
        let note = note_of(&built, &target("windows-x86_64")).unwrap();
        assert!(note.ends_with("for windows-x86_64: `bin/tool` (linux-x86_64)"), "{note}");
        built.extend(["a", "b"].map(|name| (Utf8PathBuf::from(name), linux.clone())));
        let note = note_of(&built, &target("macos-arm64")).unwrap();
        assert!(note.contains("(windows-x86_64)") && note.ends_with(", 2 more"), "{note}");
        assert_eq!(note_of(&[], &target("macos-arm64")), None);
        for (path, may) in [("a/x.pyd", true), ("libx.so.3", true), ("tool", true), ("a.py", false)]
        {
            assert_eq!(may_be(path.into()), may, "{path}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_very_program_is_for_this_system() {
        let this = std::env::current_exe().unwrap();
        let read = BuiltFor::of_file(Utf8Path::from_path(&this).unwrap()).unwrap();
        assert!(read.serves(&Target::host()));
    }
}
