use std::io::Write;

/// Says that a test did nothing, and why: on standard output and, where `WATERSKIN_SKIPPED` names
/// a file, there. `scripts/test` ends with what that file has.
pub fn skipped(why: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let line = format!("{test}: {why}\n");
    print!("skipped: {line}");
    let Some(file) = std::env::var_os("WATERSKIN_SKIPPED") else { return };
    let file = fs_err::OpenOptions::new().append(true).create(true).open(file);
    // One write, for several tests write at a time.
    if let Err(error) = file.and_then(|mut file| file.write_all(line.as_bytes())) {
        println!("it could not be written down: {error}");
    }
}
