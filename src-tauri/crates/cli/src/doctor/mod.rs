//! `waterskin doctor`: what stops an app on its way from a host, or, without an address, what this machine
//! and this project lack.

mod every;
mod machine;
mod options;
mod render;

use std::io;
use std::process::ExitCode;

use camino::Utf8Path;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
pub use options::seconds;
use waterskin_doctor::{Options, Report, Seen, examine, har};

use crate::args::DoctorArgs;
use crate::render::Failure;

/// The code for a wrong call, as clap has it.
const WRONG_CALL: u8 = 2;

/// Examines a host, or this machine.
pub fn run(args: &DoctorArgs) -> Result<ExitCode, Failure> {
    let Some(typed) = &args.url else {
        return Ok(machine::run(args.project.as_deref(), args.json));
    };
    let options = match options::of(typed, args) {
        Ok(options) => options,
        Err(failure) => {
            anstream::eprint!("{failure}");
            return Ok(ExitCode::from(WRONG_CALL));
        }
    };
    let crowded = |error: io::Error| {
        Failure::new(error, Some("close other programs and try again".to_owned()))
    };
    let runtime = tokio::runtime::Runtime::new().map_err(crowded)?;
    let done = runtime.block_on(async {
        match args.every {
            Some(pause) => every::run(&options, pause, args).await,
            None => once(&options, args).await,
        }
    });
    // A look-up of a name may still hang, which nothing can end.
    runtime.shutdown_background();
    done
}

async fn once(options: &Options, args: &DoctorArgs) -> Result<ExitCode, Failure> {
    let spinner = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed:.dim}") {
        spinner.set_style(style);
    }
    spinner.set_message(format!("asking {}", options.address.shown()));
    spinner.enable_steady_tick(std::time::Duration::from_millis(120));
    let seen = examined(options).await;
    spinner.finish_and_clear();
    let seen = seen?;
    let report = Report::of(&seen);
    if let Some(file) = &args.har {
        write_har(file, &seen)?;
    }
    if args.json {
        let text =
            serde_json::to_string_pretty(&report).map_err(|error| Failure::new(error, None))?;
        println!("{text}");
    } else {
        anstream::print!("{}", render::Page(&report));
    }
    Ok(ExitCode::from(report.exit_code()))
}

async fn examined(options: &Options) -> Result<Seen, Failure> {
    // All its probes are one future, which is large.
    Box::pin(examine(options)).await.map_err(|error| {
        let hint =
            "install the system's certificates (`ca-certificates`), or name some with `--ca`";
        Failure::new(error, Some(hint.to_owned()))
    })
}

/// Writes the exchanges for other tools. The file appears whole or not at all.
fn write_har(file: &Utf8Path, seen: &Seen) -> Result<(), Failure> {
    let failed = |source: io::Error| {
        let hint = "name a file in a folder that you can write to".to_owned();
        Failure::new(HarError { file: file.to_owned(), source }, Some(hint))
    };
    let folder = file.parent().filter(|folder| !folder.as_str().is_empty());
    let folder = folder.unwrap_or(Utf8Path::new("."));
    let staged = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    serde_json::to_writer_pretty(&staged, &har(seen)).map_err(|it| failed(it.into()))?;
    staged.persist(file).map_err(|it| failed(it.error))?;
    Ok(())
}

/// Why the archive was not written.
#[derive(Debug, thiserror::Error)]
#[error("could not write `{file}`")]
struct HarError {
    file: camino::Utf8PathBuf,
    #[source]
    source: io::Error,
}
