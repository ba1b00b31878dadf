use std::{collections::BTreeMap, process::ExitCode};

use camino::Utf8Path;
use serde::Serialize;
use waterskin_installers::nsis::{NsisOptions, Smallness};
use waterskin_installers::{
    Artifact, Compression, FormatOptions, appimage::AppImageOptions, deb::DebOptions,
};
use waterskin_packager::{
    BuildOutcome, BuildPlan, Purpose, Run, Settings, Sizes, Trial, TrimReport, Weight, builds,
    runtime::RuntimeSource, size,
};
use waterskin_project::Overrides;

use crate::{
    args::{self, BuildArgs},
    ask,
    interpreter::given_path,
    interrupt::Interrupt,
    progress::Bars,
    render::Failure,
    size_report,
    trial::Opened,
};

/// The version of what `--json` prints.
const JSON_VERSION: u32 = 2;

/// What `--json` prints after a build.
#[derive(Debug, Serialize)]
struct Reports<'a> {
    version: u32,
    /// One for each target.
    builds: Vec<Report<'a>>,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    target: String,
    app: &'a waterskin_bundle::App,
    artifacts: &'a [Artifact],
    #[serde(skip_serializing_if = "Option::is_none")]
    sbom: Option<&'a Utf8Path>,
    sizes: Sizes,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<&'a Weight>,
    trim: &'a TrimReport,
    runtime: &'a RuntimeSource,
    streamlit: &'a str,
    minimum_glibc: &'a str,
    left_out: &'a [waterskin_project::LeftOut],
    notes: &'a [String],
    seconds: f64,
}

/// What `--json` prints of plans.
#[derive(Debug, Serialize)]
struct Planned<'a> {
    version: u32,
    /// One for each target.
    plans: &'a [BuildPlan],
}

