use std::process::ExitCode;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use waterskin_bundle::{System, Target};
use waterskin_packager::{BuildPlan, Exported, PlanError, Purpose, Settings, export};
use waterskin_project::{LeftOut, Overrides};

use crate::{
    args::ExportArgs, ask, interpreter::given_path, interrupt::Interrupt, progress::Bars,
    render::Failure,
};

/// The version of what `--json` prints.
const JSON_VERSION: u32 = 1;

/// What `--json` prints after an export.
#[derive(Debug, Serialize)]
struct Report<'a> {
    version: u32,
    app: &'a waterskin_bundle::App,
    folder: &'a Utf8Path,
    files: &'a [Utf8PathBuf],
    base: &'a str,
    image: &'a str,
    target: String,
    python: &'a str,
    streamlit: &'a str,
    distributions: usize,
    /// The keys of the secrets that the app asks for, without their values.
    secrets: &'a [String],
    left_out: &'a [LeftOut],
    notes: &'a [String],
}

/// What `--json` prints of a plan.
#[derive(Debug, Serialize)]
struct Planned<'a> {
    version: u32,
    plan: &'a BuildPlan,
}

/// Writes the files of which an engine for containers makes an image.
pub fn run(args: &ExportArgs) -> Result<ExitCode, Failure> {
    let mut settings = settings(args);
    let plans = ask::planned_for("export", &mut settings)?;
    if args.dry_run {
        for plan in &plans {
            match args.json {
                true => print_json(&Planned { version: JSON_VERSION, plan }),
                false => anstream::print!("{plan}"),
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    if !args.json {
        ask::show(&plans);
    }
    let plans = ask::about_guess(&mut settings, plans, args.yes, args.json)?;
    let Some(plan) = plans.first() else {
        let error = PlanError::NoTarget;
        let hint = error.hint();
        return Err(Failure::new(error, hint));
    };
    let interrupt = Interrupt::listen().map_err(|error| {
        Failure::new(error, Some("close other programs and try again".to_owned()))
    })?;
    let bars = Bars::new(args.json, interrupt.clone());
    let Some(done) = interrupt.guard(|| export(plan, &bars)) else {
        bars.abandon();
        anstream::eprintln!("interrupted: nothing half-made is left");
        return Ok(Interrupt::exit_code());
    };
    let exported = done.map_err(|error| {
        bars.abandon();
        let hint = error.hint();
        Failure::new(error, hint)
    })?;
    bars.finish();
    match args.json {
        true => print_json(&report(plan, &exported)),
        false => summarize(plan, &exported),
    }
    Ok(ExitCode::SUCCESS)
}

fn settings(args: &ExportArgs) -> Settings {
    // An image runs on Linux, and on the processor that the author's engine has.
    let host = Target::host();
    let linux = Target::of(&format!("{}-unknown-linux-gnu", host.processor()));
    let target = if host.system() == System::Linux { host } else { linux };
    Settings {
        path: args.path.clone(),
        output: args.output.clone(),
        targets: vec![target],
        python: args.python.as_deref().map(given_path),
        python_version: args.python_version.clone(),
        uv: args.uv.clone(),
        overrides: Overrides {
            name: args.name.clone(),
            version: args.app_version.clone(),
            entry: args.entry.clone(),
            ..Overrides::default()
        },
        cache_dir: args.cache_dir.clone(),
        offline: args.offline,
        no_run: args.no_run,
        follow_links: args.follow_links,
        purpose: Purpose::Export(args.base.clone().unwrap_or_default()),
        ..Settings::default()
    }
}

fn report<'a>(plan: &'a BuildPlan, exported: &'a Exported) -> Report<'a> {
    Report {
        version: JSON_VERSION,
        app: &plan.app,
        folder: &exported.folder,
        files: &exported.files,
        base: &exported.base,
        image: &exported.image,
        target: plan.target.name(),
        python: &exported.python,
        streamlit: &exported.streamlit,
        distributions: exported.distributions,
        secrets: &exported.secrets,
        left_out: &exported.left_out,
        notes: &exported.notes,
    }
}

fn summarize(plan: &BuildPlan, exported: &Exported) {
    for note in exported.notes.iter().filter(|note| !plan.notes.contains(note)) {
        anstream::eprintln!("note: {note}");
    }
    anstream::eprintln!(
        "{} {} with Streamlit {} on `{}`: {} packages",
        plan.app.name,
        plan.app.version,
        exported.streamlit,
        exported.base,
        exported.distributions,
    );
    let folder = &exported.folder;
    let quoted = format!("'{}'", folder.as_str().replace('\'', r"'\''"));
    anstream::println!(
        "{folder} ({} files, README.md says what each is for)",
        exported.files.len()
    );
    anstream::println!("  docker build --tag {} {quoted}", exported.image);
}

fn print_json(value: &impl Serialize) {
    if let Ok(text) = serde_json::to_string_pretty(value) {
        println!("{text}");
    }
}
