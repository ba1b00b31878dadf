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

/// What a payload is made with: the Python that is shipped, and the one that runs on this machine
/// in its place.
#[derive(Debug)]
pub(crate) struct Toolchain {
    /// The Python that is shipped. It may be for another system than this one.
    pub shipped: Base,
    /// One of the same minor version for this machine, where the shipped one does not run here.
    here: Option<Base>,
}

impl Toolchain {
    /// Chooses the interpreter and makes it ready, with bytecode.
    pub fn provide(
        wanted: &Wanted<'_>,
        cache: &Cache,
        progress: &dyn Progress,
    ) -> Result<Self, ProvisionError> {
        if runs_here(wanted.target.triple()) {
            return Ok(Self { shipped: Base::provide(wanted, None, cache, progress)?, here: None });
        }
        let minor = Base::minor(wanted)?;
        let (python, target) = (of_minor(wanted.python, minor), Target::host());
        let here = Wanted { python: &python, target: &target, ..*wanted };
        let here = Base::provide(&here, None, cache, progress)?;
        let shipped = Base::provide(wanted, Some(&here.executable()), cache, progress)?;
        Ok(Self { shipped, here: Some(here) })
    }

    /// The interpreter that is started here for whatever the app's Python is asked or has to do: its
    /// bytecode is the shipped one's too.
    pub fn host_python(&self) -> Utf8PathBuf {
        self.here.as_ref().unwrap_or(&self.shipped).executable()
    }

    /// The interpreter that the shipped one was made of, which has what compilers need. `None` where
    /// it is for another system: what is compiled here would be for this one.
    pub fn for_compilers(&self, wanted: &Wanted<'_>) -> Option<Utf8PathBuf> {
        let source = self.here.is_none().then_some(&self.shipped.source)?;
        source.original(wanted.cache, wanted.target.triple())
    }
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
        let here = of_minor(&asked, "3.11".to_owned());
        assert_eq!(here.candidates().unwrap(), [Some("3.11".to_owned())]);
        assert_eq!(here.executable, None, "that of another system can't be started");
    }
}
