//! Memory and time of a build of a large app: files of half a gigabyte each that compress well, a
//! little, and not at all.

use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use waterskin_tests::{Result, Running, Sandbox};

use crate::figures::Table;
use crate::machine;

/// The length of each file, in bytes.
const LARGE: u64 = 512 << 20;

/// How long a build may take.
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// How often the build's memory is looked at. The peak itself is kept by the kernel.
const LOOK: Duration = Duration::from_millis(50);

/// Builds each format of an app of so many files, and prints the figures.
pub async fn run(files: u32) -> Result<()> {
    let sandbox = Sandbox::new()?;
    let project = sandbox.path().join("large");
    fs_err::create_dir_all(project.join("data"))?;
    fs_err::write(project.join("app.py"), "import streamlit as st\n\nst.title(\"Large\")\n")?;
    fs_err::write(project.join("requirements.txt"), "streamlit\n")?;
    for number in 0..files {
        write(&project.join(format!("data/{number}.bin")), [256, 96, 8][number as usize % 3])?;
    }
    let before = machine::load()?;
    let mut table = Table::new("MB of memory at the most, and s");
    for format in ["deb", "tar.gz"] {
        let launch = sandbox.author()?.arg("build").arg(&project).args(["--yes", "--no-try"]);
        let launch = launch.args(["--format", format]).arg("--cache-dir");
        let launch = launch.arg(sandbox.path().join("cache")).arg("--output");
        let output = sandbox.path().join("made");
        let began = Instant::now();
        let mut running = launch.arg(&output).start()?;
        let peak = peak(&mut running).await?;
        running.finish(LIMIT).await?.success()?;
        table.add(format, "memory", peak as f64 / 1e6);
        table.add(format, "time", began.elapsed().as_secs_f64());
        fs_err::remove_dir_all(&output)?;
    }
    let gigabytes = (u64::from(files) * LARGE) as f64 / 1e9;
    println!("an app with {gigabytes:.1} GB of data, built once in each format");
    println!("before: {before}\nafter:  {}\n\n{table}", machine::load()?);
    Ok(())
}

/// The most memory that the process has had resident when it ends, in bytes.
async fn peak(running: &mut Running) -> Result<u64> {
    let status = format!("/proc/{}/status", running.id().as_raw_nonzero());
    let (mut peak, mut looks) = (0, tokio::time::interval(LOOK));
    loop {
        tokio::select! {
            ended = running.ended(LIMIT) => return ended.map(|_| peak),
            _ = looks.tick() => peak = high_water(&status).unwrap_or(peak),
        }
    }
}

/// `VmHWM` of proc(5), in bytes.
fn high_water(status: &str) -> Option<u64> {
    let status = fs_err::read_to_string(status).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? << 10)
}

/// Writes a file of which `noise` words in 256 are like no others.
fn write(path: &Path, noise: u64) -> Result<()> {
    let mut file = BufWriter::with_capacity(1 << 20, fs_err::File::create(path)?);
    let mut state = noise;
    for _ in 0..LARGE / 8 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let word = if state >> 56 < noise { state } else { 0x2065_7461_7265_6874 };
        file.write_all(&word.to_le_bytes())?;
    }
    Ok(file.flush()?)
}
