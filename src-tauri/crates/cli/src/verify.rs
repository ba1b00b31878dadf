use std::process::ExitCode;

use waterskin_bundle::{AppCopy, ManifestError, Payload, PayloadError};
use waterskin_session::Folders;

use crate::{args::VerifyArgs, render::Failure};

/// Files of a person's beyond so many are only counted.
const MANY: usize = 20;

/// Compares a payload with its manifest.
pub fn run(args: &VerifyArgs) -> Result<ExitCode, Failure> {
    let failure = |error: PayloadError| {
        let hint = match &error {
            PayloadError::Missing { .. } => "give the folder that holds `manifest.json`",
            PayloadError::Manifest { source: ManifestError::Schema { .. }, .. } => {
                "check it with the version of Waterskin that built it, or with a newer one"
            }
            _ => "install the app again",
        };
        Failure::new(error, Some(hint.to_owned()))
    };
    let payload = Payload::open(&args.payload).map_err(failure)?;
    let made = payload.verify().map_err(failure)?;
    let app = &payload.manifest.app;
    anstream::println!("{} {} is as it was built", app.name, app.version);
    if !made.is_empty() {
        let folder = payload.layout.app();
        let files = made.iter().map(|file| file.strip_prefix(&folder).unwrap_or(file).to_string());
        say(&format!("in `{folder}` these files are data:"), files.collect());
    }
    say_data(&payload);
    Ok(ExitCode::SUCCESS)
}

/// Says what this user's copy of the app has that is data and not the app, where it runs in one.
fn say_data(payload: &Payload) {
    let folders = Folders::of(payload.manifest.app.id.as_str()).ok();
    let copy = folders.and_then(|folders| AppCopy::of(payload, &folders.data));
    let Some((copy, Ok(Some(data)))) = copy.map(|copy| (copy.clone(), copy.data())) else {
        return;
    };
    let changed = data.changed.iter().map(|file| format!("{file} (changed)"));
    let files: Vec<String> = changed.chain(data.made.iter().map(ToString::to_string)).collect();
    let first = match files.is_empty() {
        true => format!("it runs in `{}`, where nothing else was saved yet", copy.folder()),
        false => format!("it runs in `{}`, where these files are data:", copy.folder()),
    };
    say(&first, files);
}

/// Says which files there are, as far as anybody reads them.
fn say(first: &str, files: Vec<String>) {
    anstream::println!("{first}");
    let more = files.len().saturating_sub(MANY);
    for file in files.into_iter().take(MANY) {
        anstream::println!("  {file}");
    }
    if more > 0 {
        anstream::println!("  and {more} more");
    }
}
