//! What of a list of requirements takes code of others to be run.

use camino::Utf8Path;
use toml::Table;

use crate::own::folder_address;
use crate::requirements::line::Refusal;
use crate::requirements::selection::Asked;
use crate::requirements::source_line::SourceLine;
use crate::requirements::uv_settings::line_of;
use crate::requirements::{Requirements, RequirementsError, RequirementsSource};

impl Requirements {
    /// The list of a project that leaves it to its own build: the project itself, whose metadata have
    /// the rest. `what` says so in `file`.
    pub(crate) fn of_build(
        source: RequirementsSource,
        file: &Utf8Path,
        what: &str,
        asked: &Asked<'_>,
    ) -> (Self, Table) {
        let folder = file.parent().unwrap_or(Utf8Path::new("."));
        let extras = match asked.extras {
            [] => String::new(),
            names => format!("[{}]", names.join(",")),
        };
        let mut made = Self::new(source, Some(file.to_owned()), vec![format!("-e .{extras}")]);
        made.given.lines = vec![format!("{}{extras}", folder_address(folder))];
        made.extras = asked.extras.to_vec();
        let name = file.file_name().unwrap_or_default();
        made.notes.push(format!(
            "{what} of `{name}` leaves the list to the project's own build, which is asked for it"
        ));
        (made, Table::new())
    }

    /// What the list itself has as sources, as requirements.
    pub(crate) fn sources(&self) -> Vec<String> {
        let lines = self.given.lines.iter().filter(|line| SourceLine::of(line).is_some());
        lines.cloned().chain(self.given.settings.built()).collect()
    }

    /// Whose build backends a build may have to execute, as the author knows them: those of what the
    /// list has as sources, and of packages without a wheel. A lock tells which these are; else it
    /// is known when the versions are.
    pub fn backends(&self) -> Vec<String> {
        let lines = self.sources();
        let lines = lines.iter().filter_map(|line| SourceLine::of(line));
        let mut labels: Vec<String> = lines.map(|line| line.label()).collect();
        // It has those of the settings, too.
        if let Some(names) = &self.given.sources {
            labels.extend(names.iter().cloned());
        }
        labels.sort();
        labels.dedup();
        let mut backends = Vec::new();
        if !labels.is_empty() {
            let names: Vec<String> = labels.iter().map(|name| format!("`{name}`")).collect();
            backends.push(names.join(", "));
        }
        if self.given.sources.is_none() {
            let of = "each package that is published as source only, if there are any";
            backends.push(of.to_owned());
        }
        backends
    }

    /// Refuses what would have to be built, for when nothing may be run.
    pub(crate) fn refuse_sources(&self) -> Result<(), RequirementsError> {
        let lines = self.sources();
        let Some(source) = lines.iter().find_map(|line| SourceLine::of(line)) else {
            return Ok(());
        };
        let (label, requirement) = (source.label(), source.shown());
        let Some(file) = self.file.clone() else { return Ok(()) };
        let text = fs_err::read_to_string(&file).unwrap_or_default();
        let line = line_of(&text, &label);
        Err(RequirementsError::Refused { requirement, file, line, refusal: Refusal::Builds })
    }
}
