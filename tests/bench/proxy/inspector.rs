//! Our proxy with nobody who could look at what passes, with the inspector closed, and with it open, in
//! turn, in front of the same server.

use waterskin_tests::{NEWEST, Result, Sandbox, Venv};

use super::rounds::{self, Plan};
use super::sides::Kind;
use crate::machine;

/// What is compared, the first with the others.
const KINDS: [Kind; 3] = [Kind::OursBare, Kind::Ours, Kind::OursInspected];

/// Measures all three and prints the figures.
pub async fn run(quick: bool) -> Result<()> {
    let plan = Plan { small: true, ..if quick { Plan::QUICK } else { Plan::WHOLE } };
    let before = machine::load()?;
    let venv = Venv::with_streamlit(NEWEST).await?;
    let sandbox = Sandbox::new()?;
    let (server, _running) = super::minimal(&sandbox, &venv).await?;
    let table = rounds::run(&server, &plan, &KINDS).await?;
    println!("{} rounds, each in turn", plan.rounds);
    println!("before: {before}\nafter:  {}", machine::load()?);
    println!("`without`: nobody could look; `ours`: the inspector is closed; `open`: it is open");
    println!("\n{table}\n");
    let [without, closed, open] = KINDS.map(Kind::name);
    println!("{:<48}{closed:>12}{open:>12}", "to `without` (above 1: it is better)");
    let (closed, open) = (table.ratios(closed, &[without]), table.ratios(open, &[without]));
    for ((what, closed), (_, open)) in closed.into_iter().zip(open) {
        let text = |ratio: Option<f64>| ratio.map_or("-".to_owned(), |it| format!("{it:.2}"));
        println!("{what:<48}{:>12}{:>12}", text(closed), text(open));
    }
    Ok(())
}
