use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use waterskin_bundle::{DataPolicy, Target};
use waterskin_project::{Guess, LeftOut, OwnDistribution, Reason, RequirementsSource};

use crate::export::{keys, packages};
use crate::plan::BuildPlan;
use crate::plan::purpose::Purpose;
use crate::plan::shell::Shell;
use crate::plan::tools::SHELL;
use crate::runtime::runs_here;

/// Where the values begin.
const COLUMN: usize = 14;
/// Left-out things beyond so many are only counted.
const MANY: usize = 12;
/// Places in the code beyond so many are only counted.
const FEW: usize = 5;

/// The plan as the author reads it. Ends with a line break; has no colour.
impl fmt::Display for BuildPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}{}", self.app.name, self.app.version, self.for_text())?;
        let mut row = |name: &str, values: &[String]| -> fmt::Result {
            for (number, value) in values.iter().enumerate() {
                let name = if number == 0 { name } else { "" };
                writeln!(f, "  {name:<width$}{value}", width = COLUMN - 2)?;
            }
            Ok(())
        };
        row("project", &[self.root.to_string()])?;
        row("script", &[self.script()])?;
        if self.purpose.is_installers() {
            row("id", &[format!("{} (package `{}`)", self.app.id, self.app.package)])?;
            row("window", &[self.window_text()])?;
        }
        let asked: Vec<&str> = match self.purpose {
            Purpose::Installers => self.secrets.iter().map(|it| it.key.as_str()).collect(),
            Purpose::Export(_) => keys::of(self).into_iter().map(|it| it.name).collect(),
        };
        if !asked.is_empty() {
            row("asks for", &[asked.join(", ")])?;
        }
        row("python", &[self.python_text()])?;
        let runs: Vec<String> = self.runs.iter().map(ToString::to_string).collect();
        row("runs", &runs)?;
        row("requires", &self.requirements_text())?;
        let unknown = self
            .unknown
            .iter()
            .map(|it| format!("which package brings `{}` (imported by `{}`)", it.module, it.file));
        row("unknown", &unknown.collect::<Vec<_>>())?;
        row("own code", &self.own_text())?;
        row("data", &self.data_text())?;
        if let Purpose::Export(base) = &self.purpose {
            row("base", &[base.to_string()])?;
            row("system", &packages::shown(self))?;
        } else {
            row("trim", &self.trim_text())?;
        }
        row("files", &[self.files_text()])?;
        row("linked", &self.linked_text())?;
        row("left out", &self.left_out_text())?;
        row("shell", &self.shell_text())?;
        row("output", &[self.output_text()])?;
        row("note", &self.notes)
    }
}

impl BuildPlan {
    fn script(&self) -> String {
        let mut text = self.entry.to_string();
        for argument in &self.arguments {
            // Writing to a string can't fail.
            let _ = write!(text, " {argument}");
        }
        text
    }

    fn window_text(&self) -> String {
        let title = if self.window.title.is_empty() { &self.app.name } else { &self.window.title };
        let icon = match &self.icon {
            Some(icon) => format!("`{}`", icon.strip_prefix(&self.root).unwrap_or(icon)),
            None => "drawn".to_owned(),
        };
        format!("\"{title}\", {} x {}, icon {icon}", self.window.width, self.window.height)
    }

    /// The system, where it is not this one alone.
    fn for_text(&self) -> String {
        let own = self.target == Target::host() && !self.several;
        if own { String::new() } else { format!(" for {}", self.target.name()) }
    }

    fn shell_text(&self) -> Vec<String> {
        match &self.shell {
            Shell::File { .. } | Shell::None => Vec::new(),
            Shell::Wheel { version, target } => {
                vec![format!("the wheel of `{SHELL}` {version} for {}", target.name())]
            }
        }
    }

    fn python_text(&self) -> String {
        let python = &self.python;
        let version = match (&python.executable, &python.version, &python.requires) {
            (Some(executable), _, _) if runs_here(self.target.triple()) => {
                format!("`{executable}`")
            }
            (Some(executable), _, _) => format!("the version of `{executable}`"),
            (None, Some(version), _) => version.clone(),
            (None, None, Some(requires)) => requires.clone(),
            (None, None, None) => waterskin_project::DEFAULT_VERSION.to_owned(),
        };
        format!("{version} ({})", python.because)
    }

    fn requirements_text(&self) -> Vec<String> {
        let requirements = &self.requirements;
        let source = match &requirements.file {
            Some(file) => format!("`{}`", file.strip_prefix(&self.root).unwrap_or(file)),
            None => requirements.source.name().to_owned(),
        };
        let beside = requirements.lock.as_ref().and_then(|lock| lock.file_name());
        let beside =
            beside.map(|lock| format!(", in the versions of `{lock}`")).unwrap_or_default();
        let part = |names: &[String], one: &str| match names {
            [] => String::new(),
            [name] => format!(", {one} `{name}`"),
            names => format!(", {one}s `{}`", names.join("`, `")),
        };
        let (extras, groups) = (&requirements.extras, &requirements.groups);
        let source = format!("{source}{}{}{beside}", part(extras, "extra"), part(groups, "group"));
        let mut rows = if requirements.source.is_lock() {
            vec![format!("{} packages locked in {source}", requirements.listed.len())]
        } else if !self.guessed.is_empty() {
            let guess =
                |guess: &Guess| format!("{} (`{}` {})", guess.distribution, guess.file, guess.clue);
            self.guessed.iter().map(guess).collect()
        } else if requirements.listed.is_empty() {
            // Of code that needs nothing more, Streamlit itself is all there is to say.
            match requirements.source {
                RequirementsSource::Imports => Vec::new(),
                _ => vec![format!("nothing ({source})")],
            }
        } else {
            let listed = &requirements.listed;
            let shown = if listed.len() > MANY { MANY - 1 } else { listed.len() };
            let more = listed.len() - shown;
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            vec![format!("{}{more} ({source})", listed[..shown].join(", "))]
        };
        if !requirements.added.is_empty() {
            rows.push(format!("{} (added)", requirements.added.join(", ")));
        }
        rows
    }

