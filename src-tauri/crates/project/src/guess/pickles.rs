//! Which modules a pickle names. It is read, never loaded: to load one is to run what it says.

use std::collections::BTreeSet;
use std::io::{self, Read};

use camino::Utf8Path;

/// Pickles are looked at up to here: what they name stands at the beginning of what is named.
const MOST: u64 = 256 << 20;
/// Endings of files that hold pickles.
const ENDINGS: [&str; 7] = ["pkl", "pickle", "joblib", "sav", "pck", "dill", "p"];

/// Modules and functions that read pickles.
pub(crate) const READERS: [&str; 6] =
    ["pickle", "joblib", "cloudpickle", "dill", "shelve", "_pickle"];

/// Whether a file is a pickle by its name.
pub(crate) fn is_pickle(file: &Utf8Path) -> bool {
    file.extension().is_some_and(|ending| ENDINGS.contains(&ending.to_lowercase().as_str()))
}

/// What a pickle needs when it is loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pickle {
    /// The dotted names of the modules that it takes something from.
    pub modules: BTreeSet<String>,
    /// The version of scikit-learn that wrote it, which its estimators keep.
    pub sklearn: Option<String>,
    /// Whether it is compressed by something else, and nothing is known of it.
    pub closed: bool,
}

/// How files begin that are compressed by bzip2, xz, LZ4 and the older LZMA, as joblib does it.
const CLOSED: [&[u8]; 4] = [b"BZh", b"\xfd7zXZ", b"\x04\x22\x4d\x18", b"\x5d\x00\x00"];

/// Reads a pickle, plain or compressed by zlib or gzip.
pub(crate) fn read(file: &Utf8Path) -> io::Result<Pickle> {
    let mut bytes = Vec::new();
    fs_err::File::open(file)?.take(MOST).read_to_end(&mut bytes)?;
    if CLOSED.iter().any(|start| bytes.starts_with(start)) {
        return Ok(Pickle { closed: true, ..Pickle::default() });
    }
    let mut plain = Vec::new();
    // A stream that is cut or no such stream still gives what came before.
    match bytes[..] {
        [0x1f, 0x8b, ..] => {
            drop(flate2::read::GzDecoder::new(&bytes[..]).take(MOST).read_to_end(&mut plain));
        }
        [0x78, ..] => {
            drop(flate2::read::ZlibDecoder::new(&bytes[..]).take(MOST).read_to_end(&mut plain));
        }
        _ => plain = bytes,
    }
    Ok(Pickle { modules: named(&plain), sklearn: sklearn(&plain), closed: false })
}

/// The text behind the name `_sklearn_version` (scikit-learn's `base.py`): a short one, or one with a
/// length of four bytes (`X`, protocol 2).
fn sklearn(bytes: &[u8]) -> Option<String> {
    const NAME: &[u8] = b"_sklearn_version";
    let at = bytes.windows(NAME.len()).position(|window| window == NAME)?;
    let rest = &bytes[at + NAME.len()..];
    // What keeps the name for later: `0x94`, or `q` and a number.
    let behind = match rest {
        [0x94, rest @ ..] | [b'q', _, rest @ ..] => rest,
        _ => rest,
    };
    let text = match behind {
        [0x8c, length, rest @ ..] | [b'X', length, 0, 0, 0, rest @ ..] => {
            rest.get(..usize::from(*length))?
        }
        _ => return None,
    };
    let version = std::str::from_utf8(text).ok()?;
    let is_version = version.starts_with(|c: char| c.is_ascii_digit())
        && version.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '+'));
    is_version.then(|| version.to_owned())
}

/// The opcodes that take something from a module: `GLOBAL` (`c`, two lines), and `STACK_GLOBAL` (0x93)
/// behind two short texts (0x8c, a length, UTF-8), each of which may be kept (0x94). They are looked for
/// anywhere, since joblib writes arrays between the opcodes. (CPython's `pickletools.py`.)
fn named(bytes: &[u8]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        let taken = match first {
            b'c' => global(after),
            0x8c => stack_global(rest),
            _ => None,
        };
        rest = match taken {
            Some((module, behind)) => {
                found.insert(module.to_owned());
                behind
            }
            None => after,
        };
    }
    found
}

