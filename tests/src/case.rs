use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Pid;

use crate::{
    Desktop, Launch, PATIENCE, Process, Result, Running, Sandbox, Venv, Window, app, eventually,
};

/// A project on a desktop, to be opened by `waterskin run`.
#[derive(Debug)]
pub struct Case {
    /// Its files and processes.
    pub sandbox: Sandbox,
    /// Its display.
    pub desktop: Desktop,
    /// The copy of the project.
    pub project: PathBuf,
    /// The interpreter.
    pub python: PathBuf,
}

impl Case {
    /// A copy of a project of `tests/apps`, and Streamlit `version` to run it on.
    pub async fn of(name: &str, version: &str) -> Result<Self> {
        let sandbox = Sandbox::new()?;
        let python = Venv::with_streamlit(version).await?.python();
        let project = sandbox.copy(&app(name), "Fenêtre 'n' \"co\"")?;
        let desktop = Desktop::start(&sandbox, None).await?;
        Ok(Self { sandbox, desktop, project, python })
    }

    /// The arguments of the command.
    pub fn arguments(&self) -> Vec<String> {
        let text = |path: &PathBuf| path.to_string_lossy().into_owned();
        vec![
            "run".into(),
            text(&self.project),
            "--port=0".into(),
            "--python".into(),
            text(&self.python),
        ]
    }

    /// Opens it with a driver attached to its page.
    pub async fn driven(&self) -> Result<Window> {
        let arguments = self.arguments();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let program = crate::cli()?;
        Window::open(&self.sandbox, &self.desktop, None, &program, &arguments).await
    }

    /// The command, writing every level of the shell's log.
    pub fn talkative(&self) -> Result<PathBuf> {
        let program = self.sandbox.work().join("talkative");
        let cli = crate::cli()?;
        let script = format!("#!/bin/sh\nWATERSKIN_LOG=trace exec '{}' \"$@\"\n", cli.display());
        fs_err::write(&program, script)?;
        fs_err::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        Ok(program)
    }

    /// Opens it as a person does. The command becomes the shell, under the same process id.
    pub fn opened(&self) -> Result<Running> {
        self.opened_with(&[])
    }

    /// The same with arguments for the app.
    pub fn opened_with(&self, arguments: &[&str]) -> Result<Running> {
        let launch: Launch = self.sandbox.launch(crate::cli()?).args(self.arguments());
        let launch = launch.arg("--").args(arguments);
        launch.envs(self.desktop.environment()).start()
    }

    /// The processes of ours but those of the desktop and the driver.
    pub fn alive(&self) -> Vec<Process> {
        let mut alive = self.sandbox.ours().alive();
        let desktop = [
            "Xvfb",
            "dbus-daemon",
            "WebKitWebDriver",
            "at-spi",
            "dconf-service",
            "openbox",
            "pulseaudio",
            "pipewire",
            "wireplumber",
            "gst-launch",
        ];
        alive.retain(|it| {
            !desktop.iter().any(|name| it.executable.to_string_lossy().contains(name))
        });
        alive
    }

    /// The Python that runs the app: the child of the shell, and none of those in `but`.
    pub async fn running_python(&self, but: &[Pid]) -> Result<Process> {
        eventually("Python", PATIENCE, async || {
            let alive = self.alive();
            let shell = alive.iter().find(|it| it.executable.ends_with("waterskin-shell"));
            let Some(shell) = shell.map(|shell| shell.id.as_raw_nonzero().get()) else {
                return Ok(None);
            };
            let python = |process: &&Process| {
                process.parent == shell
                    && process.executable.ends_with("python3.11")
                    && !but.contains(&process.id)
            };
            Ok(alive.iter().find(python).cloned())
        })
        .await
    }

    /// Within `limit` neither a process nor a socket of ours is left; and soon after, WebKit's own
    /// processes are gone too. These end by themselves when they miss their shell, in WebKit's
    /// time: on a busy machine that was seen to be more than a second.
    pub async fn nothing_is_left(&self, limit: Duration) -> Result<()> {
        let ours = || {
            let mut ours = self.alive();
            ours.retain(|it| !it.executable.to_string_lossy().contains("/webkit2gtk-"));
            ours
        };
        let gone = eventually("the end of everything", limit, async || {
            Ok((ours().is_empty() && self.sandbox.sockets().is_empty()).then_some(()))
        });
        gone.await.map_err(|error| {
            error.context(format!("left: {:#?}, {:?}", ours(), self.sandbox.sockets()))
        })?;
        eventually("the end of WebKit's processes", PATIENCE, async || {
            Ok(self.alive().is_empty().then_some(()))
        })
        .await
    }
}
