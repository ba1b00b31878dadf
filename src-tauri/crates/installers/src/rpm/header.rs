use std::collections::BTreeMap;

use rpm::{
    Dependency, DigestAlgorithm, FileFlags, Header, HeaderEntry, IndexData, IndexTag,
    IndexTag as Tag,
};
use waterskin_bundle::Manifest;

use super::architecture::Architecture;
use super::dependencies::Dependencies;
use super::{RELEASE, named};
use crate::Compression;
use crate::about::{long_description, maintainer, publisher, synopsis};
use crate::archive::{Entries, Entry};
use crate::text::{one_line, wrap};

/// What a package's header is made of.
pub(super) struct Contents<'a> {
    pub manifest: &'a Manifest,
    /// The app's, as packages have it.
    pub version: &'a str,
    pub architecture: &'a Architecture,
    pub entries: &'a Entries,
    /// The SHA-256 of each file, a line each, as `sha256sum` prints it.
    pub sums: &'a str,
    pub dependencies: Dependencies,
    pub compression: Compression,
    /// Seconds since 1970, of every file and of the package.
    pub time: u64,
}

/// A file is checked for all that can be checked of it, when a person asks rpm for that.
const ALL: u32 = u32::MAX;

impl Contents<'_> {
    /// The header of the package whose payload has this SHA-256.
    pub fn header(&self, payload: &[u8; 32]) -> Header<IndexTag> {
        let mut fields = Fields::default();
        self.add_words(&mut fields);
        self.add_files(&mut fields);
        self.add_dependencies(&mut fields);
        let (compressor, level) = named(self.compression);
        fields.text(Tag::RPMTAG_PAYLOADFORMAT, "cpio");
        fields.text(Tag::RPMTAG_PAYLOADCOMPRESSOR, compressor);
        fields.text(Tag::RPMTAG_PAYLOADFLAGS, &level);
        fields.texts(Tag::RPMTAG_PAYLOADSHA256, vec![hex::encode(payload)]);
        fields.numbers(Tag::RPMTAG_PAYLOADSHA256ALGO, vec![DigestAlgorithm::Sha2_256 as u32]);
        Header::from_entries(fields.0, Tag::RPMTAG_HEADERIMMUTABLE)
    }

    /// What the package is called and says of itself.
    fn add_words(&self, fields: &mut Fields) {
        let app = &self.manifest.app;
        let (package, time) = (app.package.as_str(), seconds(self.time));
        fields.texts(Tag::RPMTAG_HEADERI18NTABLE, vec!["C".to_owned()]);
        fields.text(Tag::RPMTAG_NAME, package);
        fields.text(Tag::RPMTAG_VERSION, self.version);
        fields.text(Tag::RPMTAG_RELEASE, RELEASE);
        fields.translated(Tag::RPMTAG_SUMMARY, synopsis(app));
        let description = wrap(&long_description(self.manifest), 78).join("\n");
        fields.translated(Tag::RPMTAG_DESCRIPTION, description);
        fields.translated(Tag::RPMTAG_GROUP, "Applications/Productivity".to_owned());
        fields.text(Tag::RPMTAG_LICENSE, "LicenseRef-proprietary");
        fields.text(Tag::RPMTAG_VENDOR, &publisher(app));
        fields.text(Tag::RPMTAG_PACKAGER, &maintainer(app));
        fields.text(Tag::RPMTAG_OS, "linux");
        fields.text(Tag::RPMTAG_ARCH, self.architecture.name);
        fields.text(Tag::RPMTAG_ENCODING, "utf-8");
        fields.numbers(Tag::RPMTAG_BUILDTIME, vec![time]);
        // Of whoever built it, nothing is told.
        fields.text(Tag::RPMTAG_BUILDHOST, "localhost");
        // What it was built from tells rpm that it is none of the sources itself.
        let source = format!("{package}-{}-{RELEASE}.src.rpm", self.version);
        fields.text(Tag::RPMTAG_SOURCERPM, &source);
        let author = format!("{} - {}-{RELEASE}", maintainer(app), self.version);
        let change = format!("- Version {} of {}", one_line(&app.version), one_line(&app.name));
        fields.numbers(Tag::RPMTAG_CHANGELOGTIME, vec![time]);
        fields.texts(Tag::RPMTAG_CHANGELOGNAME, vec![author]);
        fields.texts(Tag::RPMTAG_CHANGELOGTEXT, vec![change]);
        let bytes = self.entries.bytes();
        match u32::try_from(bytes) {
            Ok(bytes) => fields.numbers(Tag::RPMTAG_SIZE, vec![bytes]),
            Err(_) => fields.add(Tag::RPMTAG_LONGSIZE, IndexData::Int64(vec![bytes])),
        }
    }

    /// The list of files, sorted by path as rpm searches it.
    fn add_files(&self, fields: &mut Fields) {
        let split = |path: &str| match path.rsplit_once('/') {
            Some((folder, name)) => (format!("/{folder}/"), name.to_owned()),
            None => ("/".to_owned(), path.to_owned()),
        };
        let sums: BTreeMap<&str, &str> = self
            .sums
            .lines()
            .filter_map(|line| line.split_once("  "))
            .map(|(a, b)| (b, a))
            .collect();
        let mut folders: BTreeMap<String, u32> =
            self.entries.iter().map(|(path, _)| (split(path).0, 0)).collect();
        for (index, number) in folders.values_mut().zip(0..) {
            *index = number;
        }
        let each = |value: &dyn Fn(&str, &Entry) -> u32| -> Vec<u32> {
            self.entries.iter().map(|(path, entry)| value(path, entry)).collect()
        };
        let words = |value: &dyn Fn(&str, &Entry) -> String| -> Vec<String> {
            self.entries.iter().map(|(path, entry)| value(path, entry)).collect()
        };
        let modes: Vec<u16> = self.entries.iter().map(|(_, entry)| mode(entry)).collect();
        let count = modes.len();
        fields.add(Tag::RPMTAG_FILEMODES, IndexData::Int16(modes));
        fields.add(Tag::RPMTAG_FILERDEVS, IndexData::Int16(vec![0; count]));
        // None is larger: that was looked at before.
        fields
            .numbers(Tag::RPMTAG_FILESIZES, each(&|_, it| u32::try_from(size(it)).unwrap_or(ALL)));
        fields.numbers(Tag::RPMTAG_FILEMTIMES, vec![seconds(self.time); count]);
        fields.texts(
            Tag::RPMTAG_FILEDIGESTS,
            words(&|path, _| sums.get(path).copied().unwrap_or_default().to_owned()),
        );
        fields.numbers(Tag::RPMTAG_FILEDIGESTALGO, vec![DigestAlgorithm::Sha2_256 as u32]);
        let target = |entry: &Entry| match entry {
            Entry::Link(target) => target.clone(),
            _ => String::new(),
        };
        fields.texts(Tag::RPMTAG_FILELINKTOS, words(&|_, entry| target(entry)));
        fields.numbers(Tag::RPMTAG_FILEFLAGS, each(&|path, entry| flags(path, entry).bits()));
        fields.texts(Tag::RPMTAG_FILEUSERNAME, vec!["root".to_owned(); count]);
        fields.texts(Tag::RPMTAG_FILEGROUPNAME, vec!["root".to_owned(); count]);
        fields.numbers(Tag::RPMTAG_FILEDEVICES, vec![1; count]);
        // Numbers of their own: files with the same one would be the same file.
        fields.numbers(Tag::RPMTAG_FILEINODES, (1..).take(count).collect());
        fields.texts(Tag::RPMTAG_FILELANGS, vec![String::new(); count]);
        fields.numbers(Tag::RPMTAG_FILEVERIFYFLAGS, vec![ALL; count]);
        let index = |path: &str| folders.get(&split(path).0).copied().unwrap_or_default();
        fields.numbers(Tag::RPMTAG_DIRINDEXES, each(&|path, _| index(path)));
        fields.texts(Tag::RPMTAG_BASENAMES, words(&|path, _| split(path).1));
        fields.texts(Tag::RPMTAG_DIRNAMES, folders.into_keys().collect());
    }

    fn add_dependencies(&self, fields: &mut Fields) {
        let Dependencies { provides, requires, recommends, conflicts } = &self.dependencies;
        fields.dependencies(
            provides,
            [Tag::RPMTAG_PROVIDENAME, Tag::RPMTAG_PROVIDEFLAGS, Tag::RPMTAG_PROVIDEVERSION],
        );
        fields.dependencies(
            requires,
            [Tag::RPMTAG_REQUIRENAME, Tag::RPMTAG_REQUIREFLAGS, Tag::RPMTAG_REQUIREVERSION],
        );
        fields.dependencies(
            recommends,
            [Tag::RPMTAG_RECOMMENDNAME, Tag::RPMTAG_RECOMMENDFLAGS, Tag::RPMTAG_RECOMMENDVERSION],
        );
        fields.dependencies(
            conflicts,
            [Tag::RPMTAG_CONFLICTNAME, Tag::RPMTAG_CONFLICTFLAGS, Tag::RPMTAG_CONFLICTVERSION],
        );
    }
}