/// The module, and what stands behind.
fn global(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (module, rest) = line(bytes)?;
    let (name, rest) = line(rest)?;
    (is_dotted(module) && is_dotted(name)).then_some((module, rest))
}

/// No module's name is longer.
const LONGEST: usize = 200;

fn line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().take(LONGEST).position(|byte| *byte == b'\n')?;
    Some((std::str::from_utf8(&bytes[..end]).ok()?, &bytes[end + 1..]))
}

fn stack_global(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (module, rest) = short_text(bytes)?;
    let (name, rest) = short_text(rest)?;
    let rest = rest.strip_prefix(&[0x93])?;
    (is_dotted(module) && is_dotted(name)).then_some((module, rest))
}

fn short_text(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let [0x8c, length, rest @ ..] = bytes else { return None };
    let (text, rest) = rest.split_at_checked(usize::from(*length))?;
    let rest = rest.strip_prefix(&[0x94]).unwrap_or(rest);
    Some((std::str::from_utf8(text).ok()?, rest))
}

fn is_dotted(name: &str) -> bool {
    let is_name = |part: &str| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    !name.is_empty() && name.split('.').all(is_name)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// Two classes by protocol 4, as CPython 3.11 writes them, with an array's bytes between.
    const NEW: &[u8] = b"\x80\x04\x95\x10\0\0\0\0\0\0\0\x8c\x10sklearn.ensemble\x94\x8c\x0cRandomForest\x94\x93\x94)\x81\
        \xff\x8c\xffc\n\x00\x8c\x05numpy\x94\x8c\x05dtype\x94\x93\x94.";
    const OLD: &[u8] = b"\x80\x02csklearn.tree._tree\nTree\nq\0c__builtin__\nset\nq\x01.";

    fn found(bytes: &[u8]) -> Vec<String> {
        named(bytes).into_iter().collect()
    }

    #[test]
    fn the_modules_of_a_pickle_are_read_from_its_opcodes() {
        assert_eq!(found(NEW), ["numpy", "sklearn.ensemble"]);
        assert_eq!(found(OLD), ["__builtin__", "sklearn.tree._tree"]);
        assert_eq!(found(b""), [""; 0]);
        assert_eq!(found(b"c\n\n\x8c\xff\x8c"), [""; 0]);
        assert_eq!(found("c; rm -rf /\nx y\n".as_bytes()), [""; 0]);
    }

    #[test]
    fn the_version_that_wrote_an_estimator_is_found() {
        for (bytes, version) in [
            (&b"\x8c\x10_sklearn_version\x94\x8c\x051.5.2\x94"[..], Some("1.5.2")),
            (b"X\x10\0\0\0_sklearn_versionq\x05X\x05\0\0\x001.0.2q\x06", Some("1.0.2")),
            (b"_sklearn_version", None),
            (b"_sklearn_version\x94\x8c\xff1", None),
        ] {
            assert_eq!(sklearn(bytes).as_deref(), version, "{bytes:?}");
        }
    }

    #[test]
    fn compressed_ones_are_read_too() {
        let dir = tempfile::tempdir().unwrap();
        let file = Utf8Path::from_path(dir.path()).unwrap().join("modèle.pkl");
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(NEW).unwrap();
        let mut cut = zlib.finish().unwrap();
        fs_err::write(&file, &cut).unwrap();
        assert!(read(&file).unwrap().modules.contains("sklearn.ensemble"));
        cut.truncate(cut.len() / 4);
        fs_err::write(&file, &cut).unwrap();
        assert!(read(&file).is_ok());
        fs_err::write(&file, b"\xfd7zXZ\0").unwrap();
        assert!(read(&file).unwrap().closed);
        assert!(is_pickle(&file) && !is_pickle("a.py".into()) && !is_pickle("pickle".into()));
    }
}
