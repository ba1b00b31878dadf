use serde::{Deserialize, Serialize};

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Thing {
    Folder,
    /// With the hash of its content, as in a `RECORD`.
    File(String),
    /// With where it leads to.
    Link(String),
    /// Nothing that an author ships, such as a pipe, or a file whose content is not settled.
    Other,
}

/// What is known of one path.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known<'a> {
    /// What the author ships now.
    pub new: Option<&'a Thing>,
    /// What the author shipped when the copy was last finished.
    pub was: Option<&'a Thing>,
    /// What copies that were broken off wanted there.
    pub coming: &'a [Thing],
    /// Whether the app can't do without it, be it there or not.
    pub needed: bool,
    /// Whether it is code: of two versions, one must not run with the other's.
    pub code: bool,
}

/// What becomes of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It stays as it is.
    Leave,
    /// It becomes what the author ships; what is there is an earlier one of the author's.
    Put,
    /// What the author ships goes beside what is there.
    Beside,
    /// What is there makes room, for a folder or for code of which nothing is known, and is kept under
    /// another name.
    Aside,
    /// What is there was the author's, who has it no more.
    Remove,
}

impl Known<'_> {
    /// Decides by what is there `now`.
    ///
    /// What the person or the app changed or made is never lost, and what they removed does not
    /// come back before the author changes it.
    pub fn step(&self, now: Option<&Thing>) -> Step {
        let authors = now.is_some_and(|now| self.was == Some(now) || self.coming.contains(now));
        match (self.new, now) {
            (None, _) if authors => Step::Remove,
            (None, _) => Step::Leave,
            (new, None) if new == self.was && !self.needed => Step::Leave,
            (_, None) => Step::Put,
            (Some(new), Some(now)) if new == now => Step::Leave,
            _ if authors => Step::Put,
            (Some(Thing::Folder), _) => Step::Aside,
            // What was known of the copy was lost: most likely this is an earlier version's.
            (Some(Thing::File(_)), Some(Thing::File(_))) if self.code && self.was.is_none() => {
                Step::Aside
            }
            (new, _) if new == self.was => Step::Leave,
            _ => Step::Beside,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_changed_or_made_is_kept_and_what_is_the_authors_follows_the_author() {
        let file = |text: &str| Some(Thing::File(text.to_owned()));
        let (one, two, own) = (file("1"), file("2"), file("own"));
        let folder = Some(Thing::Folder);
        for (new, was, coming, now, step, why) in [
            (&one, &None, &None, &None, Step::Put, "the first start"),
            (&one, &None, &None, &one, Step::Leave, "it is there already"),
            (&one, &None, &None, &own, Step::Beside, "an earlier version of the app wrote it"),
            (&two, &one, &None, &one, Step::Put, "only the author changed it"),
            (&one, &one, &None, &own, Step::Leave, "only the person changed it"),
            (&two, &one, &None, &own, Step::Beside, "both changed it"),
            (&two, &one, &None, &two, Step::Leave, "the person has the author's new one"),
            (&one, &one, &None, &None, Step::Leave, "the person removed it"),
            (&two, &one, &None, &None, Step::Put, "removed, and then changed by the author"),
            (&None, &one, &None, &one, Step::Remove, "the author removed it"),
            (&None, &one, &None, &own, Step::Leave, "removed by the author, changed here"),
            (&None, &one, &None, &None, Step::Leave, "both removed it"),
            (&two, &None, &one, &one, Step::Put, "a broken first copy of an earlier version"),
            (&two, &one, &two, &one, Step::Put, "a broken upgrade, before"),
            (&two, &one, &two, &two, Step::Leave, "a broken upgrade, after"),
            (&one, &None, &one, &None, Step::Put, "a broken first copy, before"),
            (&None, &one, &two, &two, Step::Remove, "a broken upgrade, then removed"),
            (&folder, &one, &None, &one, Step::Put, "a file became a folder"),
            (&folder, &None, &None, &own, Step::Aside, "a person's file where a folder comes"),
            (&one, &None, &None, &folder, Step::Beside, "a person's folder where a file comes"),
        ] {
            let known = Known {
                new: new.as_ref(),
                was: was.as_ref(),
                coming: coming.as_slice(),
                ..Known::default()
            };
            assert_eq!(known.step(now.as_ref()), step, "{why}");
        }
        let needed =
            Known { new: one.as_ref(), was: one.as_ref(), needed: true, ..Known::default() };
        assert_eq!(needed.step(None), Step::Put, "no app runs without its code");
        let code = Known { new: one.as_ref(), code: true, ..Known::default() };
        assert_eq!(code.step(own.as_ref()), Step::Aside, "code of which nothing is known");
        let changed = Known { was: two.as_ref(), ..code };
        assert_eq!(changed.step(own.as_ref()), Step::Beside, "code that the person changed");
    }
}
