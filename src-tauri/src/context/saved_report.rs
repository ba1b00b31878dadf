use std::{io, path::Path, sync::Mutex};

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_session::ReportError;

use super::host::Host;
use crate::model::downloads;

/// The archive that was saved last. The screens can have no other file shown.
#[derive(Debug, Default)]
pub struct SavedReport(Mutex<Option<Utf8PathBuf>>);

impl SavedReport {
    /// Where it is.
    pub fn path(&self) -> Option<Utf8PathBuf> {
        self.0.lock().ok().and_then(|saved| saved.clone())
    }

    /// Saves a report with the logs in `folder`, which is made where it is missing.
    pub fn save(&self, host: &Host, folder: &Path) -> io::Result<Utf8PathBuf> {
        fs_err::create_dir_all(folder)?;
        let folder = Utf8Path::from_path(folder).ok_or(io::ErrorKind::InvalidData)?;
        let name = downloads::clean(&format!("{} report", host.state().app.name));
        let path = host.report().save(folder, &name).map_err(|error| match &error {
            ReportError::Write { source, .. } => io::Error::new(source.kind(), error),
            _ => io::Error::other(error),
        })?;
        if let Ok(mut saved) = self.0.lock() {
            *saved = Some(path.clone());
        }
        Ok(path)
    }
}
