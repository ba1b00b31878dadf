use crate::sandbox::sources;
use crate::{Desktop, Launch, PATIENCE, Result, Running};

/// The part of a desktop that says whether it is dark. It begins as a light one.
#[derive(Debug)]
pub struct Portal<'a> {
    desktop: &'a Desktop,
    _running: Running,
}

impl Desktop {
    /// Gives it a portal for settings, as GNOME, KDE and others have one.
    pub async fn portal(&self) -> Result<Portal<'_>> {
        let script = sources().join("src/portal.py");
        let mut running =
            Launch::new("/usr/bin/python3").arg(script).envs(self.environment()).start()?;
        let ready = |text: &str| text.contains("ready").then_some(());
        running.stdout.wait_for("a portal", PATIENCE, ready).await?;
        Ok(Portal { desktop: self, _running: running })
    }
}

impl Portal<'_> {
    /// Makes the desktop dark, or light again.
    pub async fn turn(&self, dark: bool) -> Result<()> {
        let to = ["--session", "--print-reply", "--dest=org.freedesktop.portal.Desktop"];
        let value = if dark { "uint32:1" } else { "uint32:2" };
        let call = ["/org/freedesktop/portal/desktop", "org.waterskin.Test.Prefer", value];
        let ended = self.desktop.tool("dbus-send").args(to).args(call).finish(PATIENCE).await?;
        ended.success().map(drop)
    }
}