/// What a header has so far.
#[derive(Default)]
struct Fields(Vec<HeaderEntry>);

impl Fields {
    fn add(&mut self, tag: Tag, data: IndexData) {
        self.0.push(HeaderEntry::new(tag.into(), data));
    }

    fn text(&mut self, tag: Tag, text: &str) {
        self.add(tag, IndexData::StringTag(text.to_owned()));
    }

    /// In the one language that the table of languages has.
    fn translated(&mut self, tag: Tag, text: String) {
        self.add(tag, IndexData::I18NString(vec![text]));
    }

    fn texts(&mut self, tag: Tag, texts: Vec<String>) {
        self.add(tag, IndexData::StringArray(texts));
    }

    fn numbers(&mut self, tag: Tag, numbers: Vec<u32>) {
        self.add(tag, IndexData::Int32(numbers));
    }

    /// A field that has nothing must not be there. rpm sorts them by name.
    fn dependencies(&mut self, all: &[Dependency], [name, flags, version]: [Tag; 3]) {
        if all.is_empty() {
            return;
        }
        let mut all: Vec<_> = all.iter().collect();
        all.sort_by_key(|one| (&one.name, &one.version));
        self.texts(name, all.iter().map(|one| one.name.clone()).collect());
        self.numbers(flags, all.iter().map(|one| one.flags.bits()).collect());
        self.texts(version, all.iter().map(|one| one.version.clone()).collect());
    }
}

/// Times are 32 bits wide here; [`crate::time::of_build`] gives no other.
fn seconds(time: u64) -> u32 {
    u32::try_from(time).unwrap_or(u32::MAX)
}

/// The kind of an entry and what is allowed, as the system has it in a file's mode.
fn mode(entry: &Entry) -> u16 {
    match entry {
        Entry::Folder => 0o040_755,
        Entry::Link(_) => 0o120_777,
        Entry::File { executable: true, .. } => 0o100_755,
        Entry::Bytes(_) | Entry::File { executable: false, .. } => 0o100_644,
    }
}

/// A link is as long as its text.
fn size(entry: &Entry) -> u64 {
    match entry {
        Entry::Link(target) => target.len() as u64,
        other => other.size(),
    }
}

/// What a file is for a person who asks rpm for documents and licences alone.
fn flags(path: &str, entry: &Entry) -> FileFlags {
    match entry {
        Entry::Folder => FileFlags::empty(),
        _ if path.starts_with("usr/share/licenses/") => FileFlags::LICENSE,
        _ if ["usr/share/man/", "usr/share/doc/"].iter().any(|it| path.starts_with(it)) => {
            FileFlags::DOC
        }
        _ => FileFlags::empty(),
    }
}
