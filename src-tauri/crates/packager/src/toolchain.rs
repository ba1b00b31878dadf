use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::Target;
use waterskin_project::PythonChoice;

use crate::Progress;
use crate::cache::Cache;
use crate::payload::provision::{Base, ProvisionError};
use crate::runtime::runs_here;

/// Which interpreter an app gets, and what there is to get it with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    pub python: &'a PythonChoice,
    /// The system that the app is for.
    pub target: &'a Target,
    /// The project's folder: an interpreter in it is started only where the author named it.
    pub project: &'a Utf8Path,
    /// A folder of ours, for standalone builds.
    pub cache: &'a Utf8Path,
    /// The program `uv`.
    pub uv: &'a Utf8Path,
    /// Whether to work from the caches alone.
    pub offline: bool,
    /// Whether Tk comes along.
    pub tk: bool,
}

/// What is made ready before anything is laid down for the app: a Python that runs on this machine.
/// Where the app is for this system, it is the one that is shipped too.
#[derive(Debug)]
pub(crate) struct Toolchain {
    here: Base,
    /// The choice for the other system that the app is for, and the full version that it came to.
    other: Option<(PythonChoice, String)>,
}

/// The Python that is shipped.
#[derive(Debug)]
pub(crate) enum Shipped<'a> {
    /// The one that runs here.
    Here(&'a Base),
    /// One for another system.
    Other(Box<Base>),
}

impl Toolchain {
    /// Chooses the interpreter, and makes the one ready that runs here, with bytecode. An interpreter
    /// that the author names is one of this machine: for another system it says the version.
    pub fn provide(
        wanted: &Wanted<'_>,
        cache: &Cache,
        progress: &dyn Progress,
    ) -> Result<Self, ProvisionError> {
        if runs_here(wanted.target.triple()) {
            let here = Base::provide(wanted, None, cache, progress)?;
            return Ok(Self { here, other: None });
        }
        let host = Target::host();
        let provide = |python: &PythonChoice| {
            Base::provide(&Wanted { python, target: &host, ..*wanted }, None, cache, progress)
        };
        if wanted.python.executable.is_some() {
            let here = provide(wanted.python)?;
            let choice = of_minor(wanted.python, minor(&here.facts.python.version));
            let version = Base::version(&Wanted { python: &choice, ..*wanted }, progress)?;
            return Ok(Self { here, other: Some((choice, version)) });
        }
        let version = Base::version(wanted, progress)?;
        let choice = of_minor(wanted.python, minor(&version));
        Ok(Self { here: provide(&choice)?, other: Some((choice, version)) })
    }

    /// The full version of the Python that is shipped, such as `3.12.4`.
    pub fn version(&self) -> &str {
        match &self.other {
            Some((_, version)) => version,
            None => &self.here.facts.python.version,
        }
    }

    /// The interpreter that is started here for whatever the app's Python is asked or has to do: its
    /// bytecode is the shipped one's too.
    pub fn host_python(&self) -> Utf8PathBuf {
        self.here.executable()
    }

    /// Makes the shipped one ready, with bytecode.
    pub fn ship(
        &self,
        wanted: &Wanted<'_>,
        cache: &Cache,
        progress: &dyn Progress,
    ) -> Result<Shipped<'_>, ProvisionError> {
        let Some((choice, _)) = &self.other else { return Ok(Shipped::Here(&self.here)) };
        let wanted = Wanted { python: choice, ..*wanted };
        let base = Base::provide(&wanted, Some(&self.here.executable()), cache, progress)?;
        Ok(Shipped::Other(Box::new(base)))
    }

    /// The interpreter that the shipped one was made of, which has what compilers need. `None` where
    /// it is for another system: what is compiled here would be for this one.
    pub fn for_compilers(&self, wanted: &Wanted<'_>) -> Option<Utf8PathBuf> {
        let source = self.other.is_none().then_some(&self.here.source)?;
        source.original(wanted.cache, wanted.target.triple())
    }
}

impl std::ops::Deref for Shipped<'_> {
    type Target = Base;

    fn deref(&self) -> &Base {
        match self {
            Self::Here(base) => base,
            Self::Other(base) => base,
        }
    }
}

/// `3.12` of `3.12.4`.
fn minor(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

/// The same choice, of this minor version and nothing more.
fn of_minor(choice: &PythonChoice, minor: String) -> PythonChoice {
    PythonChoice { version: Some(minor), executable: None, requires: None, because: choice.because }
}

#[cfg(test)]
mod tests {
    use waterskin_project::Because;

    use super::*;

    #[test]
    fn what_runs_here_has_the_minor_version_of_what_is_shipped() {
        let asked = PythonChoice {
            version: Some("3.11.4".to_owned()),
            executable: Some("/opt/windows/python.exe".into()),
            requires: Some(">=3.11".to_owned()),
            because: Because::CommandLine,
        };
        let here = of_minor(&asked, minor("3.11.4"));
        assert_eq!(here.candidates().unwrap(), [Some("3.11".to_owned())]);
        assert_eq!(here.executable, None, "that of another system can't be started");
    }
}
