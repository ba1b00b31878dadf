use std::collections::BTreeSet;

use rpm::Dependency;
use waterskin_bundle::SystemPackage;

use super::RELEASE;
use super::architecture::Architecture;
use crate::{Compression, InstallTree, Needs, Progress};

/// What the package gives, and what it asks of a system.
#[derive(Debug)]
pub(super) struct Dependencies {
    pub provides: Vec<Dependency>,
    pub requires: Vec<Dependency>,
    pub recommends: Vec<Dependency>,
    pub conflicts: Vec<Dependency>,
}

/// What every app needs, whatever its shell says: a shell may load its window's libraries late, and
/// wheels need the compiler's run time (the manylinux policy).
const ALWAYS: [&str; 4] =
    ["libwebkit2gtk-4.1.so.0", "libgtk-3.so.0", "libgcc_s.so.1", "libstdc++.so.6"];

/// The packages that have WebKitGTK on Fedora and on openSUSE. A library's name says nothing of how
/// new it is, so that the old ones are excluded.
const WEBKITGTK: [&str; 2] = ["webkit2gtk4.1", "libwebkit2gtk-4_1-0"];

/// A font for emoji, by what fontconfig says of it and rpm writes down (`und-zsye`: symbols, in no
/// language).
const EMOJI_FONT: &str = "font(:lang=und-zsye)";

/// What has that which a package of Debian's has, in words that more than one distribution knows: a
/// program's path, a library's name, or a package's.
#[derive(Clone, Copy, Debug)]
enum Has {
    File(&'static str),
    Library(&'static str),
    /// Where there are several, each is only recommended.
    Packages(&'static [&'static str]),
}

/// The packages of Debian's that apps ask for most, without what follows an underscore or `t64`.
const KNOWN: [(&str, Has); 30] = [
    ("chromium", Has::Packages(&["chromium"])),
    ("curl", Has::File("/usr/bin/curl")),
    ("default-jre", Has::Packages(&["java"])),
    ("espeak-ng", Has::File("/usr/bin/espeak-ng")),
    ("ffmpeg", Has::File("/usr/bin/ffmpeg")),
    ("flac", Has::File("/usr/bin/flac")),
    ("ghostscript", Has::File("/usr/bin/gs")),
    ("git", Has::File("/usr/bin/git")),
    ("graphviz", Has::File("/usr/bin/dot")),
    ("gstreamer1.0-libav", Has::Packages(&["gstreamer1-plugin-libav", "gstreamer-plugins-libav"])),
    (
        "gstreamer1.0-plugins-bad",
        Has::Packages(&["gstreamer1-plugins-bad-free", "gstreamer-plugins-bad"]),
    ),
    ("imagemagick", Has::File("/usr/bin/convert")),
    ("libegl1", Has::Library("libEGL.so.1")),
    ("libgl1", Has::Library("libGL.so.1")),
    ("libglib2.0-0", Has::Library("libglib-2.0.so.0")),
    ("libgomp1", Has::Library("libgomp.so.1")),
    ("libmagic1", Has::Library("libmagic.so.1")),
    ("libportaudio2", Has::Library("libportaudio.so.2")),
    ("libsm6", Has::Library("libSM.so.6")),
    ("libusb-1.0-0", Has::Library("libusb-1.0.so.0")),
    ("libxext6", Has::Library("libXext.so.6")),
    ("libxrender1", Has::Library("libXrender.so.1")),
    ("libzbar0", Has::Library("libzbar.so.0")),
    ("nodejs", Has::File("/usr/bin/node")),
    ("pandoc", Has::File("/usr/bin/pandoc")),
    ("poppler-utils", Has::File("/usr/bin/pdftoppm")),
    ("sox", Has::File("/usr/bin/sox")),
    ("tesseract-ocr", Has::File("/usr/bin/tesseract")),
    ("wkhtmltopdf", Has::File("/usr/bin/wkhtmltopdf")),
    ("xclip", Has::File("/usr/bin/xclip")),
];

impl Dependencies {
    /// Those of a tree as a package of this version.
    pub fn of(
        tree: &InstallTree<'_>,
        version: &str,
        architecture: &Architecture,
        compression: Compression,
        progress: &dyn Progress,
    ) -> Self {
        let package = tree.app().package.as_str();
        let own = format!("{version}-{RELEASE}");
        let name = |it: &str| Dependency::eq(it, own.as_str());
        let provides = vec![name(package), name(&format!("{package}({})", architecture.isa))];

        let (required, mut recommended) = of_the_project(&tree.needs, architecture, progress);
        recommended.insert(EMOJI_FONT.to_owned());
        let libraries = ALWAYS
            .into_iter()
            .chain(tree.program.libraries.iter().map(String::as_str))
            .filter(|name| !is_of_the_c_library(name))
            .map(|name| architecture.library(name));
        let names: BTreeSet<String> =
            libraries.chain([architecture.c_library(&tree.needs.glibc)]).chain(required).collect();
        let mut requires: Vec<_> = names.into_iter().map(Dependency::any).collect();
        requires.extend(of_rpm(version, compression));

        let old = |name: &str| Dependency::less(name, tree.needs.webkitgtk.as_str());
        let conflicts = match tree.needs.webkitgtk.as_str() {
            "" => Vec::new(),
            _ => WEBKITGTK.map(old).into(),
        };
        let recommends = recommended.into_iter().map(Dependency::any).collect();
        Self { provides, requires, recommends, conflicts }
    }
}

/// What the project asks for in Debian's names, as far as it can be said in RPM's: what is required,
/// and what is recommended.
fn of_the_project(
    needs: &Needs,
    architecture: &Architecture,
    progress: &dyn Progress,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut required, mut recommended) = (BTreeSet::new(), BTreeSet::new());
    for package in &needs.packages {
        match known(package) {
            Some(Has::File(path)) => drop(required.insert(path.to_owned())),
            Some(Has::Library(name)) => drop(required.insert(architecture.library(name))),
            Some(Has::Packages([only])) => drop(required.insert((*only).to_owned())),
            Some(Has::Packages(any)) => recommended.extend(any.iter().map(ToString::to_string)),
            None => progress.note(&format!(
                "the .rpm can't ask for `{package}`, which only Debian and its kin call so: elsewhere the recipient's system must have it"
            )),
        }
    }
    for has in needs.wishes.iter().filter_map(known) {
        match has {
            Has::File(path) => drop(recommended.insert(path.to_owned())),
            Has::Library(name) => drop(recommended.insert(architecture.library(name))),
            Has::Packages(any) => recommended.extend(any.iter().map(ToString::to_string)),
        }
    }
    (required, recommended)
}

