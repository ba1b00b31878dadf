//! What an examination came to: the versioned document that `--json` prints, and what people read of it.

mod evidence;
mod stages;
mod unseen;

use serde::Serialize;

pub use evidence::Evidence;
pub use stages::{STAGES, Stage, State};

use crate::advice::{self, Gaps};
use crate::reason::{self, Cause, Finding, Product, Whose};
use crate::seen::{Contact, Exchange, Seen};

/// The name of the document.
pub const DOCUMENT: &str = "waterskin doctor";

/// Its version. A field that is added does not change it; one that goes, or means something else, does.
pub const VERSION: u32 = 1;

/// What an examination came to.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`DOCUMENT`].
    pub document: &'static str,
    /// [`VERSION`].
    pub version: u32,
    /// The address that was asked for, without user and query.
    pub address: String,
    /// When it began, in seconds since 1970 (UTC).
    pub began: f64,
    /// What it came to.
    pub verdict: Verdict,
    /// The causes that remain where none was named, with what would tell them apart.
    pub remain: Vec<Possible>,
    /// What is in front of the app, or the app's own server.
    pub product: Option<Product>,
    /// The four stages.
    pub stages: Vec<Stage>,
    /// What the verdict stands on.
    pub evidence: Vec<Evidence>,
    /// What it means, in a sentence or two.
    pub why: String,
    /// What to change.
    pub change: Option<Change>,
    /// What to run afterwards.
    pub check: Vec<String>,
    /// A text for whoever can mend it.
    pub forward: String,
    /// What could not be seen from here.
    pub unseen: Vec<String>,
    /// The name, the connections, TLS.
    pub contact: Contact,
    /// Every request with what came of it.
    pub probes: Vec<Exchange>,
}

/// What an examination came to, in a sentence and in names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// What works, what does not, and whose it is.
    pub sentence: String,
    /// Whether everything that was looked at works.
    pub whole: bool,
    /// The stage that failed.
    pub stage: Option<u8>,
    /// Why.
    pub cause: Option<Cause>,
    /// Why perhaps, where that could not be told.
    pub possible: Vec<Cause>,
    /// Whose it is to mend.
    pub whose: Option<Whose>,
}

/// A cause that remains, and what would tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Possible {
    /// The cause.
    pub cause: Cause,
    /// What it would be.
    pub sentence: String,
    /// What would tell it from the others.
    pub test: String,
}

/// What to change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What is to be changed, where it was recognised.
    pub product: Option<Product>,
    /// Its name.
    pub name: String,
    /// Where the snippet belongs.
    pub place: String,
    /// What to do, in words.
    pub words: String,
    /// What to write.
    pub snippet: Option<String>,
}

impl Report {
    /// Reasons from what was seen.
    pub fn of(seen: &Seen) -> Self {
        let found = Product::of(seen);
        let finding = reason::find(seen);
        let told = finding.as_ref().map(|finding| Told::of(seen, finding, found));
        let told = told.unwrap_or_else(|| Told::whole(seen, found));
        let forward = advice::forward(
            &seen.asked,
            &told.verdict,
            &told.why,
            told.change.as_ref(),
            &told.check,
        );
        Self {
            document: DOCUMENT,
            version: VERSION,
            address: seen.asked.clone(),
            began: seen.began,
            stages: stages::of(seen, finding.as_ref()),
            evidence: evidence::of(seen, finding.as_ref()),
            unseen: unseen::of(seen, finding.as_ref()),
            verdict: told.verdict,
            remain: told.remain,
            product: found,
            why: told.why,
            change: told.change,
            check: told.check,
            forward,
            contact: seen.contact.clone(),
            probes: seen.exchanges.clone(),
        }
    }

    /// What a program that asks ends with: 0 where everything works, ten times the stage that failed.
    pub fn exit_code(&self) -> u8 {
        self.verdict.stage.map_or(0, |stage| stage.saturating_mul(10))
    }
}

