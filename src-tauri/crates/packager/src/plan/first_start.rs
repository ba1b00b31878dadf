use waterskin_bundle::{System, Target};

/// What people are told when they first open what is not signed with a certificate that their system
/// knows, and how they open it all the same. Nothing where nobody is told anything.
pub(crate) fn first_start(target: &Target, is_signed: bool) -> Option<&'static str> {
    match target.system() {
        System::Linux => None,
        _ if is_signed => None,
        System::Windows => Some(
            "nothing of it is signed: Windows says to whoever downloads it that it protected the PC, and opens it by *More info* and *Run anyway*; `sign` in the settings has a command sign it",
        ),
        System::MacOs => Some(
            "it is signed by nobody: macOS says to whoever downloads it that Apple could not check it, and opens it by *Open Anyway* in System Settings, Privacy & Security; `sign` in the settings has a command sign it",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_signed_says_how_it_is_opened() {
        let told = |triple, is_signed| first_start(&Target::of(triple), is_signed);
        assert!(told("x86_64-pc-windows-msvc", false).unwrap().contains("*Run anyway*"));
        assert!(told("aarch64-apple-darwin", false).unwrap().contains("*Open Anyway*"));
        assert_eq!(told("aarch64-apple-darwin", true), None);
        assert_eq!(told("x86_64-unknown-linux-gnu", false), None);
    }
}
