//! Questions to the author, where there is a terminal to ask on.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_packager::{BuildPlan, PlanError, Settings, plans};
use waterskin_project::{Candidate, LocateError, ProjectError, UnknownModule, which};

use crate::render::Failure;

/// Why something could not be decided with the author.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The requirements are guessed, and nobody can be asked.
    #[error("the project does not list its requirements, and nobody can be asked about the guess")]
    NobodyThere,
    /// The guess is wrong.
    #[error("the guessed requirements were refused")]
    Refused,
    /// Modules that no table knows.
    #[error("it is not known which package brings {}", shown(.modules))]
    Unknown {
        /// The modules.
        modules: Vec<UnknownModule>,
        /// The distributions that are known.
        known: Vec<String>,
    },
    /// The author named no script.
    #[error("no script was chosen")]
    NoScript,
}

impl AskError {
    /// What the author can do.
    pub fn hint(&self) -> String {
        match self {
            Self::NobodyThere => {
                "write them to `requirements.txt`, or take the guess with `--yes`".to_owned()
            }
            Self::Refused => "write the right ones to `requirements.txt` and build again".to_owned(),
            Self::Unknown { known, .. } if known.is_empty() => {
                "write the packages that the app needs to `requirements.txt`, one in a line; a module of your own belongs into the project's folder".to_owned()
            }
            Self::Unknown { known, .. } => format!(
                "write the packages that the app needs to `requirements.txt`, one in a line: {}, and what brings this; a module of your own belongs into the project's folder",
                known.join(", ")
            ),
            Self::NoScript => "give the script's path instead of the folder's".to_owned(),
        }
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        let hint = error.hint();
        Self::new(error, Some(hint))
    }
}

fn shown(modules: &[UnknownModule]) -> String {
    let text = |it: &UnknownModule| format!("`{}` (imported by `{}`)", it.module, it.file);
    modules.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// Whether somebody is there to answer.
fn somebody() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks one question; `None` when there is no answer.
fn ask(question: &str) -> Option<String> {
    anstream::eprint!("{question}");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer).unwrap_or(0);
    (read > 0).then(|| answer.trim().to_owned())
}

/// Plans a build, for each system that the app is for. Where several scripts may be the app, the
/// author is asked which.
pub fn planned(settings: &mut Settings) -> Result<Vec<BuildPlan>, Failure> {
    planned_for("build", settings)
}

/// The same for another command, such as `export`.
pub fn planned_for(command: &str, settings: &mut Settings) -> Result<Vec<BuildPlan>, Failure> {
    loop {
        match plans(settings) {
            Ok(plans) => return Ok(plans),
            Err(error) => settings.overrides.entry = Some(script_of(error, command)?),
        }
    }
}

/// Shows plans to whoever started the build.
pub fn show(plans: &[BuildPlan]) {
    for plan in plans {
        anstream::eprint!("{plan}");
    }
}

/// The script that the author chooses where `error` is that there are several. `command` is what was
/// typed, such as `build`.
pub fn script_of(error: PlanError, command: &str) -> Result<Utf8PathBuf, Failure> {
    let hint = match &error {
        PlanError::Project(ProjectError::Locate(LocateError::ManyEntries { scripts, .. }))
            if somebody() =>
        {
            return choose(scripts).map_err(Failure::from);
        }
        PlanError::Project(ProjectError::Locate(LocateError::ManyEntries { root, scripts })) => {
            scripts.first().map(|first| which(command, root, &first.script))
        }
        _ => error.hint(),
    };
    Err(Failure::new(error, hint))
}

fn choose(scripts: &[Candidate]) -> Result<Utf8PathBuf, AskError> {
    anstream::eprintln!("Several scripts use Streamlit. Which one is the app?");
    for (number, candidate) in (1..).zip(scripts) {
        let because = candidate.because.join(", ");
        let because = if because.is_empty() { because } else { format!("  ({because})") };
        anstream::eprintln!("  {number}  {}{because}", candidate.script);
    }
    loop {
        let answer = ask("Its number or path [1]: ").ok_or(AskError::NoScript)?;
        if let Some(script) = chosen(&answer, scripts) {
            return Ok(script);
        }
        anstream::eprintln!("There is no `{answer}` among them.");
    }
}

