//! What the fuzzer calls: each function takes any bytes, and panics when the proxy does with them
//! what it must not. `fuzz/` has the targets, `scripts/fuzz` runs them.
#![expect(clippy::expect_used, reason = "a panic is how a target tells the fuzzer what it found")]

mod converse;
mod frames;
mod framing;
mod gate;
mod heads;

pub use frames::frames;
pub use framing::framing;
pub use gate::gate;
pub use heads::heads;

/// The secrets of the gates here, which the fuzzer has to be able to write.
const COOKIE: &str = "COOKIE42";
const TOKEN: &str = "TOKEN42";

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::gate::{Decision, decided};

    /// Every file of a target's corpus.
    fn corpus(target: &str) -> Vec<Vec<u8>> {
        let folder = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap())
            .join("../../../fuzz/corpus")
            .join(target);
        let files = fs_err::read_dir(folder).unwrap();
        files.map(|entry| fs_err::read(entry.unwrap().path()).unwrap()).collect()
    }

    #[test]
    fn the_corpus_of_heads() {
        let corpus = corpus("heads");
        assert!(!corpus.is_empty());
        corpus.iter().for_each(|input| super::heads(input));
    }

    #[test]
    fn the_corpus_of_the_gate() {
        let decisions: Vec<_> = corpus("gate").iter().map(|input| decided(input)).collect();
        for decision in [Decision::Pass, Decision::Entry, Decision::Refusal] {
            assert!(decisions.contains(&Some(decision)), "the corpus has every decision");
        }
    }

    #[test]
    fn the_corpus_of_framing() {
        let corpus = corpus("framing");
        assert!(!corpus.is_empty());
        corpus.iter().for_each(|input| super::framing(input));
    }

    #[test]
    fn the_corpus_of_frames() {
        let corpus = corpus("frames");
        assert!(!corpus.is_empty());
        corpus.iter().for_each(|input| super::frames(input));
    }
}