    /// Where the app runs, when that is not where it is installed, and why.
    fn data_text(&self) -> Vec<String> {
        if self.data != DataPolicy::Copy {
            return Vec::new();
        }
        let what = match self.purpose {
            Purpose::Installers => "the app runs in a copy in the data folder",
            Purpose::Export(_) => {
                "the app may write to its own files, for as long as its container lasts"
            }
        };
        if self.writes.is_empty() {
            return vec![format!("{what} (the project file says so)")];
        }
        let shown = if self.writes.len() > FEW { FEW - 1 } else { self.writes.len() };
        let sure = self.writes.iter().any(|write| write.sure);
        let why = if sure { "writes" } else { "may write" };
        let mut rows = vec![format!("{what}, since it {why} beside itself:")];
        rows.extend(self.writes[..shown].iter().map(ToString::to_string));
        if shown < self.writes.len() {
            rows.push(format!("and {} more", self.writes.len() - shown));
        }
        rows
    }

    fn own_text(&self) -> Vec<String> {
        let text = |one: &OwnDistribution| {
            let folder = one.folder.strip_prefix(&self.root).unwrap_or(&one.folder);
            let folder = if folder.as_str().is_empty() { "." } else { folder.as_str() };
            let how = if one.built { "" } else { ", copied" };
            format!("{} (`{folder}`{how})", one.label())
        };
        self.own.iter().map(text).collect()
    }

    /// What is saved is as it was measured when the rules were made: nothing is installed yet.
    fn trim_text(&self) -> Vec<String> {
        let rules = &self.trim.rules;
        let mut rows = match rules.len() {
            // Then every rule is off, and to name each would say no more.
            0 => return vec!["nothing (the project file says so)".to_owned()],
            count => {
                let bytes = rules.iter().map(|rule| rule.bytes).sum();
                vec![format!("about {} that no app like this needs ({count} rules)", size(bytes))]
            }
        };
        let kept = &self.trim.kept;
        rows.extend(kept.iter().map(|kept| format!("not `{}` ({})", kept.id, kept.because)));
        rows
    }

    fn files_text(&self) -> String {
        let count = self.files.files.len();
        let noun = if count == 1 { "file" } else { "files" };
        format!("{count} {noun}, {}", size(self.files.bytes()))
    }

    /// All of them: each is a file that nobody sees in the project.
    fn linked_text(&self) -> Vec<String> {
        let files = self.files.files.iter();
        files
            .filter_map(|file| Some(format!("`{}` (`{}`)", file.path, file.from.as_ref()?)))
            .collect()
    }

    fn left_out_text(&self) -> Vec<String> {
        let mut rows = left_out_rows(&self.files.left_out);
        let more = rows.len().saturating_sub(MANY - 1);
        if more > 1 {
            rows.truncate(MANY - 1);
            rows.push(format!("and {more} more"));
        }
        rows
    }

    fn output_text(&self) -> String {
        let output = self.output.strip_prefix(&self.root).unwrap_or(&self.output);
        if !self.purpose.is_installers() {
            return format!("an image's files in `{output}`");
        }
        let formats: Vec<String> =
            self.formats.iter().map(|format| format!(".{}", format.name())).collect();
        format!("{} in `{output}`", formats.join(" and "))
    }
}

/// A row for each thing that is left out, and one for all caches of the same name: they are nobody's
/// work, and each folder with code has one.
fn left_out_rows(left_out: &[LeftOut]) -> Vec<String> {
    let name = |it: &LeftOut| {
        let path = it.path.trim_end_matches('/');
        (it.reason == Reason::Cache).then(|| path.rsplit('/').next().unwrap_or(path).to_owned())
    };
    let mut caches: BTreeMap<String, usize> = BTreeMap::new();
    for cache in left_out.iter().filter_map(name) {
        *caches.entry(cache).or_default() += 1;
    }
    let row = |it: &LeftOut| match name(it).and_then(|name| caches.remove_entry(&name)) {
        Some((name, count)) if count > 1 => Some(format!("`{name}` in {count} folders (caches)")),
        None if it.reason == Reason::Cache => None,
        _ => Some(format!("`{}` ({})", it.path, it.reason)),
    };
    left_out.iter().filter_map(row).collect()
}

/// A size as people read it, in powers of 1000: `12 B`, `3.4 kB`, `310 MB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 || value >= 99.95 {
        format!("{value:.0} {}", UNITS[unit])
    } else {
        format!("{value:.1} {}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caches_of_the_same_name_have_one_row() {
        let out = |path: &str, reason| LeftOut { path: path.to_owned(), reason };
        let rows = left_out_rows(&[
            out(".venv/", Reason::VirtualEnvironment),
            out("__pycache__/", Reason::Cache),
            out("a/.mypy_cache/", Reason::Cache),
            out("a/__pycache__/", Reason::Cache),
            out("é/__pycache__/", Reason::Cache),
        ]);
        let shown = [
            "`.venv/` (a virtual environment)",
            "`__pycache__` in 3 folders (caches)",
            "`a/.mypy_cache/` (a cache)",
        ];
        assert_eq!(rows, shown);
    }

    #[test]
    fn sizes_as_people_read_them() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (3_449, "3.4 kB"),
            (99_960, "100 kB"),
            (999_600, "1.0 MB"),
            (310_000_000, "310 MB"),
            (12_000_000_000, "12.0 GB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
