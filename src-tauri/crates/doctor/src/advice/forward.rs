use crate::report::{Change, Verdict};

/// A text for whoever can mend it: what is wrong and what to do, with no more of whoever asks than the
/// app's address.
pub fn forward(
    address: &str,
    verdict: &Verdict,
    why: &str,
    change: Option<&Change>,
    check: &[String],
) -> String {
    if verdict.whole {
        return String::new();
    }
    let mut text = format!("The Streamlit app at {address} does not work as it should.\n\n");
    text.push_str(&verdict.sentence);
    if !why.is_empty() {
        text.push(' ');
        text.push_str(why);
    }
    text.push('\n');
    if let Some(change) = change {
        text.push_str("\nWhat would mend it: ");
        text.push_str(&change.words);
        text.push('\n');
        if let Some(snippet) = &change.snippet {
            text.push_str(&format!("\n{}, {}:\n\n", change.name, change.place));
            for line in snippet.lines() {
                text.push_str(&format!("    {line}\n"));
            }
        }
    }
    if !check.is_empty() {
        text.push_str("\nHow to see that it is mended:\n\n");
        for line in check {
            text.push_str(&format!("    {line}\n"));
        }
    }
    text
}
