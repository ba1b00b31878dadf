use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use waterskin_project::{name_of, without_password};

/// The distributions that an app gets: each with its exact version and the hashes that its
/// archive may have. This is what `resolved.txt` in a payload says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Resolved {
    distributions: Vec<Pinned>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pinned {
    /// Such as `pandas==3.1.1`.
    requirement: String,
    /// Such as `sha256:...`, sorted.
    hashes: Vec<String>,
}

impl Resolved {
    /// Reads requirements with hashes, in the form that pip defined. Options are skipped.
    pub fn parse(text: &str) -> Self {
        let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
        let mut distributions: Vec<Pinned> = joined
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with(['#', '-']))
            .map(|line| {
                let line = line.split(" #").next().unwrap_or(line);
                let mut parts = line.split(" --hash");
                let requirement = parts.next().unwrap_or_default().trim().to_owned();
                let hash = |part: &str| part.trim_start_matches(['=', ' ']).trim().to_owned();
                let mut hashes: Vec<String> = parts.map(hash).collect();
                hashes.sort();
                hashes.dedup();
                Pinned { requirement, hashes }
            })
            .collect();
        distributions.sort_by(|one, other| one.requirement.cmp(&other.requirement));
        Self { distributions }
    }

    /// The same distributions with the hashes of `given` for each that it has in the same version.
    ///
    /// Resolving asks the index for hashes, so a hash that the author wrote down would be lost,
    /// and with it the proof that the archive is still the one that was looked at.
    pub fn with_hashes_of(mut self, given: &Self) -> Self {
        let known: BTreeMap<_, _> = given
            .distributions
            .iter()
            .filter(|it| !it.hashes.is_empty())
            .map(|it| (it.key(), &it.hashes))
            .collect();
        for distribution in &mut self.distributions {
            if let Some(hashes) = known.get(&distribution.key()) {
                (*hashes).clone_into(&mut distribution.hashes);
            }
        }
        self
    }

    /// The same without the distributions of these normalized names.
    pub fn without(&self, names: &[&str]) -> Self {
        let is_named = |it: &&Pinned| it.key().0.is_some_and(|name| names.contains(&name.as_str()));
        self.filtered(|it| !is_named(&it))
    }

    /// The same with a version in the place of an address, where `versions` has one for the
    /// normalized name.
    pub fn with_versions(mut self, versions: &BTreeMap<&str, &str>) -> Self {
        for distribution in &mut self.distributions {
            let name = name_of(&distribution.requirement).unwrap_or_default();
            let is_address = distribution.requirement.contains(" @ ");
            if let (true, Some(version)) = (is_address, versions.get(name.as_str())) {
                distribution.requirement = format!("{name}=={version}");
            }
        }
        self.distributions.sort_by(|one, other| one.requirement.cmp(&other.requirement));
        self
    }

    /// The same with another requirement in the place of each address of a file of this machine.
    pub fn with_files<E>(
        mut self,
        mut moved: impl FnMut(&str) -> Result<String, E>,
    ) -> Result<Self, E> {
        for distribution in &mut self.distributions {
            let place = distribution.requirement.split_once(" @ ").map(|(_, place)| place);
            let Some(place) = place.filter(|place| place.starts_with("file://")) else { continue };
            let (address, marker) = place.split_at(place.find(' ').unwrap_or(place.len()));
            distribution.requirement = format!("{}{marker}", moved(address)?);
        }
        Ok(self)
    }

    /// Every hash.
    pub fn hashes(&self) -> BTreeSet<String> {
        self.distributions.iter().flat_map(|it| it.hashes.iter().cloned()).collect()
    }

    /// The same with nothing but the distributions of these normalized names.
    pub fn only(&self, names: &[&str]) -> Self {
        let is_named = |it: &&Pinned| it.key().0.is_some_and(|name| names.contains(&name.as_str()));
        self.filtered(|it| is_named(&it))
    }

    /// How many distributions there are.
    pub fn len(&self) -> usize {
        self.distributions.len()
    }

    /// The version of the distribution with this normalized name.
    pub fn version_of(&self, name: &str) -> Option<&str> {
        let requirement = &self.find(name)?.requirement;
        if let Some((_, place)) = requirement.split_once(" @ ") {
            // The second part of a wheel's name (PEP 427).
            let plain = place.split([' ', '#', '?']).next().unwrap_or(place);
            let file = plain.rsplit('/').next().unwrap_or(plain);
            return file.strip_suffix(".whl")?.split('-').nth(1);
        }
        let (_, version) = requirement.split_once("==")?;
        Some(version.split([';', ' ']).next().unwrap_or(version).trim())
    }

    fn find(&self, name: &str) -> Option<&Pinned> {
        self.distributions.iter().find(|it| it.key().0.as_deref() == Some(name))
    }

    /// The distribution with this normalized name as people read it: `pandas==3.1.1`, or a name with
    /// an address.
    pub fn shown(&self, name: &str) -> Option<String> {
        let plain = self.find(name)?.requirement.split(" ;").next()?;
        Some(without_password(plain))
    }

    /// Those that come from repositories.
    pub fn repositories(&self) -> Self {
        self.filtered(|it| it.requirement.contains(" @ git+"))
    }

    /// All others.
    pub fn without_repositories(&self) -> Self {
        self.filtered(|it| !it.requirement.contains(" @ git+"))
    }

    fn filtered(&self, is_in: impl Fn(&Pinned) -> bool) -> Self {
        Self { distributions: self.distributions.iter().filter(|it| is_in(it)).cloned().collect() }
    }

    /// The same text for others to read: without what may be a password.
    pub fn to_public_text(&self) -> String {
        without_password(&self.to_text())
    }

    /// The text for `resolved.txt`, always the same for the same distributions.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for distribution in &self.distributions {
            text.push_str(&distribution.requirement);
            for hash in &distribution.hashes {
                // Writing to a string can't fail.
                let _ = write!(text, " \\\n    --hash={hash}");
            }
            text.push('\n');
        }
        text
    }
}

