use std::collections::BTreeMap;
use std::io;

use waterskin_bundle::Payload;

use crate::FormatError;

/// A distribution as a payload's list of them has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pinned {
    /// Where it came from, if not by its name from an index.
    pub address: Option<String>,
    /// What its archive may have, such as `sha256:...`.
    pub hashes: Vec<String>,
}

impl Pinned {
    /// The list of a payload, by normalized names; nothing where it has none.
    pub fn of(payload: &Payload) -> Result<BTreeMap<String, Self>, FormatError> {
        let path = payload.layout.resolved();
        match fs_err::read_to_string(&path) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(source) => Err(FormatError::Read { path, source }),
        }
    }

    /// Reads what the packager writes: a requirement on each line, and its hashes on the next ones.
    fn parse(text: &str) -> BTreeMap<String, Self> {
        let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
        joined
            .lines()
            .filter_map(|line| {
                let mut parts = line.split(" --hash=");
                let requirement = parts.next()?.split(" ;").next()?.trim();
                let hashes = parts.map(|it| it.trim().to_owned()).collect();
                let (name, address) = match requirement.split_once(" @ ") {
                    Some((name, address)) => (name, Some(address.trim().to_owned())),
                    None => (requirement.split_once("==")?.0, None),
                };
                let name = name.split('[').next()?.trim();
                Some((normalized(name), Self { address, hashes }))
            })
            .collect()
    }
}

/// A name by which distributions are told apart (PEP 503).
pub(super) fn normalized(name: &str) -> String {
    let lower = name.trim().to_ascii_lowercase();
    lower.split(['-', '_', '.']).filter(|it| !it.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_a_payload_is_read() {
        let text = "Zope.Interface[x]==7.1 ; os_name == 'posix' \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n\
            thing @ git+https://example.org/x@1234\n# no requirement\n\n";
        let hashes = ["sha256:aa", "sha256:bb"].map(str::to_owned).to_vec();
        let address = Some("git+https://example.org/x@1234".to_owned());
        let expected = [
            ("thing".to_owned(), Pinned { address, hashes: Vec::new() }),
            ("zope-interface".to_owned(), Pinned { address: None, hashes }),
        ];
        assert_eq!(Pinned::parse(text), expected.into());
    }
}
