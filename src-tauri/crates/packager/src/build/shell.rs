//! The shell for another system: its wheel, of the packager's own version.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use waterskin_bundle::{Digest, DigestError, Target, file_digest};

use crate::binary::BuiltFor;
use crate::cache::{Cache, CacheError, Entry};
use crate::plan::shell::Shell;
use crate::plan::tools::{SHELL, shell_name};
use crate::wheels::manylinux::uv_platform;
use crate::wheels::uv::{Trouble, Uv, UvError, UvFolder};
use crate::{Progress, Step};

/// The newest GNU C library that uv knows (0.13). What the shell itself asks for is read from it.
const NEWEST_GLIBC: (u32, u32) = (2, 40);
/// Any Python will do, since the wheel is for all of them, and uv wants to know one.
const PYTHON: &str = "3.12";
/// What is known of a shell that is kept.
const FACTS: &str = "facts.json";

/// Why there is no shell for another system.
#[derive(Debug, thiserror::Error)]
pub enum ShellError {
    /// The wheel can't be had.
    #[error("there is no wheel of `waterskin-shell` {version} for {target}")]
    Missing {
        /// Its version.
        version: String,
        /// The system's name.
        target: String,
        /// What uv said.
        #[source]
        source: UvError,
    },
    /// The wheel has no program for this system in it.
    #[error("the wheel of `waterskin-shell` {version} for {target} is not right: {reason}")]
    Wrong {
        /// Its version.
        version: String,
        /// The system's name.
        target: String,
        /// What is wrong with it.
        reason: String,
    },
    /// What is kept was changed.
    #[error("`{path}` was changed since it was fetched")]
    Changed {
        /// The program.
        path: Utf8PathBuf,
    },
    /// The plan is of something that opens no window.
    #[error("there is no shell in this plan")]
    None,
    /// A file can't be read or written.
    #[error("could not use `{path}`")]
    File {
        /// The file.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The program could not be hashed.
    #[error("could not hash `{path}`")]
    Digest {
        /// The program.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: DigestError,
    },
    /// The cache.
    #[error(transparent)]
    Cache(#[from] CacheError),
}

impl ShellError {
    /// What the author can do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        let elsewhere = "name the folder that has the wheel with `--find-links`, or give the program itself with `--shell`";
        Some(match self {
            Self::Missing { source, .. } => match source.trouble {
                Trouble::Network => {
                    format!("check the network and the proxy settings, {elsewhere}")
                }
                Trouble::Offline => format!("build once without `--offline`, {elsewhere}"),
                Trouble::Start => "give the path of a working `uv` with `--uv`".to_owned(),
                Trouble::DiskFull => {
                    "make room, or give another folder with `--cache-dir`".to_owned()
                }
                _ => format!(
                    "each version of Waterskin takes the shells of its own version: {elsewhere}"
                ),
            },
            Self::Wrong { .. } => format!("{elsewhere}, as it comes with Waterskin"),
            Self::None => "plan a build, and not an export".to_owned(),
            Self::Changed { .. } => {
                "remove it with `waterskin cache clear` and build again".to_owned()
            }
            Self::File { .. } | Self::Digest { .. } | Self::Cache(_) => {
                "give a folder that can be written to with `--cache-dir`".to_owned()
            }
        })
    }

    fn file(path: &Utf8Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

/// The shell's program. That of a wheel stays in the cache as long as this value lives.
#[derive(Debug)]
pub(crate) struct ShellProgram {
    path: Utf8PathBuf,
    _entry: Option<Entry>,
}

impl ShellProgram {
    /// The file.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }
}

/// What is needed to get one. The project has no say in where it comes from: colleagues start this
/// program, and a stranger's project may name any index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fetching<'a> {
    pub uv: Uv<'a>,
    /// Folders and pages with wheels of the shell.
    pub links: &'a [String],
    /// A folder of ours for files on the way.
    pub folder: &'a Utf8Path,
    pub cache: &'a Cache,
}

#[derive(Debug, Serialize, Deserialize)]
struct Facts {
    /// The wheel with its hashes, as uv checked them.
    requirement: String,
    /// Of the program in it.
    digest: Digest,
}

impl Fetching<'_> {
    /// The shell's program. That of a wheel is the one whose hash the index has now, and what is kept
    /// of it is looked at each time.
    pub fn program(
        &self,
        shell: &Shell,
        progress: &dyn Progress,
    ) -> Result<ShellProgram, ShellError> {
        let (version, target) = match shell {
            Shell::File { path } => return Ok(ShellProgram { path: path.clone(), _entry: None }),
            Shell::Wheel { version, target } => (*version, target),
            Shell::None => return Err(ShellError::None),
        };
        progress.step(Step::Shell, None);
        let requirement = self.resolve(version, target)?;
        let key = format!("{} {requirement}", target.triple());
        let entry = self.cache.entry("shell", &key, progress, |folder| {
            self.install(version, target, &requirement, folder)
        })?;
        let path = entry.path().join(shell_name(target));
        let facts = entry.path().join(FACTS);
        let facts: Facts = fs_err::read(&facts)
            .and_then(|text| Ok(serde_json::from_slice(&text)?))
            .map_err(ShellError::file(&facts))?;
        if digest(&path)? != facts.digest {
            return Err(ShellError::Changed { path });
        }
        Ok(ShellProgram { path, _entry: Some(entry) })
    }

    /// The wheel with its hashes, in the form of a requirement.
    fn resolve(&self, version: &str, target: &Target) -> Result<String, ShellError> {
        const RESOLVED: &str = "shell.txt";
        let folder = self.uv_folder()?;
        let asked = format!("{SHELL}=={version}\n");
        folder
            .write("shell.in", asked.as_bytes())
            .map_err(ShellError::file(&folder.path().join("shell.in")))?;
        let options = ["pip", "compile", "--quiet", "shell.in", "--generate-hashes"];
        let options = options.into_iter().chain(["--no-header", "--no-annotate", "-o", RESOLVED]);
        self.run(&folder, options, version, target)?;
        let resolved = folder.path().join(RESOLVED);
        fs_err::read_to_string(&resolved).map_err(ShellError::file(&resolved))
    }

    /// Unpacks the wheel, and leaves its program in `destination`.
    fn install(
        &self,
        version: &str,
        target: &Target,
        requirement: &str,
        destination: &Utf8Path,
    ) -> Result<(), ShellError> {
        const LIST: &str = "install.txt";
        let wrong = |reason: String| ShellError::Wrong {
            version: version.to_owned(),
            target: target.name(),
            reason,
        };
        let folder = self.uv_folder()?;
        folder
            .write(LIST, requirement.as_bytes())
            .map_err(ShellError::file(&folder.path().join(LIST)))?;
        let tree = folder.path().join("tree");
        let options = ["pip", "install", "--target", tree.as_str(), "-r", LIST, "--no-deps"];
        let options = options.into_iter().chain(["--require-hashes", "--link-mode", "copy"]);
        self.run(&folder, options, version, target)?;
        // Where a wheel's programs go is the matter of the system on which it is unpacked.
        let name = shell_name(target);
        let mut places = ["bin", "Scripts"].iter().map(|place| tree.join(place).join(&name));
        let program = places
            .find(|place| place.is_file())
            .ok_or_else(|| wrong(format!("there is no `{name}` in it")))?;
        if let Some(built_for) = BuiltFor::of_file(&program)
            && !built_for.serves(target)
        {
            return Err(wrong(format!("its program is for {built_for}")));
        }
        let kept = destination.join(&name);
        fs_err::copy(&program, &kept).map_err(ShellError::file(&kept))?;
        let facts = Facts { requirement: requirement.to_owned(), digest: digest(&kept)? };
        let path = destination.join(FACTS);
        serde_json::to_vec_pretty(&facts)
            .map_err(io::Error::from)
            .and_then(|text| fs_err::write(&path, text))
            .map_err(ShellError::file(&path))
    }

    fn uv_folder(&self) -> Result<UvFolder, ShellError> {
        UvFolder::new(self.folder, None, toml::Table::new()).map_err(ShellError::file(self.folder))
    }

    fn run<'o>(
        &self,
        folder: &UvFolder,
        options: impl Iterator<Item = &'o str>,
        version: &str,
        target: &Target,
    ) -> Result<(), ShellError> {
        let platform = uv_platform(target, NEWEST_GLIBC);
        let mut arguments: Vec<&str> = options.collect();
        arguments.extend(["--only-binary", ":all:", "--python-version", PYTHON]);
        arguments.extend(["--python-platform", &platform]);
        arguments.extend(self.links.iter().flat_map(|link| ["--find-links", link.as_str()]));
        let missing = |source| ShellError::Missing {
            version: version.to_owned(),
            target: target.name(),
            source,
        };
        self.uv.run(folder, &arguments).map(drop).map_err(missing)
    }
}

fn digest(path: &Utf8Path) -> Result<Digest, ShellError> {
    file_digest(path).map_err(|source| ShellError::Digest { path: path.to_owned(), source })
}
