use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::{EnvFilter, fmt};
use waterskin_session::Folders;

/// Writes the shell's own log to `shell.<day>.log` beside the app's, for three days. Without a
/// folder there is no log: the app opens all the same.
pub fn begin(folders: Option<Folders>) -> Option<()> {
    let folders = folders?;
    folders.create().ok()?;
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("shell")
        .filename_suffix("log")
        .max_log_files(3)
        .build(folders.logs)
        .ok()?;
    let filter =
        EnvFilter::try_from_env("WATERSKIN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    fmt().with_env_filter(filter).with_ansi(false).with_writer(files).try_init().ok()
}
