//! Puts a digest of the code that makes runtimes and package trees into the crate, so that the
//! cache never serves what older code made.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What decides the content of cached trees.
const RECIPE: [&str; 15] = [
    "../bundle/src/digest.rs",
    "../bundle/src/record.rs",
    "../installers/src",
    "../project/src/own/copied.rs",
    "src/binary",
    "src/copy.rs",
    "src/elf",
    "src/own",
    "src/payload",
    "src/runtime",
    "src/toolchain.rs",
    "src/trim",
    "src/wheels/mod.rs",
    "src/wheels/resolve.rs",
    "src/wheels/source_build.rs",
];

fn main() -> io::Result<()> {
    let mut files = Vec::new();
    for path in RECIPE {
        println!("cargo::rerun-if-changed={path}");
        list(Path::new(path), &mut files)?;
    }
    files.sort();
    let mut digest = Fnv::default();
    for file in files {
        digest.add(file.to_string_lossy().as_bytes());
        digest.add(&fs::read(&file)?);
    }
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    println!("cargo::rustc-env=WATERSKIN_RECIPE={version}-{:016x}", digest.0);
    Ok(())
}

fn list(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            list(&entry?.path(), files)?;
        }
    } else {
        fs::metadata(path)?;
        files.push(path.to_owned());
    }
    Ok(())
}

/// FNV-1a with 64 bits: it need only tell versions of our own code apart.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().chain(&[0]) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