/// Makes installers from a project.
pub fn run(args: &BuildArgs) -> Result<ExitCode, Failure> {
    let mut settings = settings(args);
    let plans = ask::planned(&mut settings)?;
    if args.dry_run {
        if args.json {
            print_json(&Planned { version: JSON_VERSION, plans: &plans });
        } else {
            for plan in &plans {
                anstream::print!("{plan}");
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    if !args.json {
        ask::show(&plans);
    }
    let plans = ask::about_guess(&mut settings, plans, args.yes, args.json)?;
    let interrupt = Interrupt::listen().map_err(|error| {
        Failure::new(error, Some("close other programs and try again".to_owned()))
    })?;
    // One plan at most is for this system.
    let runs = |plan: &&BuildPlan| plan.runs.iter().any(|run| matches!(run, Run::App { .. }));
    let trial = plans.iter().find(runs).map(|plan| Opened { plan });
    let trial = trial.as_ref().map(|trial| trial as &dyn Trial);
    let bars = Bars::new(args.json, interrupt.clone());
    let Some(done) = interrupt.guard(|| builds(&plans, trial, &bars)) else {
        bars.abandon();
        anstream::eprintln!("interrupted: nothing half-made is left");
        return Ok(Interrupt::exit_code());
    };
    let outcomes = done.map_err(|error| {
        bars.abandon();
        let hint = error.hint();
        Failure::new(error, hint)
    })?;
    bars.finish();
    let made = || plans.iter().zip(&outcomes);
    if args.json {
        let builds = made().map(|(plan, outcome)| report(plan, outcome, args.explain_size));
        print_json(&Reports { version: JSON_VERSION, builds: builds.collect() });
    } else {
        for (plan, outcome) in made() {
            if args.explain_size {
                anstream::print!("{}", outcome.weight);
            }
            summarize(plan, outcome);
        }
    }
    for (plan, outcome) in made() {
        let Some(path) = args.report.as_deref() else { break };
        let path = size_report::place(path, plan);
        size_report::write(&path, plan, outcome).map_err(|error| {
            let hint = "give a file in a folder that you may write to, and build again";
            Failure::new(error, Some(hint.to_owned()))
        })?;
        anstream::eprintln!("{path}: where its size comes from");
    }
    Ok(ExitCode::SUCCESS)
}

fn settings(args: &BuildArgs) -> Settings {
    let compression = match args.compression {
        args::Compression::Zstd => Compression::default(),
        args::Compression::Smallest => Compression::SMALLEST,
        args::Compression::Gzip => Compression::Gzip,
    };
    let smallness = match args.compression {
        args::Compression::Smallest => Smallness::Smallest,
        args::Compression::Zstd | args::Compression::Gzip => Smallness::Quick,
    };
    Settings {
        path: args.path.clone(),
        output: args.output.clone(),
        targets: args.targets.iter().flat_map(|it| it.0.iter().cloned()).collect(),
        python: args.python.as_deref().map(given_path),
        python_version: args.python_version.clone(),
        shell: args.shell.clone(),
        find_links: args.find_links.clone(),
        uv: args.uv.clone(),
        overrides: Overrides {
            name: args.name.clone(),
            id: args.id.clone(),
            version: args.app_version.clone(),
            icon: args.icon.clone(),
            entry: args.entry.clone(),
            ..Overrides::default()
        },
        formats: args.formats.clone(),
        format_options: FormatOptions {
            deb: DebOptions { compression },
            nsis: NsisOptions { smallness },
            appimage: AppImageOptions { runtime: args.appimage_runtime.clone() },
            sign: None,
        },
        cache_dir: args.cache_dir.clone(),
        cache_limit: Some(args.cache_size.saturating_mul(1_000_000_000)),
        keep_payload: args.keep_payload.clone(),
        offline: args.offline,
        no_run: args.no_run,
        no_try: args.no_try,
        follow_links: args.follow_links,
        answers: BTreeMap::new(),
        purpose: Purpose::Installers,
    }
}

fn report<'a>(plan: &'a BuildPlan, outcome: &'a BuildOutcome, explained: bool) -> Report<'a> {
    Report {
        target: plan.target.name(),
        app: &plan.app,
        artifacts: &outcome.artifacts,
        sbom: outcome.sbom.as_deref(),
        sizes: outcome.sizes,
        weight: explained.then_some(&outcome.weight),
        trim: &outcome.trim,
        runtime: &outcome.runtime,
        streamlit: &outcome.streamlit,
        minimum_glibc: &outcome.minimum_glibc,
        left_out: &outcome.left_out,
        notes: &outcome.notes,
        seconds: outcome.took.as_secs_f64(),
    }
}

fn summarize(plan: &BuildPlan, outcome: &BuildOutcome) {
    for note in outcome.notes.iter().filter(|note| !plan.notes.contains(note)) {
        anstream::eprintln!("note: {note}");
    }
    if let RuntimeSource::Relocated { python, version, reason } = &outcome.runtime {
        anstream::eprintln!("note: Python {version} is `{python}`, made relocatable: {reason}");
    }
    if !outcome.minimum_glibc.is_empty() {
        anstream::eprintln!("note: needs glibc {} or newer", outcome.minimum_glibc);
    }
    summarize_trim(&outcome.trim);
    let sizes = outcome.sizes;
    anstream::eprintln!(
        "{} {}{} with Streamlit {}: {} installed (Python {}, packages {}, app {}, shell {}), built in {:.1} s",
        plan.app.name,
        plan.app.version,
        if plan.several { format!(" for {}", plan.target.name()) } else { String::new() },
        outcome.streamlit,
        size(sizes.total()),
        size(sizes.python),
        size(sizes.packages),
        size(sizes.app),
        size(sizes.shell),
        outcome.took.as_secs_f64(),
    );
    for artifact in &outcome.artifacts {
        anstream::println!("{} ({})", artifact.path, size(artifact.bytes));
        anstream::println!("  {}", artifact.install);
    }
    if let Some(told) = plan.first_start {
        anstream::eprintln!("note: {told}");
    }
    if let Some(sbom) = &outcome.sbom {
        anstream::println!("{sbom}\n  all that is inside, with versions and licences (CycloneDX)");
    }
}

/// The rules that saved most by name, and all that a package of the app kept from being applied.
fn summarize_trim(trim: &TrimReport) {
    const MOST: usize = 3;
    for kept in &trim.kept {
        anstream::eprintln!("note: {} stays: {}", kept.what, kept.because);
    }
    let mut trimmed: Vec<_> = trim.trimmed.iter().collect();
    trimmed.sort_by_key(|one| std::cmp::Reverse(one.bytes));
    let most: Vec<String> =
        trimmed.iter().take(MOST).map(|one| format!("{} {}", one.what, size(one.bytes))).collect();
    if !most.is_empty() {
        let bytes = trimmed.iter().map(|one| one.bytes).sum();
        anstream::eprintln!(
            "note: left out {} of the packages, most of it {}",
            size(bytes),
            most.join(", ")
        );
    }
}

fn print_json(value: &impl Serialize) {
    if let Ok(text) = serde_json::to_string_pretty(value) {
        println!("{text}");
    }
}
