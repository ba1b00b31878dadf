use std::ffi::OsString;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::built::target;
use crate::processes::mark_variable;
use crate::{Launch, Ours, Result};

/// A test's own corner of the machine: home, temporary and run-time folders, and a mark on whatever
/// it starts. Dropped, it ends what still runs and removes its files.
///
/// Its paths have a blank, a quote and a letter outside ASCII in them, so that every test is one of
/// those too. Only the run-time folder has a plain one, as it has on every system: what reads the
/// address of the session bus does not always decode it.
#[derive(Debug)]
pub struct Sandbox {
    root: TempDir,
    mark: String,
}

impl Sandbox {
    /// An empty sandbox.
    pub fn new() -> Result<Self> {
        let root = tempfile::Builder::new().prefix("w-").tempdir_in("/tmp")?;
        let name = root.path().file_name().context("a temporary folder without a name")?;
        let mark = name.to_string_lossy().chars().filter(char::is_ascii_alphanumeric).collect();
        let sandbox = Self { root, mark };
        for folder in ["home", "tmp", "work"] {
            fs_err::create_dir_all(sandbox.strange().join(folder))?;
        }
        fs_err::create_dir(sandbox.run())?;
        // The XDG base directory specification demands 0700 of the run-time folder.
        let private = std::fs::Permissions::from_mode(0o700);
        fs_err::set_permissions(sandbox.run(), private)?;
        Ok(sandbox)
    }

    /// The folder of everything.
    pub fn path(&self) -> &Path {
        self.root.path()
    }

    fn run(&self) -> PathBuf {
        self.path().join("run")
    }

    fn strange(&self) -> PathBuf {
        self.path().join("a é'")
    }

    /// The home folder.
    pub fn home(&self) -> PathBuf {
        self.strange().join("home")
    }

    /// A folder for the test's own files.
    pub fn work(&self) -> PathBuf {
        self.strange().join("work")
    }

    fn stubs(&self) -> PathBuf {
        self.strange().join("bin")
    }

    /// Puts a program `name` before those of the machine. It does nothing but write down its
    /// arguments, a line for each call, in the file that this gives back.
    pub fn stub(&self, name: &str) -> Result<PathBuf> {
        let (program, calls) = (self.stubs().join(name), self.work().join(format!("{name}.calls")));
        fs_err::create_dir_all(self.stubs())?;
        let script = "#!/bin/sh\nprintf '%s\\n' \"$*\" >> \"${0%/bin/*}/work/${0##*/}.calls\"\n";
        fs_err::write(&program, script)?;
        fs_err::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
        fs_err::write(&calls, "")?;
        Ok(calls)
    }

    /// Everything that was started here and lives.
    pub fn ours(&self) -> Ours {
        Ours::marked(&self.mark)
    }

    /// The environment of what is started here: nothing of the machine's but the path to its tools.
    pub fn environment(&self) -> Vec<(OsString, OsString)> {
        let home = self.home();
        let mut path = self.stubs().into_os_string();
        path.push(":/usr/local/bin:/usr/bin:/bin");
        let mut environment = vec![
            mark_variable(&self.mark),
            ("HOME".into(), home.clone().into()),
            ("LANG".into(), "C.UTF-8".into()),
            ("PATH".into(), path),
            ("TMPDIR".into(), self.strange().join("tmp").into()),
            ("XDG_CACHE_HOME".into(), home.join(".cache").into()),
            ("XDG_CONFIG_HOME".into(), home.join(".config").into()),
            ("XDG_DATA_HOME".into(), home.join(".local/share").into()),
            ("XDG_RUNTIME_DIR".into(), self.run().into()),
            ("XDG_STATE_HOME".into(), home.join(".local/state").into()),
        ];
        // What GStreamer finds out about its plugins takes a second of each web view's start, and is
        // the same for all.
        let registry = target().map(|folder| ("GST_REGISTRY".into(), folder.join("gst").into()));
        environment.extend(registry);
        environment
    }

    /// A program to be started here, in the folder [`Sandbox::work`].
    pub fn launch(&self, program: impl AsRef<Path>) -> Launch {
        Launch::new(program.as_ref()).envs(self.environment()).directory(self.work())
    }

    /// The command `waterskin` as an author has it: with uv, its cache and the settings of the
    /// machine for package indexes.
    pub fn author(&self) -> Result<Launch> {
        self.author_of(&crate::cli()?)
    }

    /// The same with another version of the command.
    pub fn author_of(&self, command: &Path) -> Result<Launch> {
        let kept = ["UV_", "PIP_", "SSL_CERT_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
        let kept = std::env::vars_os().filter(|(name, _)| {
            kept.iter().any(|prefix| name.to_string_lossy().starts_with(prefix))
        });
        let launch = self.launch(command).envs(kept);
        // Downloads are shared between tests; nothing else of the person's home is.
        let launch = match std::env::var_os("UV_CACHE_DIR") {
            Some(_) => launch,
            None => launch.env("UV_CACHE_DIR", user_cache()?.join("uv")),
        };
        Ok(match std::env::var_os("PATH") {
            Some(path) => launch.env("PATH", path),
            None => launch,
        })
    }

    /// A copy of the folder `source`, named `name`, in [`Sandbox::work`].
    pub fn copy(&self, source: &Path, name: &str) -> Result<PathBuf> {
        let copy = self.work().join(name);
        for entry in WalkDir::new(source) {
            let entry = entry?;
            let place = copy.join(entry.path().strip_prefix(source)?);
            if entry.file_type().is_dir() {
                fs_err::create_dir_all(place)?;
            } else {
                fs_err::copy(entry.path(), place)?;
            }
        }
        Ok(copy)
    }

    /// The sockets that apps listen on and the folders of theirs that are there now.
    pub fn sockets(&self) -> Vec<PathBuf> {
        [self.run(), self.strange().join("tmp")]
            .into_iter()
            .flat_map(WalkDir::new)
            .filter_map(std::result::Result::ok)
            .map(walkdir::DirEntry::into_path)
            .filter(|path| path.components().any(|part| is_ours(part.as_os_str())))
            .collect()
    }

    /// Makes another user the owner of everything here.
    pub fn give_to(&self, user: u32) -> Result<()> {
        for entry in walkdir::WalkDir::new(self.path()) {
            chown(entry?.path(), Some(user), Some(user)).context("could not change the owner")?;
        }
        Ok(())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.ours().kill();
    }
}

/// Sessions make a folder `waterskin-...` each for their socket.
fn is_ours(name: &std::ffi::OsStr) -> bool {
    name.to_string_lossy().starts_with("waterskin-")
}

/// The folder of this package. It is asked for anew each time, as what is compiled serves other clones
/// too; a program that Cargo does not run is run in the clone's own folder.
pub fn sources() -> PathBuf {
    let named = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| "tests".into());
    std::path::absolute(&folder).unwrap_or(folder)
}

/// A small project of `tests/apps`.
pub fn app(name: &str) -> PathBuf {
    sources().join("apps").join(name)
}

/// A project of `examples`.
pub fn example(name: &str) -> PathBuf {
    sources().join("../examples").join(name)
}

/// The cache folder of the person who runs the tests.
pub(crate) fn user_cache() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()) {
        return Ok(folder.into());
    }
    Ok(std::env::home_dir().context("there is no home folder")?.join(".cache"))
}
