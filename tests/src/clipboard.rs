use std::ffi::OsStr;

use crate::sandbox::sources;
use crate::{Desktop, Launch, PATIENCE, Result, Running};

impl Desktop {
    /// Has another program put something on the clipboard: a `text`, or the `image` at a
    /// path. It is there until that program ends, or somebody else copies something.
    pub async fn offers(&self, kind: &str, what: impl AsRef<OsStr>) -> Result<Running> {
        let script = sources().join("src/clipboard.py");
        let program = Launch::new("/usr/bin/python3").arg(script).arg(kind).arg(what);
        let mut running = program.envs(self.environment()).env("NO_AT_BRIDGE", "1").start()?;
        let ready = |text: &str| text.contains("ready").then_some(());
        running.stdout.wait_for("something on the clipboard", PATIENCE, ready).await?;
        Ok(running)
    }
}
