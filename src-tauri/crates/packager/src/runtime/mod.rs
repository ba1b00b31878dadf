//! The interpreter in the payload.
//!
//! A standalone build that `uv` manages comes first, since it asks for a very old C library. Where
//! none can be had, an interpreter of the author's machine is made relocatable.

mod candidates;
mod closure;
mod copy;
mod error;
mod interpreter;
mod libraries;
mod managed;
mod prefix;
mod prune;
mod relocate;
mod site;
mod start;
mod strip;
pub(crate) mod tk;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use waterskin_bundle as bundle;
use waterskin_project::DEFAULT_VERSION;

pub use copy::minimum_glibc;
pub use error::RuntimeError;
pub(crate) use libraries::of_the_system;

use crate::{Progress, Step};

/// Which interpreter is wanted, and what there is to get it with.
#[derive(Clone, Debug)]
pub struct RuntimeRequest {
    /// The version, such as `3.12` or `3.12.4`. `None` takes [`DEFAULT_VERSION`] where it can be
    /// had, and otherwise what the machine has.
    pub version: Option<String>,
    /// An interpreter that the author named. It is relocated, and nothing else is tried.
    pub python: Option<Utf8PathBuf>,
    /// The target, such as `x86_64-unknown-linux-gnu`.
    pub triple: String,
    /// The project's folder: an interpreter in it is started only where the author named it.
    pub project: Utf8PathBuf,
    /// A folder of ours; standalone builds are kept in `runtimes` below it.
    pub cache: Utf8PathBuf,
    /// The program `uv`.
    pub uv: Utf8PathBuf,
    /// Whether to work from the cache alone.
    pub offline: bool,
    /// Whether Tk comes along, where the interpreter has it.
    pub tk: bool,
}

/// Where the payload's interpreter comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "source", rename_all = "kebab-case")]
pub enum RuntimeSource {
    /// A standalone build, which is in the cache now.
    Managed {
        /// `uv`'s name of it, such as `cpython-3.12.16-linux-x86_64-gnu`.
        key: String,
        /// The full version.
        version: String,
    },
    /// An interpreter of this machine, to be made relocatable.
    Relocated {
        /// The executable as it was found or named.
        python: Utf8PathBuf,
        /// The full version.
        version: String,
        /// Why it is not a standalone build, in one line.
        reason: String,
    },
}

impl RuntimeSource {
    /// The interpreter that it was made of, which has what compilers need: headers, and where they
    /// are. `cache` is that of the request.
    pub(crate) fn original(&self, cache: &Utf8Path, triple: &str) -> Option<Utf8PathBuf> {
        let program = match self {
            Self::Managed { key, version } => managed::program(cache, key, version, triple),
            Self::Relocated { python, .. } => interpreter::Interpreter::ask(python).ok()?.program(),
        };
        Some(program).filter(|program| program.is_file())
    }

    /// The full version, such as `3.11.7`.
    pub fn version(&self) -> &str {
        match self {
            Self::Managed { version, .. } | Self::Relocated { version, .. } => version,
        }
    }
}

/// An interpreter that stands in the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runtime {
    /// What the manifest says of it.
    pub python: bundle::Python,
    /// The oldest GNU C library that it starts with, such as `2.35`; empty where it uses none.
    pub minimum_glibc: String,
}

/// Decides where the interpreter comes from.
///
/// A standalone build is downloaded into the cache here, since only the attempt shows whether it
/// can be had; the attempt is over within seconds where there is no network. The project and its
/// output are not touched.
///
/// # Errors
///
/// [`RuntimeError::Interpreter`] or [`RuntimeError::Version`] when the interpreter that the author
/// named is none or another, [`RuntimeError::Nowhere`] when neither way leads to one.
pub fn choose(request: &RuntimeRequest) -> Result<RuntimeSource, RuntimeError> {
    if let Some(python) = &request.python {
        return named(python, request);
    }
    let reason = match managed::obtain(request) {
        Ok(source) => return Ok(source),
        Err(unavailable) => unavailable,
    };
    if !runs_here(&request.triple) || !relocate::is_possible(&request.triple) {
        return Err(RuntimeError::Foreign { triple: request.triple.clone(), reason });
    }
    match candidates::find(request.version.as_deref(), &request.project) {
        Some((python, interpreter)) => {
            Ok(RuntimeSource::Relocated { python, version: interpreter.version, reason })
        }
        None => Err(RuntimeError::Nowhere {
            version: request.version.clone().unwrap_or_else(|| DEFAULT_VERSION.to_owned()),
            reason,
        }),
    }
}

/// Copies the interpreter to `destination`, which must not exist and becomes the payload's
/// `python` folder: without what an app never needs, independent of where it lies and of every
/// library outside but the C library. It is started once to see that it works.
///
/// # Errors
///
/// Everything that can go wrong with files and programs; `destination` is unfinished then and is
/// the caller's to remove, as all of its stage.
pub fn lay_down(
    source: &RuntimeSource,
    request: &RuntimeRequest,
    destination: &Utf8Path,
    progress: &dyn Progress,
) -> Result<Runtime, RuntimeError> {
    progress.step(Step::Runtime, None);
    match source {
        RuntimeSource::Managed { key, version } => {
            managed::lay_down(key, version, request, destination, progress)
        }
        RuntimeSource::Relocated { python, .. } => {
            relocate::lay_down(python, request, destination, progress)
        }
    }
}

fn named(python: &Utf8Path, request: &RuntimeRequest) -> Result<RuntimeSource, RuntimeError> {
    if !relocate::is_possible(&request.triple) {
        return Err(RuntimeError::Unsupported { triple: request.triple.clone() });
    }
    let interpreter = interpreter::Interpreter::ask(python)?;
    if let Some(module) = interpreter.lacks() {
        let reason = format!("its module `{module}` can't be imported");
        return Err(RuntimeError::Interpreter { python: python.to_owned(), reason });
    }
    if let Some(wanted) = &request.version
        && !interpreter::matches(&interpreter.version, wanted)
    {
        return Err(RuntimeError::Version {
            python: python.to_owned(),
            wanted: wanted.clone(),
            found: interpreter.version,
        });
    }
    Ok(RuntimeSource::Relocated {
        python: python.to_owned(),
        version: interpreter.version,
        reason: "it was asked for".to_owned(),
    })
}

/// Whether programs for `triple` run on this machine.
pub(crate) fn runs_here(triple: &str) -> bool {
    let mut parts = triple.split('-');
    let architecture = parts.next().unwrap_or_default();
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    architecture == std::env::consts::ARCH && parts.any(|part| part == system)
}

/// `3.11` of `3.11.7`.
fn minor(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
