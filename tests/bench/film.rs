//! What a person sees between the double click and the page: pictures of the display in a steady
//! beat, from the start of the program to the end of its script.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;
use waterskin_tests::{Camera, Desktop, Result, Sandbox};

use crate::figures::Table;
use crate::machine;
use crate::packaged::{Packaged, project};
use crate::peer::WINDOW;

/// The beat of the pictures.
const BEAT: Duration = Duration::from_millis(50);

/// How many colours an empty window has at the most, the display's ground among them: its own
/// ground, and a frame. Letters alone have dozens.
const BLANK: usize = 8;

/// How long the camera goes on after the page has shown the app: its last changes are fades.
const AFTER: Duration = Duration::from_millis(500);

/// A picture of the display.
struct Picture {
    /// Since the start of the program.
    after: Duration,
    /// Its dots, as the camera gives them.
    dots: Vec<u8>,
    width: u32,
}

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sight {
    /// The display's ground: there is no window.
    Nothing,
    /// A window without anything in it.
    Empty,
    /// A window with something in it.
    Something,
}

/// Films `runs` starts of `app`, after one to warm up, and prints when there was something to see,
/// and how often there was not. With `keep`, the pictures of the last one go into this folder.
pub async fn run(runs: u32, app: &str, keep: Option<PathBuf>) -> Result<()> {
    if let Some(folder) = &keep {
        // Pictures of two starts in one folder would tell a story that never was.
        let is_new = fs_err::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
        anyhow::ensure!(is_new, "there is something in `{}` already", folder.display());
    }
    let packaged = Packaged::unpack(&project(app), Some(WINDOW)).await?;
    let screen = Sandbox::new()?;
    let desktop = Desktop::start(&screen, None).await?;
    let before = machine::load()?;
    let mut table = Table::new("from exec");
    let mut empty = 0;
    for round in 0..=runs {
        let pictures = film(&packaged, &desktop).await?;
        let sights: Vec<_> = pictures.iter().map(|one| (one.after, one.sight())).collect();
        let first = |wanted: fn(Sight) -> bool| {
            let found = sights.iter().find(|(_, sight)| wanted(*sight));
            found.map(|(after, _)| after.as_secs_f64() * 1e3).context("it was never seen")
        };
        let window = first(|sight| sight != Sight::Nothing)?;
        let splash = first(|sight| sight == Sight::Something)?;
        let shown = sights.iter().skip_while(|(_, sight)| *sight == Sight::Nothing);
        let blank = shown.filter(|(_, sight)| *sight != Sight::Something).count();
        eprintln!("round {round}: window {window:.0} ms, splash {splash:.0} ms, {blank} empty");
        if round > 0 {
            table.add("packaged", "window, ms", window);
            table.add("packaged", "splash, ms", splash);
            table.add("packaged", "empty pictures", blank as f64);
            empty += blank;
        }
        if round == runs
            && let Some(folder) = &keep
        {
            save(&pictures, folder)?;
        }
    }
    let manifest = &packaged.payload.manifest;
    println!(
        "{} {}: {runs} starts, a picture every {BEAT:?}",
        manifest.app.name, manifest.app.version
    );
    println!("before: {before}\nafter:  {}\n\n{table}\n", machine::load()?);
    println!("{empty} pictures of an empty window, or of none after the first");
    Ok(())
}

async fn film(packaged: &Packaged, desktop: &Desktop) -> Result<Vec<Picture>> {
    let mut camera = desktop.camera()?;
    let done = Arc::new(AtomicBool::new(false));
    let open = packaged.open(desktop)?;
    let began = Instant::now() - open.began.elapsed()?;
    let last = Arc::clone(&done);
    // It has a thread of its own, so that nothing else disturbs the beat.
    let filming = tokio::task::spawn_blocking(move || roll(&mut camera, began, &last));
    let passed = open.passed(&["Rendered"]).await;
    let rendered = passed.ok().and_then(|passed| passed.first().copied());
    let end = rendered.unwrap_or_else(SystemTime::now) + AFTER;
    tokio::time::sleep(end.duration_since(SystemTime::now()).unwrap_or_default()).await;
    done.store(true, Ordering::Relaxed);
    let pictures = filming.await??;
    open.close(desktop).await?;
    Ok(pictures)
}

#[expect(clippy::disallowed_methods, reason = "the beat of a camera is a time, and no fact")]
fn roll(camera: &mut Camera, began: Instant, last: &AtomicBool) -> Result<Vec<Picture>> {
    let mut pictures = Vec::new();
    for beat in 0.. {
        let due = began + BEAT * beat;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let (width, dots) = camera.shoot()?;
        // The picture is what the display showed when the server answered.
        pictures.push(Picture { after: began.elapsed(), dots, width });
        if last.load(Ordering::Relaxed) {
            break;
        }
    }
    Ok(pictures)
}

impl Picture {
    fn sight(&self) -> Sight {
        let mut found = HashSet::new();
        for colour in self.dots.chunks_exact(4) {
            found.insert(&colour[..3]);
            if found.len() > BLANK {
                return Sight::Something;
            }
        }
        if found.len() == 1 { Sight::Nothing } else { Sight::Empty }
    }
}

fn save(pictures: &[Picture], folder: &Path) -> Result<()> {
    fs_err::create_dir_all(folder)?;
    for picture in pictures {
        let dots = picture.dots.chunks_exact(4);
        let colours: Vec<u8> = dots.flat_map(|dot| [dot[2], dot[1], dot[0]]).collect();
        let (width, height) = (picture.width, u32::try_from(colours.len() / 3)? / picture.width);
        let file = folder.join(format!("{:05}.png", picture.after.as_millis()));
        image::save_buffer(file, &colours, width, height, image::ColorType::Rgb8)?;
    }
    Ok(())
}