/// What there is to say.
struct Told {
    verdict: Verdict,
    remain: Vec<Possible>,
    why: String,
    change: Option<Change>,
    check: Vec<String>,
}

impl Told {
    fn whole(seen: &Seen, found: Option<Product>) -> Self {
        let through = match found.filter(|product| !product.is_app()) {
            Some(found) => format!(" through {}", advice::product(found).name),
            None => String::new(),
        };
        let ran = seen.stream.as_ref().is_some_and(|it| it.finished_ms.is_some());
        let last = if ran { "and the script runs to its end" } else { "and messages pass it" };
        let sentence = format!(
            "Everything works{through}: the page loads, the live connection opens, {last}."
        );
        let verdict = Verdict {
            sentence,
            whole: true,
            stage: None,
            cause: None,
            possible: Vec::new(),
            whose: None,
        };
        let (remain, why, change) = (Vec::new(), String::new(), None);
        Self { verdict, remain, why, change, check: Vec::new() }
    }

    fn of(seen: &Seen, finding: &Finding, found: Option<Product>) -> Self {
        let gaps = Gaps::of(seen, finding, found);
        let remain: Vec<Possible> = finding
            .possible
            .iter()
            .map(|cause| {
                let text = advice::text(*cause);
                let (sentence, test) = (gaps.say(&text.sentence), gaps.say(&text.test));
                Possible { cause: *cause, sentence, test }
            })
            .collect();
        let whose = match finding.cause {
            Some(cause) => Some(finding.whose.unwrap_or(cause.whose())),
            None => {
                let mut all = finding.possible.iter().map(|cause| cause.whose());
                all.next().filter(|first| all.all(|other| other == *first))
            }
        };
        let text = finding.cause.map(advice::text);
        let sentence = match &text {
            Some(text) => gaps.say(&text.sentence),
            None => advice::unsure(finding),
        };
        let why = text.as_ref().map(|text| gaps.say(&text.why)).unwrap_or_default();
        let change = match finding.cause {
            Some(cause) => Some(change(cause, found, &gaps)),
            None => found.filter(|_| finding.stage >= 3).and_then(settings),
        };
        let mut check = Vec::new();
        if let Some(Change { product: Some(product), snippet: Some(_), .. }) = &change {
            check.extend(Some(advice::product(*product).check).filter(|it| !it.is_empty()));
        }
        check.push(again(seen, finding));
        let verdict = Verdict {
            sentence,
            whole: false,
            stage: Some(finding.stage),
            cause: finding.cause,
            possible: finding.possible.clone(),
            whose,
        };
        Self { verdict, remain, why, change, check }
    }
}

fn change(cause: Cause, found: Option<Product>, gaps: &Gaps) -> Change {
    let words = gaps.fill(&advice::text(cause).change);
    let in_front = found.map(|product| (product, advice::product(product)));
    match in_front {
        Some((product, text)) if text.snippets.contains_key(cause.id()) => Change {
            product: Some(product),
            snippet: text.snippets.get(cause.id()).map(|it| gaps.fill(it).trim_end().to_owned()),
            name: text.name,
            place: text.place,
            words,
        },
        _ => Change {
            product: None,
            name: String::new(),
            place: String::new(),
            words,
            snippet: None,
        },
    }
}

/// The settings of a product with which everything passes, where no cause was named.
fn settings(product: Product) -> Option<Change> {
    let text = advice::product(product);
    let snippet = Some(text.whole.trim_end().to_owned()).filter(|it| !it.is_empty());
    snippet.is_some().then(|| Change {
        product: Some(product),
        name: text.name,
        place: text.place,
        words: "See what of these settings is missing: with them everything passes.".to_owned(),
        snippet,
    })
}

/// The command that asks again.
fn again(seen: &Seen, finding: &Finding) -> String {
    let idle = seen.terms.idle.filter(|_| finding.stage == 4);
    let idle = idle.map(|seconds| format!(" --idle {seconds:.0}")).unwrap_or_default();
    format!("waterskin doctor {}{idle}", seen.asked)
}
