use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::error::RunError;
use crate::note::{Digest, Note};

/// An AppImage.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    /// Where it can be opened, whatever its name is now.
    pub file: PathBuf,
    /// What it says of itself.
    pub note: Note,
}

impl Image {
    /// The one whose file is `file`.
    pub fn open(file: &Path) -> Result<Self, RunError> {
        let read = |source| RunError::Read { path: file.to_owned(), source };
        let note = File::open(file).and_then(|mut it| Note::read(&mut it)).map_err(read)?;
        Ok(Self { file: file.to_owned(), note: note.ok_or(RunError::Damaged)? })
    }

    /// Whether the SquashFS is the one that the note is about.
    pub fn check(&self) -> Result<(), RunError> {
        let digest = || -> io::Result<Digest> {
            let mut file = File::open(&self.file)?;
            file.seek(SeekFrom::Start(self.note.offset))?;
            Digest::of(file.take(self.note.length))
        };
        let digest =
            digest().map_err(|source| RunError::Read { path: self.file.clone(), source })?;
        if digest == self.note.digest { Ok(()) } else { Err(RunError::Damaged) }
    }
}
