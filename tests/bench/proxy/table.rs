use std::fmt;

use crate::figures::Summary;

/// Which way a kind of figure is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    More,
    Less,
}

/// What was measured: a row for each kind of figure, a column for each side.
#[derive(Clone, Debug)]
pub struct Table {
    sides: Vec<&'static str>,
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    what: String,
    better: Better,
    /// For each side the figure of each round.
    values: Vec<Vec<f64>>,
}

impl Table {
    /// An empty one with these columns.
    pub fn new(sides: Vec<&'static str>) -> Self {
        Self { sides, rows: Vec::new() }
    }

    /// Adds the figure of one round, or none for a side that can't have it. `what` names the unit.
    /// Rows stand in the order in which they first came.
    pub fn add(&mut self, what: &str, better: Better, side: &str, value: impl Into<Option<f64>>) {
        let Some(column) = self.sides.iter().position(|it| *it == side) else { return };
        let row = match self.rows.iter().position(|row| row.what == what) {
            Some(row) => row,
            None => {
                let values = vec![Vec::new(); self.sides.len()];
                self.rows.push(Row { what: what.to_owned(), better, values });
                self.rows.len() - 1
            }
        };
        self.rows[row].values[column].extend(value.into());
    }

    /// How `side` does against the best of `others`, row by row: above 1 it is better.
    pub fn ratios(&self, side: &str, others: &[&str]) -> Vec<(&str, Option<f64>)> {
        self.rows
            .iter()
            .map(|row| {
                let of = |side: &str| {
                    let column = self.sides.iter().position(|it| *it == side)?;
                    Summary::of(&row.values[column]).map(|summary| summary.median)
                };
                let others = others.iter().filter_map(|other| of(other));
                let ratio = match row.better {
                    Better::More => others.reduce(f64::max).zip(of(side)).map(|(o, s)| s / o),
                    Better::Less => others.reduce(f64::min).zip(of(side)).map(|(o, s)| o / s),
                };
                (row.what.as_str(), ratio.filter(|ratio| ratio.is_finite()))
            })
            .collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:<48}", "medians")?;
        for side in &self.sides {
            write!(formatter, "{side:>12}")?;
        }
        for row in &self.rows {
            write!(formatter, "\n{:<48}", row.what)?;
            for values in &row.values {
                match Summary::of(values).map(|summary| summary.median) {
                    Some(value) if value >= 1000.0 => write!(formatter, "{value:>12.0}")?,
                    Some(value) if value >= 10.0 => write!(formatter, "{value:>12.1}")?,
                    Some(value) => write!(formatter, "{value:>12.2}")?,
                    None => write!(formatter, "{:>12}", "-")?,
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn above_one_is_better_whatever_the_unit() {
        let mut table = Table::new(vec!["direct", "ours", "nginx"]);
        for (side, rate, time) in [("direct", 8.0, 1.0), ("ours", 4.0, 2.0), ("nginx", 2.0, 6.0)] {
            table.add("rate", Better::More, side, rate);
            table.add("time", Better::Less, side, time);
        }
        let direct = table.ratios("ours", &["direct"]);
        assert_eq!(direct, [("rate", Some(0.5)), ("time", Some(0.5))]);
        let nginx = table.ratios("ours", &["nginx"]);
        assert_eq!(nginx, [("rate", Some(2.0)), ("time", Some(3.0))]);
        assert_eq!(table.ratios("ours", &["Caddy"])[0].1, None);
    }
}
