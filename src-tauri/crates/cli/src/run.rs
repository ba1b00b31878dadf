use std::error::Error;
use std::io;
use std::process::ExitCode;

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_packager::{discover, find_shell};
use waterskin_project::Outline;
use waterskin_session::{Folders, Options, Project};

use crate::{
    args::RunArgs,
    ask,
    interpreter::{self, Interpreter},
    render::Failure,
    self_check, serve,
};

/// Why a project can't be run where it stands.
#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error("could not hand the project over to the window")]
    HandOver {
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    #[error("the window can't be shown: {why}")]
    WebKit { why: String },
    #[error("could not start `{shell}`")]
    Shell {
        shell: Utf8PathBuf,
        #[source]
        source: io::Error,
    },
}

/// Runs a project on the author's own interpreter.
pub fn run(args: &RunArgs) -> Result<ExitCode, Failure> {
    let (project, folders) = project(args)?;
    let say_where = || {
        let folder = &folders.data;
        anstream::eprintln!("the app's data is in `{folder}`, apart from an installed one's");
    };
    if args.no_window {
        say_where();
        return serve::serve(Options::of_project(&project, folders), args.json);
    }
    let shell = find_shell(args.shell.as_deref()).map_err(|error| {
        let hint = error.hint();
        Failure::new(error, hint)
    })?;
    if let Some((why, hint)) = self_check::without_webkit(&shell) {
        return Err(Failure::new(RunError::WebKit { why }, Some(hint.to_owned())));
    }
    let file = folders.cache.join("project.json");
    hand_over(&file, &project, &folders).map_err(|source| {
        let hint = not_written(source.as_ref());
        Failure::new(RunError::HandOver { source }, Some(hint.to_owned()))
    })?;
    say_where();
    let arguments = ["--project".into(), file.into()];
    match waterskin_process::replace(shell.as_std_path(), &arguments, &[]) {
        Ok(code) => Ok(ExitCode::from(code)),
        Err(source) => {
            let hint = "name the prebuilt shell with `--shell FILE`, or use `--no-window`";
            Err(Failure::new(RunError::Shell { shell, source }, Some(hint.to_owned())))
        }
    }
}

fn project(args: &RunArgs) -> Result<(Project, Folders), Failure> {
    let found = discovered(&args.path, args.entry.clone())?;
    let interpreter = interpreter::find(args.python.as_deref(), &found.root).map_err(|error| {
        let hint = error.hint();
        Failure::new(error, Some(hint))
    })?;
    let id = own_id(found.app.id.as_str());
    let folders = Folders::of(&id)
        .map_err(|error| Failure::new(error, Some("set the variable `HOME`".to_owned())))?;
    let Interpreter { executable, statics, streamlit, .. } = interpreter;
    let arguments =
        if args.arguments.is_empty() { found.arguments } else { args.arguments.clone() };
    let project = Project {
        id,
        name: found.app.name,
        version: found.app.version,
        python: executable,
        script: found.root.join(&found.entry),
        arguments,
        // As in a packaged app, and where every version of Streamlit looks for `.streamlit`.
        directory: found.root,
        statics,
        icon: found.icon,
        port: args.port,
        // The shell may stand in another folder. A path that can't be made absolute is one that
        // can't be opened either, which the session says.
        trace: args
            .trace
            .as_ref()
            .map(|path| camino::absolute_utf8(path).unwrap_or_else(|_| path.clone())),
        size: (found.window.width, found.window.height),
        theme: found.window.theme,
        streamlit,
        downloads: found.downloads,
        environment: Project::kept_from_the_window(),
    };
    Ok((project, folders))
}

/// Finds the project. Where several scripts may be the app, the author is asked which.
fn discovered(path: &Utf8Path, mut script: Option<Utf8PathBuf>) -> Result<Outline, Failure> {
    loop {
        match discover(path, script.as_deref()) {
            Ok(found) => return Ok(found),
            Err(error) => script = Some(ask::script_of(error, "run")?),
        }
    }
}

/// The id of an author's run, which is an app of its own: the installed one may be open at the same
/// time, and what is tried out must not touch the data that it keeps.
fn own_id(id: &str) -> String {
    format!("{id}.run")
}

fn hand_over(
    file: &Utf8Path,
    project: &Project,
    folders: &Folders,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    use io::Write as _;
    folders.create()?;
    let mut staged = waterskin_bundle::StagedFile::new(file)?;
    serde_json::to_writer(staged.file(), project)?;
    staged.file().flush()?;
    staged.commit()?;
    Ok(())
}

/// What an author can do about a folder that was not written, by what the system said.
fn not_written(error: &(dyn Error + 'static)) -> &'static str {
    use io::ErrorKind::{QuotaExceeded, StorageFull};
    match error.downcast_ref::<io::Error>().map(io::Error::kind) {
        Some(StorageFull | QuotaExceeded) => "free some space in your home folder",
        Some(_) if cfg!(target_os = "linux") => {
            "allow yourself to write in that folder, or name others by the variables `XDG_DATA_HOME`, `XDG_CACHE_HOME` and `XDG_STATE_HOME`"
        }
        Some(_) => "allow yourself to write in that folder",
        None => error.source().map_or("allow yourself to write in your home folder", not_written),
    }
}

#[cfg(test)]
mod tests {
    use waterskin_session::FoldersError;

    use super::*;

    #[test]
    fn a_folder_that_is_not_written_has_the_hint_of_its_cause() {
        for (kind, hint) in [
            (io::ErrorKind::StorageFull, "free some space"),
            (io::ErrorKind::QuotaExceeded, "free some space"),
            (io::ErrorKind::PermissionDenied, "allow yourself to write"),
            (io::ErrorKind::ReadOnlyFilesystem, "allow yourself to write"),
        ] {
            let error = FoldersError::Create { path: "/ä b".into(), source: kind.into() };
            assert!(not_written(&error).starts_with(hint), "{kind}");
        }
    }
}
