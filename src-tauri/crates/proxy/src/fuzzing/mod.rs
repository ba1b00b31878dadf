//! What the fuzzer calls: each function takes any bytes, and panics when the proxy does with them
//! what it must not. `fuzz/` has the targets, `scripts/fuzz` runs them.
#![expect(clippy::expect_used, reason = "a panic is how a target tells the fuzzer what it found")]

mod frames;
mod gate;
mod heads;

pub use frames::frames;
pub use gate::gate;
pub use heads::heads;

/// The secrets of the gates here, which the fuzzer has to be able to write.
const COOKIE: &str = "COOKIE42";
const TOKEN: &str = "TOKEN42";

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// Runs every file of a target's corpus through it.
    fn replay(target: &str, run: fn(&[u8])) {
        let corpus =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus").join(target);
        let mut files = 0;
        for entry in fs_err::read_dir(corpus).unwrap() {
            run(&fs_err::read(entry.unwrap().path()).unwrap());
            files += 1;
        }
        assert!(files > 0, "an empty corpus shows nothing");
    }

    #[test]
    fn the_corpus_of_heads() {
        replay("heads", super::heads);
    }

    #[test]
    fn the_corpus_of_the_gate() {
        replay("gate", super::gate);
    }

    #[test]
    fn the_corpus_of_frames() {
        replay("frames", super::frames);
    }
}
