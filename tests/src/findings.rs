use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::path::Path;

use crate::differences::{DIFFERENCES, judge};
use crate::{Draft, Exchange, Pair, Result, Way};

/// What a run of the conformance list found: a row for each item.
#[derive(Debug)]
pub struct Findings {
    subject: String,
    version: String,
    rows: Vec<Row>,
}

#[derive(Debug, Default)]
struct Row {
    item: String,
    compared: usize,
    on_purpose: BTreeSet<&'static str>,
    notes: Vec<String>,
    wrong: Vec<String>,
}

impl Findings {
    /// Nothing yet about this subject with this version of Streamlit.
    pub fn new(subject: &str, version: &str) -> Self {
        Self { subject: subject.to_owned(), version: version.to_owned(), rows: Vec::new() }
    }

    /// What follows is about the item of this name.
    pub fn begin(&mut self, item: &str) {
        self.rows.push(Row { item: item.to_owned(), ..Row::default() });
    }

    /// Ends an item that could not be finished where the outcome is an error.
    pub fn end(&mut self, outcome: Result<()>) {
        if let Err(error) = outcome {
            self.row().wrong.push(format!("{error:#}"));
        }
    }

    /// Sends the same to both, and notes in what the answers differ.
    pub async fn same(&mut self, pair: &Pair, draft: Draft) -> Result<(Exchange, Exchange)> {
        self.same_each(pair, |_| draft.clone()).await
    }

    /// The same for requests that have to differ.
    pub async fn same_each(
        &mut self,
        pair: &Pair,
        draft: impl Fn(Way) -> Draft,
    ) -> Result<(Exchange, Exchange)> {
        let sent = draft(Way::Through);
        let (direct, through) = pair.ask(draft).await?;
        self.judge(&sent, &direct, &through);
        Ok((direct, through))
    }

    /// Notes in what two answers to the same differ.
    pub fn judge(&mut self, draft: &Draft, direct: &Exchange, through: &Exchange) {
        let (on_purpose, wrong) = judge(draft, &self.version, direct, through);
        let line = &draft.line;
        let row = self.row();
        row.compared += 1;
        row.on_purpose.extend(on_purpose);
        row.wrong.extend(wrong.into_iter().map(|change| format!("`{line}`: {change}")));
    }

    /// Notes when what was seen on both ways is not the same.
    pub fn equal<T: PartialEq + Debug>(&mut self, what: &str, direct: &T, through: &T) {
        self.row().compared += 1;
        if direct != through {
            let (direct, through) = (short(direct), short(through));
            self.row().wrong.push(format!("{what}: {direct}, through {through}"));
        }
    }

    /// Notes when a fact does not hold.
    pub fn holds(&mut self, what: &str, fact: bool) {
        self.row().compared += 1;
        if !fact {
            self.row().wrong.push(format!("{what}: not so"));
        }
    }

    /// Adds a remark to the item, such as what of it can't be tested here.
    pub fn note(&mut self, note: impl Into<String>) {
        self.row().notes.push(note.into());
    }

    /// The differences on purpose that were seen.
    pub fn on_purpose(&self) -> BTreeSet<&'static str> {
        self.rows.iter().flat_map(|row| row.on_purpose.iter().copied()).collect()
    }

    /// Prints the table, puts it into a file in `folder`, and fails when anything was wrong.
    pub fn finish(self, folder: &Path) -> Result<()> {
        let table = self.table();
        println!("{table}");
        fs_err::create_dir_all(folder)?;
        let name = format!("conformance-{}-{}.md", self.subject, self.version);
        fs_err::write(folder.join(name), &table)?;
        let wrong: Vec<String> = self.rows.iter().flat_map(Row::complaints).collect();
        anyhow::ensure!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
        Ok(())
    }

    fn table(&self) -> String {
        let mut table = String::from("| item | Streamlit | result |\n| --- | --- | --- |\n");
        for row in &self.rows {
            table += &format!("| {} | {} | {} |\n", row.item, self.version, row.result());
        }
        let reasons: BTreeMap<_, _> = DIFFERENCES.iter().map(|it| (it.name, it.why)).collect();
        for name in self.on_purpose() {
            let why = reasons.get(name).copied().unwrap_or_default();
            table += &format!("\n- {name}: {why}");
        }
        table
    }

    // `begin` comes first in every suite; without it there is still a row to write to.
    fn row(&mut self) -> &mut Row {
        if self.rows.is_empty() {
            self.begin("before the first item");
        }
        let last = self.rows.len() - 1;
        &mut self.rows[last]
    }
}

impl Row {
    fn result(&self) -> String {
        let mut result = match (self.wrong.len(), self.compared) {
            (0, 0) => "not run".to_owned(),
            (0, count) => format!("same ({count} compared)"),
            (wrong, _) => format!("**{wrong} differences**"),
        };
        if !self.on_purpose.is_empty() {
            let names: Vec<&str> = self.on_purpose.iter().copied().collect();
            result += &format!("; on purpose: {}", names.join(", "));
        }
        for note in &self.notes {
            result += &format!("; {note}");
        }
        result
    }

    fn complaints(&self) -> Vec<String> {
        self.wrong.iter().map(|wrong| format!("{}: {wrong}", self.item)).collect()
    }
}

/// A value of any length, short enough for a table.
fn short(value: &impl Debug) -> String {
    let text = format!("{value:?}");
    match text.char_indices().nth(400) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_difference_fails_the_whole() {
        let folder = tempfile::tempdir().unwrap();
        let mut findings = Findings::new("x", "1.0");
        findings.begin("c01_good");
        findings.equal("frames", &1, &1);
        assert!(findings.table().contains("| c01_good | 1.0 | same (1 compared) |"));
        findings.begin("c02_bad");
        findings.equal("frames", &1, &2);
        findings.begin("c03_good");
        findings.holds("that", true);
        let error = findings.finish(folder.path()).unwrap_err();
        assert!(error.to_string().contains("c02_bad: frames: 1, through 2"), "{error}");
        let table = fs_err::read_to_string(folder.path().join("conformance-x-1.0.md")).unwrap();
        assert!(table.contains("c02_bad | 1.0 | **1 differences**"), "{table}");
    }
}
