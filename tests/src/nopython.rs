use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::TempDir;

use crate::{Finished, Launch, PATIENCE, Result, Sandbox};

/// The ordinary user's id. It is in no file of the machine: programs see it in a view of
/// `/etc/passwd` of their own.
const USER: u32 = 42_420;

/// Whether the tests run as root, as those do that install a package or hide parts of the machine.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// An ordinary user on a machine without any Python.
///
/// Programs run in a mount namespace in which every interpreter, every standard library and root's
/// home are hidden, as a user with no rights that owns nothing but the sandbox.
#[derive(Debug)]
pub struct Ordinary {
    files: TempDir,
    hidden_files: Vec<PathBuf>,
    hidden_folders: Vec<PathBuf>,
}

impl Ordinary {
    /// Looks for whatever must be hidden, and makes the sandbox the user's.
    pub fn of(sandbox: &Sandbox) -> Result<Self> {
        anyhow::ensure!(is_root(), "only root can hide parts of the machine");
        sandbox.give_to(USER)?;
        let files = tempfile::Builder::new().prefix("waterskin-user-").tempdir()?;
        let home = sandbox.home();
        let line =
            format!("waterskin:x:{USER}:{USER}:An Ordinary User:{}:/bin/sh\n", home.display());
        let passwd = fs_err::read_to_string("/etc/passwd")? + &line;
        fs_err::write(files.path().join("passwd"), passwd)?;
        let group = fs_err::read_to_string("/etc/group")? + &format!("waterskin:x:{USER}:\n");
        fs_err::write(files.path().join("group"), group)?;
        let (hidden_files, hidden_folders) = pythons()?;
        Ok(Self { files, hidden_files, hidden_folders })
    }

    /// The same program, run by the user.
    pub fn run(&self, launch: Launch) -> Result<Launch> {
        let mut script = String::from("set -eu\n");
        for name in ["passwd", "group"] {
            let file = quoted(&self.files.path().join(name))?;
            script += &format!("mount --bind {file} /etc/{name}\n");
        }
        for folder in &self.hidden_folders {
            script += &format!("mount -t tmpfs -o mode=755,size=4k tmpfs {}\n", quoted(folder)?);
        }
        for file in &self.hidden_files {
            script += &format!("mount --bind /dev/null {}\n", quoted(file)?);
        }
        script += "exec \"$@\"\n";
        let user = format!("--reuid={USER}");
        let group = format!("--regid={USER}");
        let rights = ["--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"];
        let launch = launch.behind(
            "/usr/bin/setpriv",
            [&user, &group].into_iter().map(String::as_str).chain(rights),
        );
        let shell = ["--mount", "--propagation", "private", "/bin/sh", "-c", &script, "sh"];
        Ok(launch.behind("/usr/bin/unshare", shell))
    }

    /// What is left of Python for the user: executables outside `allowed`, by a walk over all
    /// folders, and what the names of interpreters start. Both must be empty.
    pub async fn pythons_left(&self, sandbox: &Sandbox, allowed: &Path) -> Result<Vec<String>> {
        let walk = "find / -xdev -type f -perm /111 \\( -name 'python*' -o -name 'pypy*' \\) 2>/dev/null; \
             for name in python python3 python3.9 python3.10 python3.11 python3.12 python3.13; do \
             if \"$name\" -c 'print()' 2>/dev/null; then echo \"$name\"; fi; done; true";
        let walk = sandbox.launch("/bin/sh").args(["-c", walk]);
        let walk: Finished = self.run(walk)?.finish(PATIENCE).await?.success()?;
        let interpreter = |line: &&str| {
            let path = Path::new(line);
            !path.starts_with(allowed) && path.file_name().is_some_and(is_interpreter)
        };
        Ok(walk.stdout.lines().filter(interpreter).map(str::to_owned).collect())
    }
}

/// The interpreters and the folders of Python's libraries that are on this machine.
fn pythons() -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let mut folders = vec![PathBuf::from("/root")];
    for folder in ["/usr/lib", "/usr/local/lib", "/opt"] {
        for entry in entries(Path::new(folder)) {
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if entry.is_dir() && (name.starts_with("python") || name.starts_with("pypy")) {
                folders.push(entry);
            }
        }
    }
    let mut files = Vec::new();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let fixed = ["/usr/bin", "/usr/local/bin", "/usr/sbin"].map(PathBuf::from);
    for folder in std::env::split_paths(&path).chain(fixed) {
        for entry in entries(&folder) {
            if entry.file_name().is_some_and(is_interpreter) {
                // The file behind the links: hidden there, it is hidden for all of them.
                files.push(entry.canonicalize().context("a link without an end")?);
            }
        }
    }
    files.retain(|file| !folders.iter().any(|folder| file.starts_with(folder)));
    files.sort();
    files.dedup();
    Ok((files, folders))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.exists()).collect()
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
