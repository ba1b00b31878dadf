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
    payload.verify().map_err(failure)?;
    let app = &payload.manifest.app;
    anstream::println!("{} {} is as it was built", app.name, app.version);
    for line in data(&payload) {
        anstream::println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

/// What this user's copy of the app has that is data and not the app, where it runs in one.
fn data(payload: &Payload) -> Vec<String> {
    let folders = Folders::of(payload.manifest.app.id.as_str()).ok();
    let copy = folders.and_then(|folders| AppCopy::of(payload, &folders.data));
    let Some((copy, Ok(Some(data)))) = copy.map(|copy| (copy.clone(), copy.data())) else {
        return Vec::new();
    };
    let changed = data.changed.iter().map(|file| format!("  {file} (changed)"));
    let mut lines: Vec<String> =
        changed.chain(data.made.iter().map(|file| format!("  {file}"))).collect();
    let more = lines.len().saturating_sub(MANY);
    lines.truncate(MANY);
    if more > 0 {
        lines.push(format!("  and {more} more"));
    }
    let first = match lines.is_empty() {
        true => format!("it runs in `{}`, where nothing else was saved yet", copy.folder()),
        false => format!("it runs in `{}`, where these files are data:", copy.folder()),
    };
    std::iter::once(first).chain(lines).collect()
}
