//! Extras and groups: parts of a list that count only when they are asked for.

use std::collections::BTreeMap;

use camino::Utf8Path;

use crate::guess::distributions::normalized;
use crate::requirements::RequirementsError;
use crate::requirements::line::name_of;

/// The extras and groups that the settings ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked<'a> {
    pub extras: &'a [String],
    pub groups: &'a [String],
}

/// The extras and groups of a list, each with its requirements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Offered {
    pub extras: BTreeMap<String, Vec<String>>,
    pub groups: BTreeMap<String, Vec<String>>,
    /// Groups that count without being asked for.
    pub default_groups: Vec<String>,
}

/// What was taken of a list's extras and groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selected {
    pub extras: Vec<String>,
    pub groups: Vec<String>,
    pub notes: Vec<String>,
}

/// A group that everybody has for working on a project, and nobody for running it.
const DEVELOPMENT: &str = "dev";

impl Offered {
    /// Takes what is asked for, and groups that the list itself has count but for the one of
    /// development. Where neither these nor `listed` bring Streamlit and one extra or group alone
    /// does, that one is meant for the app, and is taken too.
    ///
    /// # Errors
    ///
    /// An extra or group that the list in `file` does not have.
    pub fn select(
        &self,
        asked: &Asked<'_>,
        listed: &[String],
        file: &Utf8Path,
    ) -> Result<Selected, RequirementsError> {
        let mut selected = Selected {
            extras: found(&self.extras, asked.extras, "extra", file)?,
            groups: found(&self.groups, asked.groups, "group", file)?,
            notes: Vec::new(),
        };
        let default = self.default_groups.iter().filter(|group| *group != DEVELOPMENT);
        for group in default.filter(|group| self.groups.contains_key(*group)) {
            if !selected.groups.contains(group) {
                selected.groups.push(group.clone());
            }
        }
        if !has_streamlit(listed) && !has_streamlit(&self.lines(&selected)) {
            self.take_the_one_for_the_app(&mut selected, file);
        }
        selected.notes.extend(self.note(&selected, file));
        Ok(selected)
    }

    /// The requirements of what was selected.
    pub fn lines(&self, selected: &Selected) -> Vec<String> {
        let extras = selected.extras.iter().filter_map(|name| self.extras.get(name));
        let groups = selected.groups.iter().filter_map(|name| self.groups.get(name));
        extras.chain(groups).flatten().cloned().collect()
    }

    fn take_the_one_for_the_app(&self, selected: &mut Selected, file: &Utf8Path) {
        let with = |parts: &BTreeMap<String, Vec<String>>| -> Vec<String> {
            let parts = parts.iter().filter(|(_, lines)| has_streamlit(lines));
            parts.map(|(name, _)| name.clone()).collect()
        };
        let list = file.file_name().unwrap_or_default();
        let (kind, name) = match (&with(&self.extras)[..], &with(&self.groups)[..]) {
            ([extra], []) => ("extra", extra.clone()),
            ([], [group]) => ("group", group.clone()),
            _ => return,
        };
        selected.notes.push(format!(
            "the {kind} `{name}` of `{list}` is taken, since it alone brings Streamlit"
        ));
        if kind == "extra" { &mut selected.extras } else { &mut selected.groups }.push(name);
    }

