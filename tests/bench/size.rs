//! How large what is handed out and what is installed are, beside PyInstaller's folder, the same as
//! an archive, and its single file.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use waterskin_tests::{Result, Sandbox, built, example};

use crate::figures::{PACKAGED, Table};
use crate::packaged::Packaged;
use crate::pyinstaller::{Form, PYINSTALLER, Pyinstaller, size};

const FOLDER: &str = "installed";
const ARCHIVE: &str = "package";
const SINGLE: &str = "single file";

/// Builds `app` once with each side and prints the figures.
pub async fn run(app: &str) -> Result<()> {
    let project = example(app);
    let packaged = Packaged::unpack(&project, None).await?;
    let peer = Pyinstaller::of(&packaged.payload).await?;
    let entry = packaged.payload.manifest.entry.to_string();
    let mut table = Table::new("MB");
    let mut add = |side, what, bytes: u64| table.add(side, what, bytes as f64 / 1e6);
    let folder = packaged.program.parent().context("a program in no folder")?;
    add(PACKAGED, FOLDER, size(folder)?);
    add(PACKAGED, ARCHIVE, size(&built::package(&project).await?)?);
    add(PACKAGED, "package (tar.gz)", size(&built::archive(&project).await?)?);

    let sandbox = Sandbox::new()?;
    let project = sandbox.copy(&project, "theirs")?;
    let (took, folder) = peer.build(&sandbox, &project, &entry, Form::Folder).await?;
    eprintln!("the folder took {:.0} s", took.as_secs_f64());
    add(PYINSTALLER, FOLDER, size(&folder)?);
    add(PYINSTALLER, ARCHIVE, size(&archive(&sandbox, &folder).await?)?);
    let (took, file) = peer.build(&sandbox, &project, &entry, Form::SingleFile).await?;
    eprintln!("the single file took {:.0} s", took.as_secs_f64());
    add(PYINSTALLER, SINGLE, size(&file)?);

    let manifest = &packaged.payload.manifest;
    println!("{} {}: one build each\n\n{table}\n", manifest.app.name, manifest.app.version);
    for (name, what) in [("installed", FOLDER), ("package", ARCHIVE)] {
        let ratio = table.ratio_of((PACKAGED, what), (PYINSTALLER, what));
        println!("ratio {name} {:.2}", ratio.context("nothing to compare")?);
    }
    Ok(())
}

/// The folder as people hand it out: as `.tar.xz`, at xz's own level.
async fn archive(sandbox: &Sandbox, folder: &Path) -> Result<std::path::PathBuf> {
    let path = sandbox.path().join("theirs.tar.xz");
    let tar = sandbox.launch("/usr/bin/tar").env("XZ_OPT", "-6 -T0").arg("-cJf").arg(&path);
    tar.arg("-C").arg(folder).arg(".").finish(Duration::from_secs(900)).await?.success()?;
    Ok(path)
}
