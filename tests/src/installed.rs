use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use rustix::fs::{FlockOperation, flock};

use crate::built::target;
use crate::eventually::in_time;
use crate::{Launch, Result};

/// How long dpkg may take.
const DPKG: Duration = Duration::from_secs(180);

/// A Debian package that is installed on this machine. Dropped, it is removed.
#[derive(Debug)]
pub struct Installed {
    /// The package's name.
    pub name: String,
    removed: bool,
    // One test at a time has a package installed, in whatever process it runs.
    _lock: fs_err::File,
}

impl Installed {
    /// Installs the package `file`.
    pub async fn from(file: &Path) -> Result<Self> {
        let lock = fs_err::File::create(target()?.join("installed.lock"))?;
        let locking = move || flock(lock.file(), FlockOperation::LockExclusive).map(|()| lock);
        let lock = tokio::task::spawn_blocking(locking).await??;
        let ask = dpkg("dpkg-deb").args(["--field"]).arg(file).arg("Package");
        let name = ask.finish(DPKG).await?.success()?.stdout.trim().to_owned();
        let status = dpkg("dpkg-query").args(["-W", &name]).finish(DPKG).await?;
        anyhow::ensure!(status.code != Some(0), "`{name}` is installed already: it may be yours");
        alone(dpkg("dpkg").arg("-i").arg(file)).await?;
        Ok(Self { name, removed: false, _lock: lock })
    }

    /// The files and folders that belong to it.
    pub async fn files(&self) -> Result<Vec<PathBuf>> {
        let list = dpkg("dpkg-query").args(["-L", &self.name]).finish(DPKG).await?.success()?;
        Ok(list.stdout.lines().map(PathBuf::from).collect())
    }

    /// The command line of its desktop entry, as a desktop starts it without files.
    pub async fn exec(&self) -> Result<Vec<String>> {
        let files = self.files().await?;
        let entry = files.iter().find(|file| file.extension().is_some_and(|it| it == "desktop"));
        let entry = fs_err::read_to_string(entry.context("there is no desktop entry")?)?;
        let line = entry.lines().find_map(|line| line.strip_prefix("Exec="));
        Ok(command_line(line.context("the desktop entry has no `Exec`")?))
    }

    /// Removes it.
    pub async fn remove(mut self) -> Result<()> {
        alone(dpkg("dpkg").args(["-r", &self.name])).await?;
        self.removed = true;
        Ok(())
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        // After a failed test only: the machine must not keep the package.
        if !self.removed {
            let remove = dpkg("dpkg").args(["-r", &self.name]);
            let _best_effort = remove.block();
        }
    }
}

/// Runs dpkg to success, after whoever else changes the machine's packages just now.
async fn alone(dpkg: Launch) -> Result<()> {
    in_time("dpkg's lock", DPKG, async || {
        let finished = dpkg.clone().finish(DPKG).await?;
        if finished.stderr.contains("lock was locked by another process") {
            return Ok(None);
        }
        finished.success().map(Some)
    })
    .await
    .map(drop)
}

fn dpkg(tool: &str) -> Launch {
    Launch::new(Path::new("/usr/bin").join(tool))
        .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .env("DEBIAN_FRONTEND", "noninteractive")
}

/// Splits the value of `Exec` by the rules of the Desktop Entry Specification, "The Exec key".
fn command_line(value: &str) -> Vec<String> {
    // First the escapes of every string value, then the quoting of arguments.
    let value = value.replace(r"\\", "\\").replace(r"\s", " ");
    let mut arguments = Vec::new();
    let mut letters = value.chars().peekable();
    while let Some(first) = letters.next() {
        let mut argument = String::new();
        match first {
            ' ' => continue,
            '"' => {
                while let Some(letter) = letters.next_if(|letter| *letter != '"') {
                    match letter {
                        '\\' => argument.extend(letters.next()),
                        other => argument.push(other),
                    }
                }
                letters.next();
            }
            _ => {
                argument.push(first);
                while let Some(letter) = letters.next_if(|letter| *letter != ' ') {
                    argument.push(letter);
                }
            }
        }
        // Without a file there is nothing for a field code.
        if !matches!(argument.as_str(), "%f" | "%F" | "%u" | "%U") {
            arguments.push(argument);
        }
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exec_lines_are_split_as_a_desktop_does() {
        assert_eq!(command_line("hello"), ["hello"]);
        assert_eq!(command_line("/usr/bin/hello --x=1 %F"), ["/usr/bin/hello", "--x=1"]);
        assert_eq!(command_line(r#""/opt/a b\\"c" d"#), [r#"/opt/a b"c"#, "d"]);
    }
}