/// What has that which this package has.
fn known(package: &SystemPackage) -> Option<Has> {
    package.names().find_map(|name| {
        let name = name.strip_suffix("t64").unwrap_or(name);
        KNOWN.iter().find(|(known, _)| *known == name).map(|(_, has)| *has)
    })
}

/// What of rpm itself the package is written for: an older one says so, and does not try.
fn of_rpm(version: &str, compression: Compression) -> Vec<Dependency> {
    let mut of_rpm = vec![
        Dependency::rpmlib("CompressedFileNames", "3.0.4-1"),
        Dependency::rpmlib("FileDigests", "4.6.0-1"),
        Dependency::rpmlib("PayloadFilesHavePrefix", "4.0-1"),
    ];
    if let Compression::Zstd(_) = compression {
        of_rpm.push(Dependency::rpmlib("PayloadIsZstd", "5.4.18-1"));
    }
    if version.contains('~') {
        of_rpm.push(Dependency::rpmlib("TildeInVersions", "4.10.0-1"));
    }
    of_rpm
}

/// The C library is asked for by its version.
fn is_of_the_c_library(name: &str) -> bool {
    const STEMS: [&str; 6] = ["libc.", "libm.", "libdl.", "libpthread.", "librt.", "ld-linux"];
    STEMS.iter().any(|stem| name.starts_with(stem))
}

#[cfg(test)]
mod tests {
    use waterskin_bundle::Target;

    use super::*;

    #[test]
    fn debians_names_are_said_in_words_that_others_know() {
        struct Notes(std::sync::Mutex<Vec<String>>);
        impl Progress for Notes {
            fn begin(&self, _: u64) {}
            fn advance(&self, _: u64) {}
            fn note(&self, text: &str) {
                self.0.lock().unwrap().push(text.to_owned());
            }
        }
        let needs = Needs {
            packages: ["libgl1 | libgl1-mesa-glx", "libmagic1t64 | libmagic1", "libodd1"]
                .map(SystemPackage::new)
                .into(),
            wishes: ["gstreamer1.0-libav", "ffmpeg", "odd"].map(SystemPackage::new).into(),
            ..Needs::default()
        };
        let architecture = Architecture::of(&Target::of("x86_64-unknown-linux-gnu")).unwrap();
        let notes = Notes(std::sync::Mutex::default());
        let (required, recommended) = of_the_project(&needs, &architecture, &notes);
        assert_eq!(Vec::from_iter(required), ["libGL.so.1()(64bit)", "libmagic.so.1()(64bit)"]);
        assert_eq!(
            Vec::from_iter(recommended),
            ["/usr/bin/ffmpeg", "gstreamer-plugins-libav", "gstreamer1-plugin-libav"]
        );
        let notes = notes.0.into_inner().unwrap();
        assert!(notes.len() == 1 && notes[0].contains("`libodd1`"), "{notes:?}");
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(KNOWN.is_sorted_by_key(|(name, _)| *name));
    }
}
