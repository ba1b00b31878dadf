use camino::{Utf8Path, Utf8PathBuf};
use waterskin_packager::{PlanError, read};
use waterskin_process::Tool;
use waterskin_project::{DEFAULT_VERSION, LocateError, Project, ProjectError, RequirementsSource};

use super::check::{Check, Row};
use super::system;
use crate::interpreter;

/// The port that is looked at with the machine.
const USUAL_PORT: u16 = 8501;

/// Everything to look at of the project at `path`. Where nobody `named` it, there need not be one.
pub fn checks(path: &Utf8Path, named: bool) -> Vec<Check> {
    let path = path.to_owned();
    vec![Check { name: "project", look: Box::new(move || rows(&path, named)) }]
}

fn rows(path: &Utf8Path, named: bool) -> Vec<Row> {
    match read(path) {
        Ok(project) => {
            let mut rows = of_build(&project);
            rows.push(of_run(&project));
            if project.port != USUAL_PORT {
                rows.push(system::port("its port", project.port));
            }
            rows
        }
        Err(PlanError::Project(ProjectError::Locate(
            LocateError::NoEntry { .. } | LocateError::TooMuch { .. },
        ))) if !named => Vec::new(),
        Err(error) => {
            let hint = error.hint().unwrap_or_default();
            let said = with_causes(&error);
            // A build asks on a terminal, or is told by `--entry`.
            let asks = matches!(
                error,
                PlanError::Project(ProjectError::Locate(LocateError::ManyEntries { .. }))
            );
            vec![match asks {
                true => Row::lacking("project", said, hint),
                false => Row::missing("project", said, hint),
            }]
        }
    }
}

/// What a build would miss.
fn of_build(project: &Project) -> Vec<Row> {
    let app = &project.app;
    let said = format!("`{}`, as {} {}", project.entry, app.name, app.version);
    let mut rows = vec![Row::good("script", said), requirements(project)];
    let python = &project.python;
    let version = python.version.as_deref().unwrap_or(DEFAULT_VERSION);
    let said = format!("{version} is packed ({})", python.because);
    rows.push(Row::good("python", said));
    for unknown in &project.unknown {
        let said = format!(
            "nobody knows what brings `{}`, which `{}` imports",
            unknown.module, unknown.file
        );
        let hint = "write the package that brings it to `requirements.txt`; a module of your own belongs into the project's folder";
        rows.push(match unknown.always {
            true => Row::missing("package", said, hint),
            false => Row::lacking("package", said, hint),
        });
    }
    let notes = project.notes.clone().in_order();
    rows.extend(notes.into_iter().map(|note| Row::lacking("note", note, "")));
    rows
}

fn requirements(project: &Project) -> Row {
    let requirements = &project.requirements;
    if requirements.source == RequirementsSource::Imports {
        let names: Vec<&str> = project.guessed.iter().map(|it| it.distribution.as_str()).collect();
        let said = match names[..] {
            [] => "nothing lists them, and none but Streamlit is guessed".to_owned(),
            _ => format!("nothing lists them; the code seems to need {}", names.join(", ")),
        };
        let hint = "write them to `requirements.txt`, or let the build take the guess with `--yes`";
        return Row::lacking("packages", said, hint);
    }
    let file = requirements.file.as_ref().and_then(|file| file.file_name());
    let place = file.unwrap_or(requirements.source.name());
    Row::good("packages", format!("{} in `{place}`", requirements.listed.len()))
}

/// What a run would miss on the interpreter that it takes.
fn of_run(project: &Project) -> Row {
    let interpreter = match interpreter::find(None, &project.root) {
        Ok(interpreter) => interpreter,
        Err(error) => {
            let said = format!("`waterskin run` can't run it: {}", with_causes(&error));
            return Row::lacking("run", said, error.hint());
        }
    };
    let mut modules: Vec<&str> = project.needed.iter().map(|it| first(&it.module)).collect();
    modules.sort_unstable();
    modules.dedup();
    let executable = &interpreter.executable;
    let runs = interpreter.to_string();
    match lacks(executable, &project.root, &modules) {
        Ok(lacking) if lacking.is_empty() => Row::good("run", runs),
        Ok(lacking) => {
            let shown: Vec<String> = lacking.iter().map(|name| format!("`{name}`")).collect();
            let said = format!("{runs} has no {}, which the code imports", shown.join(", "));
            let list =
                project.requirements.file.as_ref().filter(|file| file.extension() == Some("txt"));
            let what = list.map_or("PACKAGE...".to_owned(), |file| format!("-r \"{file}\""));
            let hint = format!("uv pip install --python \"{executable}\" {what}");
            Row::lacking("run", said, hint)
        }
        Err(why) => {
            Row::lacking("run", format!("{runs}, which did not say what it has: {why}"), "")
        }
    }
}

fn first(module: &str) -> &str {
    module.split('.').next().unwrap_or(module)
}

/// Looks for modules without importing them, as Python would from the script's folder.
const QUESTION: &str = "
import importlib.util, json, sys
def lacks(name):
    try:
        return importlib.util.find_spec(name) is None
    except (ImportError, ValueError):
        return True
json.dump([name for name in sys.argv[1:] if lacks(name)], sys.stdout)
";

/// Those of these modules that an interpreter does not have.
fn lacks(python: &Utf8Path, folder: &Utf8PathBuf, modules: &[&str]) -> Result<Vec<String>, String> {
    let asked = Tool::new(python.as_std_path())
        .args(["-c", QUESTION])
        .args(modules)
        .directory(folder.as_std_path())
        .run(&mut |_, _| {})
        .map_err(|error| with_causes(&error))?;
    serde_json::from_str(&asked.stdout).map_err(|error| error.to_string())
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {}", cause.to_string().trim());
        source = cause.source();
    }
    text
}
