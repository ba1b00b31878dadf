use std::thread::available_parallelism;

use waterskin_tests::Result;

/// How busy the machine is, in a line: figures of a busy one say little.
pub fn load() -> Result<String> {
    let cores = available_parallelism()?;
    let load = fs_err::read_to_string("/proc/loadavg")?;
    let minute = load.split_whitespace().next().unwrap_or("?");
    Ok(format!("{cores} cores, load {minute} in the last minute"))
}
