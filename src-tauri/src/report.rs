use std::{io, sync::Mutex};

use camino::Utf8PathBuf;
use tauri::{AppHandle, Manager as _};
use waterskin_session::ReportError;

use crate::{downloads, host::Host};

/// The archive that was saved last. The screens can have no other file shown.
#[derive(Debug, Default)]
pub struct SavedReport(Mutex<Option<Utf8PathBuf>>);

impl SavedReport {
    /// Where it is.
    pub fn path(&self) -> Option<Utf8PathBuf> {
        self.0.lock().ok().and_then(|saved| saved.clone())
    }
}

/// Saves the report with the logs in the folder for downloads.
pub fn save(app: &AppHandle) -> io::Result<Utf8PathBuf> {
    let (host, saved) = (app.state::<Host>(), app.state::<SavedReport>());
    let folder = downloads::folder(app).ok_or(io::ErrorKind::NotFound)?;
    fs_err::create_dir_all(&folder)?;
    let folder = Utf8PathBuf::try_from(folder).map_err(camino::FromPathBufError::into_io_error)?;
    let name = downloads::clean(&format!("{} report", host.state().app.name));
    let path = host.report().save(&folder, &name).map_err(|error| match &error {
        ReportError::Write { source, .. } => io::Error::new(source.kind(), error),
        _ => io::Error::other(error),
    })?;
    if let Ok(mut saved) = saved.0.lock() {
        *saved = Some(path.clone());
    }
    Ok(path)
}
