/// What a note is about, in the order in which an author reads them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// The app's name, id and version.
    Identity,
    /// Which script it is.
    Script,
    /// The author's own distributions.
    Own,
    /// The name of the installer's package.
    Package,
    /// The list of requirements.
    Requirements,
    /// The wheels that the list names.
    Wheels,
    /// Lists that were passed over, and what was guessed in place of one.
    Guess,
    /// The code, and the files that come along.
    Code,
    /// The project's own compiled code.
    Native,
    /// What of Streamlit wants more than the app brings along.
    Wants,
    /// Letters that a system may have no font for.
    Letters,
    /// Secrets, and Streamlit's own settings.
    Settings,
    /// Where the app writes.
    Data,
    /// Packages and programs of the recipient's system.
    System,
}

/// What the author should know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes(Vec<(About, String)>);

impl Notes {
    /// Adds what is said of one thing, after what is said of it already.
    pub fn add(&mut self, about: About, notes: impl IntoIterator<Item = String>) {
        self.0.extend(notes.into_iter().map(|note| (about, note)));
    }

    /// The same with nothing but what is said of these things.
    #[must_use]
    pub fn only(mut self, about: &[About]) -> Self {
        self.0.retain(|(it, _)| about.contains(it));
        self
    }

    /// All of them, in the order of what they are about.
    pub fn in_order(mut self) -> Vec<String> {
        self.0.sort_by_key(|(about, _)| *about);
        self.0.into_iter().map(|(_, note)| note).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read_by_what_they_are_about_and_then_as_they_were_added() {
        let mut notes = Notes::default();
        notes.add(About::System, ["4".to_owned()]);
        notes.add(About::Own, ["2".to_owned(), "3".to_owned()]);
        notes.add(About::Identity, None);
        notes.add(About::Script, Some("1".to_owned()));
        assert_eq!(notes.clone().only(&[About::Own]).in_order(), ["2", "3"]);
        assert_eq!(notes.in_order(), ["1", "2", "3", "4"]);
    }
}
