use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::TempDir;
use walkdir::{DirEntry, WalkDir};

use crate::{Finished, Launch, PATIENCE, Result, Sandbox};

/// The ordinary user's id. It is in no file of the machine: programs see it in a view of
/// `/etc/passwd` of their own.
const USER: u32 = 42_420;

/// Some user who has nothing to do with any test.
const STRANGER: u32 = 42_430;

/// Whether the tests run as root, as those do that install a package or hide parts of the machine.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The same program, run by some other user of the machine than the one who runs the test.
pub fn as_stranger(launch: Launch) -> Launch {
    let id = STRANGER.to_string();
    let options = ["--reuid", &id, "--regid", &id, "--clear-groups", "--no-new-privs"];
    launch.behind("/usr/bin/setpriv", options)
}

/// An ordinary user on a machine without any Python.
///
/// Programs run in a mount namespace in which every interpreter, every standard library and root's
/// home are hidden, as a user with no rights that owns nothing but the sandbox.
#[derive(Debug)]
pub struct Ordinary {
    id: u32,
    files: TempDir,
    sandbox: PathBuf,
    hidden_files: Vec<PathBuf>,
    hidden_folders: Vec<PathBuf>,
    allowed: Option<PathBuf>,
}

impl Ordinary {
    /// Looks for whatever must be hidden, and makes the sandbox the user's. What is in the folder
    /// `allowed` stays.
    pub fn of(sandbox: &Sandbox, allowed: Option<&Path>) -> Result<Self> {
        Self::with(USER, sandbox, allowed)
    }

    /// The same for a second user beside the first.
    pub fn second(sandbox: &Sandbox, allowed: Option<&Path>) -> Result<Self> {
        Self::with(USER + 1, sandbox, allowed)
    }

    fn with(id: u32, sandbox: &Sandbox, allowed: Option<&Path>) -> Result<Self> {
        anyhow::ensure!(is_root(), "only root can hide parts of the machine");
        sandbox.give_to(id)?;
        let files = tempfile::Builder::new().prefix("waterskin-user-").tempdir()?;
        let home = sandbox.home();
        let line = format!("waterskin:x:{id}:{id}:An Ordinary User:{}:/bin/sh\n", home.display());
        let passwd = fs_err::read_to_string("/etc/passwd")? + &line;
        fs_err::write(files.path().join("passwd"), passwd)?;
        let group = fs_err::read_to_string("/etc/group")? + &format!("waterskin:x:{id}:\n");
        fs_err::write(files.path().join("group"), group)?;
        let (hidden_files, hidden_folders) = pythons(allowed);
        let allowed = allowed.map(Path::to_owned);
        let sandbox = sandbox.path().to_owned();
        Ok(Self { id, files, sandbox, hidden_files, hidden_folders, allowed })
    }

    /// The user's id.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The same program, run by the user.
    pub fn run(&self, launch: Launch) -> Result<Launch> {
        let mut script = String::from("set -eu\n");
        for name in ["passwd", "group"] {
            let file = quoted(&self.files.path().join(name))?;
            script += &format!("mount --bind {file} /etc/{name}\n");
        }
        // Of all temporary files only the sandbox is left, kept at `/mnt` for a moment.
        let sandbox = quoted(&self.sandbox)?;
        script += &format!("mount --bind {sandbox} /mnt\n");
        script += "mount -t tmpfs -o mode=1777 tmpfs /tmp\n";
        script += &format!("mkdir -p {sandbox}\nmount --bind /mnt {sandbox}\numount /mnt\n");
        for folder in &self.hidden_folders {
            script += &format!("mount -t tmpfs -o mode=755,size=4k tmpfs {}\n", quoted(folder)?);
        }
        for file in &self.hidden_files {
            script += &format!("mount --bind /dev/null {}\n", quoted(file)?);
        }
        script += "exec \"$@\"\n";
        let user = format!("--reuid={}", self.id);
        let group = format!("--regid={}", self.id);
        let rights = ["--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"];
        let launch = launch.behind(
            "/usr/bin/setpriv",
            [&user, &group].into_iter().map(String::as_str).chain(rights),
        );
        let shell = ["--mount", "--propagation", "private", "/bin/sh", "-c", &script, "sh"];
        Ok(launch.behind("/usr/bin/unshare", shell))
    }

    /// What is left of Python for the user: executables outside the allowed folder, by a walk over
    /// all folders, and what the names of interpreters start. Both must be empty.
    pub async fn pythons_left(&self, sandbox: &Sandbox) -> Result<Vec<String>> {
        let walk = "find / -xdev -type f -perm /111 \\( -name 'python*' -o -name 'pypy*' \\) 2>/dev/null; \
             for name in python python3 python3.9 python3.10 python3.11 python3.12 python3.13; do \
             if \"$name\" -c 'print()' 2>/dev/null; then echo \"$name\"; fi; done; true";
        let walk = sandbox.launch("/bin/sh").args(["-c", walk]);
        let walk: Finished = self.run(walk)?.finish(PATIENCE).await?.success()?;
        let interpreter = |line: &&str| {
            let path = Path::new(line);
            let allowed = self.allowed.as_ref().is_some_and(|allowed| path.starts_with(allowed));
            !allowed && path.file_name().is_some_and(is_interpreter)
        };
        Ok(walk.stdout.lines().filter(interpreter).map(str::to_owned).collect())
    }
}

/// The interpreters and the folders of Python's libraries that are on this machine.
fn pythons(allowed: Option<&Path>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from("/root")];
    // Other temporary files are hidden as a whole.
    let wanted = |entry: &DirEntry| {
        entry.path() != "/root" && entry.path() != "/tmp" && Some(entry.path()) != allowed
    };
    let walk = WalkDir::new("/").same_file_system(true).into_iter().filter_entry(wanted);
    for entry in walk.filter_map(std::result::Result::ok) {
        if entry.file_type().is_dir() && is_library(entry.path()) {
            folders.push(entry.into_path());
        } else if entry.file_type().is_file() && is_interpreter(entry.file_name()) {
            files.push(entry.into_path());
        }
    }
    // What is below a hidden folder is gone with it.
    let hidden = |path: &Path| folders.iter().any(|it| path.starts_with(it) && path != it);
    files.retain(|file| !hidden(file));
    let outermost = folders.iter().filter(|folder| !hidden(folder)).cloned().collect();
    (files, outermost)
}

/// `/usr/lib/python3.11` and the like.
fn is_library(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.parent().is_some_and(|parent| parent.ends_with("lib"))
        && (name.starts_with("python") || name.starts_with("pypy"))
}

/// `python`, `python3`, `python3.11`, `pypy3` and the like, not `python3-config`.
fn is_interpreter(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let version = name.strip_prefix("python").or_else(|| name.strip_prefix("pypy"));
    version.is_some_and(|rest| rest.chars().all(|letter| letter.is_ascii_digit() || letter == '.'))
}

/// A path for the shell.
fn quoted(path: &Path) -> Result<String> {
    let text = path.to_str().context("a path that is not UTF-8")?;
    Ok(format!("'{}'", text.replace('\'', r"'\''")))
}
