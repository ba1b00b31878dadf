use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};

use ::time::{OffsetDateTime, PrimitiveDateTime};
use cab::{CabinetBuilder, CompressionType};
use camino::Utf8Path;
use waterskin_bundle::{Digest, Layout};

use crate::archive::BUFFER;
use crate::windows::{Files, InstalledFile};
use crate::{FormatError, InstallTree, Job, Kept, time};

/// How many bytes are compressed in one piece at most, besides the last file of it. A piece has at
/// most 65,535 blocks of 32 KiB.
const FOLDER: u64 = 32 << 20;

/// The name of a cabinet that is kept.
const DATA: &str = "data.cab";

/// What goes into one cabinet.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    /// Its name in the package.
    pub name: &'static str,
    /// Its files, by the names that the package has for them.
    pub files: Vec<(String, &'a InstalledFile)>,
    /// What its files' contents are decided by, where that is known.
    digest: Option<Digest>,
}

/// A finished cabinet.
pub(super) enum Cabinet {
    /// Of this build alone.
    Own(File),
    /// From the store.
    Kept(Box<dyn Kept>),
}

/// The cabinets of an app: one for each part of the payload that stays the same from one build to the
/// next, one for the program, and one for the rest.
pub(super) fn plans<'a>(
    tree: &InstallTree<'_>,
    files: &'a Files,
    program: (&'a InstalledFile, Digest),
) -> Vec<Plan<'a>> {
    let (program, digest) = program;
    let mut plans = vec![Plan {
        name: "program",
        files: vec![("program".to_owned(), program)],
        digest: Some(digest),
    }];
    let mut rest: Vec<&InstalledFile> = files.files.iter().collect();
    let mut parts = Vec::new();
    for (name, part) in [("python", Layout::PYTHON), ("packages", Layout::SITE_PACKAGES)] {
        let below = format!("{}/{part}/", Layout::PAYLOAD);
        let inside: Vec<_> = rest.extract_if(.., |file| file.path.starts_with(&below)).collect();
        parts.push((name, inside, tree.manifest().digests.get(part).cloned()));
    }
    parts.insert(0, ("rest", rest, None));
    for (name, files, digest) in parts {
        // Names by numbers: a cabinet has no order, and no names beyond ASCII that all readers know.
        let named = |(number, file)| (format!("{name}.{number}"), file);
        let files: Vec<_> = files.into_iter().enumerate().map(named).collect();
        if !files.is_empty() {
            plans.push(Plan { name, files, digest });
        }
    }
    plans
}

impl Plan<'_> {
    /// Writes the cabinet, or takes it from the store.
    pub fn make(&self, job: &Job<'_>) -> Result<Cabinet, FormatError> {
        let time = time::of_build();
        let Some(digest) = &self.digest else {
            let mut file =
                tempfile::tempfile_in(job.output).map_err(FormatError::write(job.output))?;
            self.write(&mut file, time, job.output, job)?;
            return Ok(Cabinet::Own(file));
        };
        let key = format!("1 {time} {} {}", self.name, digest.as_str());
        let mut is_new = false;
        let kept = job.store.folder("cabinet", &key, &mut |folder| {
            is_new = true;
            let path = folder.join(DATA);
            let mut file = File::create(&path).map_err(FormatError::write(&path))?;
            self.write(&mut file, time, &path, job)
        })?;
        if !is_new {
            job.progress.advance(self.files.iter().map(|(_, file)| file.size).sum());
        }
        Ok(Cabinet::Kept(kept))
    }

    fn write(
        &self,
        output: &mut File,
        time: u64,
        path: &Utf8Path,
        job: &Job<'_>,
    ) -> Result<(), FormatError> {
        let failed = || FormatError::write(path);
        let builder = self.builder(date(time));
        let mut writer =
            builder.build(BufWriter::with_capacity(BUFFER, output)).map_err(failed())?;
        let mut files = self.files.iter();
        while let Some(mut place) = writer.next_file().map_err(failed())? {
            // The builder has the same files in the same order.
            let Some((_, file)) = files.next() else { break };
            let source =
                fs_err::File::open(&file.source).map_err(FormatError::read(&file.source))?;
            let copied = copy(source, &mut place, file, path)?;
            if copied != file.size {
                return Err(FormatError::Changed { path: file.source.clone() });
            }
            job.progress.advance(copied);
        }
        let mut output = writer.finish().map_err(failed())?;
        output.flush().map_err(failed())
    }

    fn builder(&self, date: PrimitiveDateTime) -> CabinetBuilder {
        let mut builder = CabinetBuilder::new();
        let mut rest = self.files.as_slice();
        while !rest.is_empty() {
            let mut bytes = 0;
            let full = |(_, file): &(String, &InstalledFile)| {
                let is_full = bytes >= FOLDER && file.size > 0;
                bytes += file.size;
                is_full
            };
            let (piece, more) = rest.split_at(rest.iter().position(full).unwrap_or(rest.len()));
            let folder = builder.add_folder(CompressionType::MsZip);
            for (name, _) in piece {
                folder.add_file(name).set_datetime(date);
            }
            rest = more;
        }
        builder
    }
}

/// Says of reading and of writing which of them failed.
fn copy(
    mut source: impl Read,
    output: &mut impl Write,
    file: &InstalledFile,
    path: &Utf8Path,
) -> Result<u64, FormatError> {
    let mut buffer = vec![0; BUFFER];
    let mut copied = 0;
    loop {
        let read = source.read(&mut buffer).map_err(FormatError::read(&file.source))?;
        if read == 0 {
            return Ok(copied);
        }
        output.write_all(&buffer[..read]).map_err(FormatError::write(path))?;
        copied += read as u64;
    }
}

impl Cabinet {
    /// Opens it from its beginning.
    pub fn open(&self) -> Result<File, FormatError> {
        match self {
            Self::Own(file) => {
                let again = file.try_clone().and_then(|mut file| file.rewind().map(|()| file));
                again.map_err(FormatError::read("a temporary file"))
            }
            Self::Kept(kept) => {
                let path = kept.path().join(DATA);
                File::open(&path).map_err(FormatError::read(&path))
            }
        }
    }
}

/// A time as cabinets have it, which know no zones. Seconds since 1970 that fit into 32 bits are a
/// date for sure.
fn date(seconds: u64) -> PrimitiveDateTime {
    let seconds = i64::try_from(seconds).unwrap_or_default();
    let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    PrimitiveDateTime::new(time.date(), time.time())
}

/// Reads all that is left of a file into a digest.
pub(super) fn digest(file: File) -> io::Result<Digest> {
    Digest::of_reader(file)
}
