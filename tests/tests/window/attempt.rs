//! `waterskin try` on finished files, as an author has them.

use std::time::Duration;

use serde_json::Value;
use waterskin_tests::{Result, Sandbox, built, example};

/// A trial has limits of its own; this one is for a machine on which nothing goes on.
const TRIAL: Duration = Duration::from_secs(180);

#[tokio::test]
async fn a_finished_file_is_opened_and_its_picture_left() -> Result<()> {
    let file = built::package(&example("hello")).await?;
    let sandbox = Sandbox::new()?;
    let picture = sandbox.work().join("bild é.png");
    let tried =
        sandbox.author()?.arg("try").arg(&file).arg("--json").arg("--picture").arg(&picture);
    let tried = tried.finish(TRIAL).await?;
    let verdict: Value = serde_json::from_str(&tried.success()?.stdout)?;
    assert_eq!(verdict["app"]["name"], "Hello", "{verdict}");
    assert_eq!(verdict["pages"], 1, "{verdict}");
    assert!(verdict["window"]["rendered_seconds"].as_f64().is_some_and(|it| it > 0.0), "{verdict}");
    let shown = image::open(&picture)?.to_rgb8();
    assert_eq!(shown.dimensions(), (1200, 800));
    let mut colours: Vec<_> = shown.pixels().map(|it| it.0).collect();
    colours.sort_unstable();
    colours.dedup();
    assert!(colours.len() > 16, "{} colours are an empty window", colours.len());
    assert!(sandbox.ours().alive().is_empty(), "{:?}", sandbox.ours().alive());
    let left =
        |folder: &str| fs_err::read_dir(sandbox.work().with_file_name(folder)).map(Iterator::count);
    assert_eq!(left("tmp")?, 0, "a temporary file");

    // Cut short, as a download may be.
    let whole = fs_err::read(&file)?;
    let cut = sandbox.work().join("cut é.deb");
    fs_err::write(&cut, &whole[..whole.len() / 2])?;
    let failed = sandbox.author()?.arg("try").arg(&cut).finish(TRIAL).await?;
    assert_eq!(failed.code, Some(1), "{failed:?}");
    assert!(failed.stderr.contains("hint: give the whole file"), "{failed:?}");
    Ok(())
}