impl Pinned {
    /// Name and version, without markers, which say where a requirement counts and not what it is.
    fn key(&self) -> (Option<String>, String) {
        let plain = self.requirement.split(';').next().unwrap_or_default();
        let version = plain.split_once("==").map(|(_, version)| version.trim().to_owned());
        (name_of(plain), version.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# by uv\n--index-url https://example.org\npandas==3.1.1 \\\n    --hash=sha256:bb \\\n    --hash=sha256:aa\naltair==6.3.0 --hash=sha256:cc # via\n";

    #[test]
    fn the_text_is_the_same_whatever_the_order() {
        let resolved = Resolved::parse(TEXT);
        assert_eq!(
            resolved.to_text(),
            "altair==6.3.0 \\\n    --hash=sha256:cc\npandas==3.1.1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
        );
        assert_eq!(Resolved::parse(&resolved.to_text()), resolved);
        assert_eq!(resolved.len(), 2);
        assert_eq!(resolved.version_of("pandas"), Some("3.1.1"));
        assert_eq!(resolved.version_of("panda"), None);
    }

    #[test]
    fn distributions_are_left_out_by_name() {
        let resolved = Resolved::parse(TEXT).without(&["pandas"]);
        assert_eq!(resolved.to_text(), "altair==6.3.0 \\\n    --hash=sha256:cc\n");
    }

    #[test]
    fn where_a_wheel_of_the_authors_own_lies_is_nobodys_business() {
        let text =
            "mine @ file:///home/ann/x/mine-2.0-py3-none-any.whl --hash=sha256:dd\n".to_owned();
        let resolved = Resolved::parse(&(text + TEXT)).with_versions(&[("mine", "2.0")].into());
        assert_eq!(resolved.only(&["mine"]).to_text(), "mine==2.0 \\\n    --hash=sha256:dd\n");
        assert_eq!(resolved.without(&["mine"]), Resolved::parse(TEXT));
    }

    #[test]
    fn files_of_this_machine_get_another_place() {
        let text = "mine @ file:///home/ann%20b/mine-2.0-py3-none-any.whl ; os_name == 'posix' --hash=sha256:dd\n";
        let moved = |place: &str| {
            assert_eq!(place, "file:///home/ann%20b/mine-2.0-py3-none-any.whl");
            Ok::<_, ()>("./wheels/mine.whl".to_owned())
        };
        let text = Resolved::parse(&(text.to_owned() + TEXT)).with_files(moved).unwrap().to_text();
        let expected = "./wheels/mine.whl ; os_name == 'posix' \\\n    --hash=sha256:dd\n";
        assert!(text.contains(expected), "{text}");
        assert_eq!(Resolved::parse(TEXT).hashes().len(), 3);
    }

    #[test]
    fn what_comes_from_an_address_has_no_password_for_others() {
        let text = "thing @ git+https://ann:secret@example.org/x@1234 ; os_name == 'posix'\n\
            wheel @ https://example.org/wheel-2.0-py3-none-any.whl#sha256=aa --hash=sha256:aa\n";
        let resolved = Resolved::parse(text);
        assert_eq!(resolved.shown("thing").unwrap(), "thing @ git+https://example.org/x@1234");
        assert!(!resolved.to_public_text().contains("secret"));
        assert!(resolved.to_text().contains("secret"));
        assert_eq!(resolved.version_of("wheel"), Some("2.0"));
        assert_eq!(resolved.version_of("thing"), None);
        assert_eq!(resolved.repositories().len(), 1);
        assert_eq!(resolved.without_repositories().shown("wheel").unwrap().matches(' ').count(), 2);
    }

    #[test]
    fn hashes_that_the_author_wrote_down_win() {
        let given = Resolved::parse(
            "Pandas==3.1.1 ; python_version > '3' --hash=sha256:ee\naltair==5.0 --hash=sha256:ff\nnumpy==1\n",
        );
        let text = Resolved::parse(TEXT).with_hashes_of(&given).to_text();
        assert!(text.contains("pandas==3.1.1 \\\n    --hash=sha256:ee\n"), "{text}");
        assert!(text.contains("sha256:cc"), "another version's hash says nothing: {text}");
    }
}
