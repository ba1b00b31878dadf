use std::process::ExitCode;

use camino::Utf8PathBuf;
use waterskin_packager::{CacheSummary, cache_folder, size};

use crate::{
    args::{CacheArgs, CacheCommand},
    render::Failure,
};

/// Shows what is kept between builds, or removes it.
pub fn run(args: &CacheArgs) -> Result<ExitCode, Failure> {
    const HINT: &str = "give a folder that can be written to with `--cache-dir`";
    let folder = match &args.cache_dir {
        Some(folder) => folder.clone(),
        None => cache_folder().map_err(|error| {
            let hint = error.hint();
            Failure::new(error, hint)
        })?,
    };
    let failure = |error| Failure::new(error, Some(HINT.to_owned()));
    let before = CacheSummary::of(&folder).map_err(failure)?;
    match args.command {
        None => show(&folder, &before),
        Some(CacheCommand::Clear) => {
            let left = CacheSummary::clear(&folder).map_err(failure)?;
            let removed = before.bytes().saturating_sub(left.bytes());
            anstream::println!("removed {} from `{folder}`", size(removed));
            if left.bytes() > 0 {
                anstream::eprintln!("note: a build is using the other {}", size(left.bytes()));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(folder: &Utf8PathBuf, summary: &CacheSummary) {
    anstream::println!("{folder}: {}", size(summary.bytes()));
    for kind in &summary.kinds {
        let what = match kind.kind.as_str() {
            "python" => "interpreters",
            "packages" => "sets of packages",
            "resolution" => "resolved versions",
            "bytecode" => "bytecode",
            "layer" => "compressed layers",
            "content" => "compressed files",
            other => other,
        };
        anstream::println!("  {:<18} {:>3}  {:>8}", what, kind.count, size(kind.bytes));
    }
}
