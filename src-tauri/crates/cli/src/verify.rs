use std::process::ExitCode;

use waterskin_bundle::{ManifestError, Payload, PayloadError};

use crate::{args::VerifyArgs, render::Failure};

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
    Ok(ExitCode::SUCCESS)
}
