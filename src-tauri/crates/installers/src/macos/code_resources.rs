//! The seal over a bundle's files, as Apple's tools make it since OS X 10.9.5 (the files that `codesign`
//! writes; Apple's technical note TN2206).

use std::io::{self, Read};

use plist::{Dictionary, Value};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::info::xml;
use crate::FormatError;
use crate::archive::{BUFFER, Entries, Entry};

/// `_CodeSignature/CodeResources`: what each file of the bundle is, but for its program and what says who
/// it is, which the program's own signature covers. Paths count from the bundle's `Contents`.
pub(super) fn code_resources(entries: &Entries) -> Result<Vec<u8>, FormatError> {
    let (mut old, mut files) = (Dictionary::new(), Dictionary::new());
    for (path, entry) in entries.iter() {
        let mut digest = |content: &mut dyn Read, from: &str| {
            let (sha1, sha256) = digests(content).map_err(FormatError::read(from))?;
            old.insert(path.to_owned(), Value::Data(sha1));
            let one = Dictionary::from_iter([("hash2", Value::Data(sha256))]);
            files.insert(path.to_owned(), Value::from(one));
            Ok::<_, FormatError>(())
        };
        match entry {
            Entry::Folder => {}
            Entry::Link(target) => {
                let link = Dictionary::from_iter([("symlink", Value::from(target.clone()))]);
                files.insert(path.to_owned(), Value::from(link));
            }
            Entry::Bytes(content) => {
                digest(&mut content.as_slice(), path)?;
            }
            Entry::File { source, .. } => {
                let mut file = fs_err::File::open(source).map_err(FormatError::read(source))?;
                digest(&mut file, source.as_str())?;
            }
        }
    }
    let resources = Dictionary::from_iter([
        ("files", Value::from(old)),
        ("files2", Value::from(files)),
        ("rules", Value::from(old_rules())),
        ("rules2", Value::from(rules())),
    ]);
    xml("CodeResources", &Value::from(resources))
}

fn digests(content: &mut dyn Read) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let (mut sha1, mut sha256) = (Sha1::new(), Sha256::new());
    let mut buffer = vec![0; BUFFER];
    loop {
        match content.read(&mut buffer)? {
            0 => return Ok((sha1.finalize().to_vec(), sha256.finalize().to_vec())),
            length => {
                sha1.update(&buffer[..length]);
                sha256.update(&buffer[..length]);
            }
        }
    }
}

/// A rule of which files are sealed: its weight, and words that are true.
fn rule(weight: f64, words: &[&str]) -> Value {
    let words = words.iter().map(|word| (*word, Value::from(true)));
    Value::from(Dictionary::from_iter(words.chain([("weight", Value::from(weight))])))
}

/// Gatekeeper takes no others than those that `codesign` itself writes.
fn rules() -> Dictionary {
    let nested = r"^(Frameworks|SharedFrameworks|PlugIns|Plug-ins|XPCServices|Helpers|MacOS|Library/(Automator|Spotlight|LoginItems))/";
    Dictionary::from_iter([
        (r".*\.dSYM($|/)", rule(11.0, &[])),
        (r"^(.*/)?\.DS_Store$", rule(2000.0, &["omit"])),
        (nested, rule(10.0, &["nested"])),
        (r"^.*", Value::from(true)),
        (r"^Info\.plist$", rule(20.0, &["omit"])),
        (r"^PkgInfo$", rule(20.0, &["omit"])),
        (r"^Resources/", rule(20.0, &[])),
        (r"^Resources/.*\.lproj/", rule(1000.0, &["optional"])),
        (r"^Resources/.*\.lproj/locversion.plist$", rule(1100.0, &["omit"])),
        (r"^Resources/Base\.lproj/", rule(1010.0, &[])),
        (r"^[^/]+$", rule(10.0, &["nested"])),
        (r"^embedded\.provisionprofile$", rule(20.0, &[])),
        (r"^version\.plist$", rule(20.0, &[])),
    ])
}

fn old_rules() -> Dictionary {
    Dictionary::from_iter([
        (r"^Resources/", Value::from(true)),
        (r"^Resources/.*\.lproj/", rule(1000.0, &["optional"])),
        (r"^Resources/.*\.lproj/locversion.plist$", rule(1100.0, &["omit"])),
        (r"^Resources/Base\.lproj/", rule(1010.0, &[])),
        (r"^version.plist$", Value::from(true)),
    ])
}
