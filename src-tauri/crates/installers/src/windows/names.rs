use crate::text::{one_line, shortened};

/// Characters that no name of a file has on Windows, besides those that control a terminal.
const FORBIDDEN: [char; 9] = ['<', '>', ':', '"', '/', '\\', '|', '?', '*'];

/// Names that stand for devices in every folder, also with an ending behind them.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Why Windows can hold no file or folder of this name; `None` where it can. The rules are in
/// Microsoft's "Naming Files, Paths, and Namespaces".
pub(super) fn unfit(name: &str) -> Option<&'static str> {
    if name.contains(|c: char| c.is_control() || FORBIDDEN.contains(&c)) {
        return Some("a name there has none of `< > : \" / \\ | ? *` and no control characters");
    }
    if name.ends_with(['.', ' ']) {
        return Some("a name there does not end in a dot or a space");
    }
    if name.encode_utf16().count() > 255 {
        return Some("a name there has at most 255 characters");
    }
    is_device(name).then_some("the name stands for a device there")
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let is_port = |kind: &str| {
        stem.strip_prefix(kind).is_some_and(|rest| {
            let mut digits = rest.chars();
            let digit = digits.next().is_some_and(|c| matches!(c, '1'..='9' | '¹' | '²' | '³'));
            digit && digits.next().is_none()
        })
    };
    DEVICES.contains(&stem.as_str()) || is_port("com") || is_port("lpt")
}

/// A text as the name of a file on Windows, such as a shortcut's; `other` where nothing of it is left.
pub(crate) fn file_name(text: &str, other: &str) -> String {
    let good = |c: char| if c.is_control() || FORBIDDEN.contains(&c) { ' ' } else { c };
    let text: String = text.chars().map(good).collect();
    let name = shortened(&one_line(&text), 80);
    let name = name.trim_end_matches(['.', ' ']);
    if name.is_empty() || is_device(name) { other.to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_windows_can_not_hold() {
        for bad in
            ["a:b", "a?", "a\nb", "end.", "end ", "CON", "nul.txt", "Com1", "lpt9.log", "aux .x"]
        {
            assert!(unfit(bad).is_some(), "{bad}");
        }
        assert!(unfit(&"a".repeat(256)).is_some());
        for good in ["été 数.py", "console.py", "com0", "com10", "lpt", ".hidden", "a'b$c%d&e"] {
            assert_eq!(unfit(good), None, "{good}");
        }
    }

    #[test]
    fn a_title_as_the_name_of_a_file() {
        assert_eq!(file_name("Élan & <Co> \"100 %\": a/b…", "x"), "Élan & Co 100 % a b…");
        assert_eq!(file_name("a.b..", "x"), "a.b");
        for nothing in ["", "???", "Nul", " . "] {
            assert_eq!(file_name(nothing, "x"), "x", "{nothing}");
        }
    }
}