/// What an answer chooses; nothing typed is the first.
fn chosen(answer: &str, scripts: &[Candidate]) -> Option<Utf8PathBuf> {
    let number = if answer.is_empty() { Some(1) } else { answer.parse::<usize>().ok() };
    let found = match number {
        Some(number) => scripts.get(number.checked_sub(1)?),
        None => scripts.iter().find(|it| it.script == Utf8Path::new(answer)),
    };
    found.map(|it| it.script.clone())
}

/// Decides with the author about what the code seems to need and no list names. `yes` takes what is known,
/// and nothing else. `json` is whether the plan was not printed.
pub fn about_guess(
    settings: &mut Settings,
    plans: Vec<BuildPlan>,
    yes: bool,
    json: bool,
) -> Result<Vec<BuildPlan>, Failure> {
    // What is guessed is the same for all systems.
    let Some(plan) = plans.first() else { return Ok(plans) };
    if json && !(plan.unknown.is_empty() && (plan.guessed.is_empty() || yes)) {
        // Without it there would be a question about nothing.
        show(&plans);
    }
    let plans = about_unknown(settings, plans)?;
    if plans.iter().all(|plan| plan.guessed.is_empty()) || yes {
        return Ok(plans);
    }
    if !std::io::stdin().is_terminal() {
        return Err(AskError::NobodyThere.into());
    }
    let question = "The project lists no requirements, so they are guessed from its imports. Package these? [Y/n] ";
    match ask(question).map(|answer| answer.to_ascii_lowercase()).as_deref() {
        Some("" | "y" | "yes") => Ok(plans),
        _ => Err(AskError::Refused.into()),
    }
}

fn about_unknown(
    settings: &mut Settings,
    plans: Vec<BuildPlan>,
) -> Result<Vec<BuildPlan>, Failure> {
    let Some(plan) = plans.first().filter(|plan| !plan.unknown.is_empty()) else {
        return Ok(plans);
    };
    if !somebody() {
        let (modules, others): (Vec<_>, Vec<_>) =
            plan.unknown.iter().cloned().partition(|it| it.always);
        if modules.is_empty() {
            for module in others {
                let text = shown(&[module]);
                anstream::eprintln!(
                    "note: nothing is installed for {text}: it is not known which package brings it"
                );
            }
            return Ok(plans);
        }
        let known = plan.guessed.iter().map(|guess| guess.distribution.clone()).collect();
        return Err(AskError::Unknown { modules, known }.into());
    }
    for unknown in &plan.unknown {
        let (module, file) = (&unknown.module, &unknown.file);
        let question = format!(
            "`{file}` imports `{module}`. Which package brings it? Its name, or nothing for none: "
        );
        let answer = loop {
            let answer = ask(&question).ok_or(AskError::Refused)?;
            if answer.is_empty() || is_name(&answer) {
                break answer;
            }
            anstream::eprintln!("`{answer}` is not a package's name.");
        };
        settings.answers.insert(module.clone(), answer);
    }
    let plans = planned(settings)?;
    show(&plans);
    Ok(plans)
}

/// Whether a text is a distribution's name (PEP 508).
fn is_name(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let ends = text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric());
    ends && text.chars().all(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_chosen_by_number_or_path() {
        let candidate = |script: &str| Candidate { script: script.into(), because: Vec::new() };
        let scripts = [candidate("a.py"), candidate("ui/b é.py")];
        for (answer, script) in [
            ("", Some("a.py")),
            ("1", Some("a.py")),
            ("2", Some("ui/b é.py")),
            ("ui/b é.py", Some("ui/b é.py")),
            ("0", None),
            ("3", None),
            ("-1", None),
            ("b.py", None),
        ] {
            assert_eq!(chosen(answer, &scripts), script.map(Utf8PathBuf::from), "{answer}");
        }
    }

    #[test]
    fn a_name_is_no_option_and_no_path() {
        for name in ["pandas", "ruamel.yaml", "st_aggrid", "a-b", "7z"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "-e .", "../x", "--index-url", "a b", "a@b", "a.", "é", "https://x.y/z"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
