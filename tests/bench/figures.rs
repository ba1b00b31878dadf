use std::fmt;

/// The name of our side in every table.
pub const PACKAGED: &str = "packaged";

/// The name of the side that it is compared with.
pub const PEER: &str = "streamlit run";

/// Median, least and greatest of some values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The value in the middle, or the mean of the two in the middle.
    pub median: f64,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
}

/// What was measured, a row for each kind of value and a value in it for each run.
#[derive(Clone, Debug)]
pub struct Table {
    title: &'static str,
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    side: &'static str,
    what: &'static str,
    values: Vec<f64>,
}

impl Summary {
    /// The summary of `values`; of none there is none.
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        Some(Self { median: f64::midpoint(low, high), min, max })
    }
}

impl Table {
    /// An empty table. `title` names the unit.
    pub fn new(title: &'static str) -> Self {
        Self { title, rows: Vec::new() }
    }

    /// Adds the value of one run. Rows stand in the order in which they first came.
    pub fn add(&mut self, side: &'static str, what: &'static str, value: f64) {
        match self.rows.iter_mut().find(|row| row.side == side && row.what == what) {
            Some(row) => row.values.push(value),
            None => self.rows.push(Row { side, what, values: vec![value] }),
        }
    }

    /// Our median of `what` as a part of the peer's.
    pub fn ratio(&self, what: &str) -> Option<f64> {
        self.ratio_of((PACKAGED, what), (PEER, what))
    }

    /// The median of `one` side and kind as a part of the other's.
    pub fn ratio_of(&self, one: (&str, &str), other: (&str, &str)) -> Option<f64> {
        Some(self.median(one.0, one.1)? / self.median(other.0, other.1)?)
    }

    /// The median of this kind.
    pub fn median(&self, side: &str, what: &str) -> Option<f64> {
        let row = self.rows.iter().find(|row| row.side == side && row.what == what)?;
        Some(Summary::of(&row.values)?.median)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:<36}{:>9}{:>9}{:>9}", self.title, "median", "min", "max")?;
        for row in &self.rows {
            let Some(Summary { median, min, max }) = Summary::of(&row.values) else { continue };
            write!(formatter, "\n{:<16}{:<20}", row.side, row.what)?;
            write!(formatter, "{median:>9.1}{min:>9.1}{max:>9.1}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(Summary::of(&[]), None);
        assert_eq!(Summary::of(&[3.0, 1.0, 8.0]).map(|summary| summary.median), Some(3.0));
        let even = Summary { median: 2.5, min: 1.0, max: 8.0 };
        assert_eq!(Summary::of(&[3.0, 1.0, 8.0, 2.0]), Some(even));
    }

    #[test]
    fn a_ratio_is_that_of_the_medians() {
        let mut table = Table::new("ms");
        for (ours, peer) in [(1.0, 4.0), (9.0, 4.0), (2.0, 5.0)] {
            table.add(PACKAGED, "start", ours);
            table.add(PEER, "start", peer);
        }
        assert_eq!(table.ratio("start"), Some(0.5));
        assert_eq!(table.ratio("end"), None);
    }
}