    /// What was passed over, with the switch that takes it.
    fn note(&self, selected: &Selected, file: &Utf8Path) -> Option<String> {
        let left = |parts: &BTreeMap<String, Vec<String>>, taken: &[String], noun: &str| {
            let left: Vec<_> = parts.keys().filter(|name| !taken.contains(name)).collect();
            let names = |quote: &str| {
                let names = left.iter().map(|name| format!("{quote}{name}{quote}"));
                names.collect::<Vec<_>>().join(", ")
            };
            let plural = if left.len() == 1 { "" } else { "s" };
            let part = format!("the {noun}{plural} {}", names("`"));
            (!left.is_empty()).then(|| (part, format!("`{noun}s = [{}]`", names("\""))))
        };
        let extras = left(&self.extras, &selected.extras, "extra");
        let groups = left(&self.groups, &selected.groups, "group");
        let (parts, switches): (Vec<_>, Vec<_>) = extras.into_iter().chain(groups).unzip();
        let list = file.file_name().unwrap_or_default();
        (!parts.is_empty()).then(|| {
            let take = if switches.len() == 1 { "takes" } else { "take" };
            let (parts, switches) = (parts.join(" and "), switches.join(" and "));
            format!("left out of `{list}`: {parts}; {switches} in the settings {take} that too")
        })
    }
}

fn has_streamlit(lines: &[String]) -> bool {
    lines.iter().any(|line| name_of(line).is_some_and(|name| name == "streamlit"))
}

/// The names as the list writes them.
fn found(
    parts: &BTreeMap<String, Vec<String>>,
    asked: &[String],
    kind: &'static str,
    file: &Utf8Path,
) -> Result<Vec<String>, RequirementsError> {
    let find = |asked: &String| {
        let found = parts.keys().find(|name| normalized(name) == normalized(asked));
        found.cloned().ok_or_else(|| RequirementsError::NoSuchPart {
            file: file.to_owned(),
            kind,
            name: asked.clone(),
            known: parts.keys().cloned().collect(),
        })
    };
    asked.iter().map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered() -> Offered {
        let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        Offered {
            extras: BTreeMap::from([
                ("Web_App".to_owned(), lines(&["streamlit>=1.50", "plotly"])),
                ("excel".to_owned(), lines(&["openpyxl"])),
            ]),
            groups: BTreeMap::from([
                ("dev".to_owned(), lines(&["pytest"])),
                ("ui".to_owned(), lines(&["rich"])),
            ]),
            default_groups: vec!["dev".to_owned(), "ui".to_owned()],
        }
    }

    fn select(asked: &Asked<'_>, listed: &[&str]) -> Result<Selected, RequirementsError> {
        let listed: Vec<String> = listed.iter().map(|line| (*line).to_owned()).collect();
        offered().select(asked, &listed, "/p/pyproject.toml".into())
    }

    #[test]
    fn what_is_asked_for_counts_and_the_rest_is_said() {
        let asked = ["web-app".to_owned()];
        let selected = select(&Asked { extras: &asked, groups: &[] }, &["pandas"]).unwrap();
        assert_eq!(selected.extras, ["Web_App"]);
        assert_eq!(selected.groups, ["ui"], "by default, but for development");
        assert_eq!(offered().lines(&selected), ["streamlit>=1.50", "plotly", "rich"]);
        assert_eq!(
            selected.notes,
            [
                "left out of `pyproject.toml`: the extra `excel` and the group `dev`; `extras = [\"excel\"]` and `groups = [\"dev\"]` in the settings take that too"
            ]
        );
        let asked = ["nothing".to_owned()];
        let error = select(&Asked { extras: &[], groups: &asked }, &[]).unwrap_err();
        assert_eq!(error.to_string(), "`/p/pyproject.toml` has no group `nothing`");
    }

    #[test]
    fn the_part_that_alone_brings_streamlit_is_for_the_app() {
        let selected = select(&Asked::default(), &["pandas"]).unwrap();
        assert_eq!(selected.extras, ["Web_App"]);
        assert!(selected.notes[0].starts_with("the extra `Web_App` of `pyproject.toml` is taken"));
        let selected = select(&Asked::default(), &["streamlit"]).unwrap();
        assert_eq!(selected.extras, [""; 0]);
        let mut two = offered();
        two.groups.insert("demo".to_owned(), vec!["streamlit".to_owned()]);
        let selected = two.select(&Asked::default(), &[], "x".into()).unwrap();
        assert_eq!(selected.extras, [""; 0], "either could be meant");
    }
}
