use std::path::Path;

/// Makes a folder for downloads where it is missing, and tries whether a file can be written to it.
pub fn prepare(folder: &Path) -> std::io::Result<()> {
    fs_err::create_dir_all(folder)?;
    // Asking for the permissions would not say whether the file system is read-only.
    tempfile::Builder::new().prefix(".download-").tempfile_in(folder).map(drop)
}
