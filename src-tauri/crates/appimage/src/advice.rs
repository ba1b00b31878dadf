use crate::system::Lacks;

/// How a family of distributions installs WebKitGTK 4.1: the words by which `os-release` names the
/// family and those like it, its name, and what to type.
const WAYS: [(&[&str], &str, &str); 4] = [
    (&["debian", "ubuntu"], "Debian, Ubuntu, Mint", "sudo apt install libwebkit2gtk-4.1-0"),
    (&["fedora", "rhel", "centos"], "Fedora, RHEL", "sudo dnf install webkit2gtk4.1"),
    (&["suse", "opensuse"], "openSUSE", "sudo zypper install libwebkit2gtk-4_1-0"),
    (&["arch"], "Arch, Manjaro", "sudo pacman -S webkit2gtk-4.1"),
];

/// What a person reads whose system lacks something that the app `name` needs. `release` is the text
/// of the file `os-release` (os-release(5)).
pub(crate) fn text(name: &str, lacks: &Lacks, release: &str) -> String {
    let system = field(release, "PRETTY_NAME").unwrap_or("this system");
    if lacks.loader {
        return format!(
            "{name} can't be opened here: it is made for systems with the GNU C library, and {system} has none where others have it"
        );
    }
    if lacks.libraries.is_empty() {
        return format!(
            "{name} can't be opened here: {system} is too old for it, and has no {}",
            lacks.versions.join(", ").replace("GLIBC_", "GNU C library ")
        );
    }
    let mut text = format!(
        "{name} can't be opened yet: it needs WebKitGTK 4.1, which is not installed here.\nMissing: {}\n\nTo install it, type in a terminal:\n",
        lacks.libraries.join(", ")
    );
    match way(release) {
        Some(command) => text.push_str(&format!("\n    {command}\n")),
        None => {
            for (_, family, command) in WAYS {
                text.push_str(&format!("\n    {family}:  {command}"));
            }
            text.push('\n');
        }
    }
    text.push_str(&format!("\nThen open {name} again."));
    text
}

/// What to type on the distribution that `release` names.
fn way(release: &str) -> Option<&'static str> {
    let own = field(release, "ID").into_iter();
    let like = field(release, "ID_LIKE").unwrap_or_default().split_whitespace();
    // openSUSE's editions are `opensuse-leap` and the like.
    let names = own.chain(like).map(|id| id.split('-').next().unwrap_or(id));
    names.into_iter().find_map(|id| {
        WAYS.iter().find(|(ids, ..)| ids.contains(&id)).map(|(.., command)| *command)
    })
}

/// The value of a variable, without the quotation marks that may be around it.
fn field<'a>(release: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = release.lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
    let value = value.trim().trim_matches(['"', '\'']);
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webkit() -> Lacks {
        Lacks { libraries: vec!["libwebkit2gtk-4.1.so.0".into()], ..Lacks::default() }
    }

    #[test]
    fn each_distribution_is_told_in_its_own_words() {
        for (release, command) in [
            ("ID=debian\n", "apt install libwebkit2gtk-4.1-0"),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "apt install libwebkit2gtk-4.1-0"),
            ("ID=fedora\n", "dnf install webkit2gtk4.1"),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", "dnf install webkit2gtk4.1"),
            (
                "ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n",
                "zypper install libwebkit2gtk-4_1-0",
            ),
            ("ID=manjaro\nID_LIKE=arch\n", "pacman -S webkit2gtk-4.1"),
        ] {
            let text = text("Élan", &webkit(), release);
            assert!(text.contains(command), "{text}");
            assert_eq!(text.matches("sudo").count(), 1, "{text}");
        }
    }

    #[test]
    fn what_people_read() {
        insta::assert_snapshot!(text("Élan", &webkit(), "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n"), @r"
        Élan can't be opened yet: it needs WebKitGTK 4.1, which is not installed here.
        Missing: libwebkit2gtk-4.1.so.0

        To install it, type in a terminal:

            sudo apt install libwebkit2gtk-4.1-0

        Then open Élan again.
        ");
        insta::assert_snapshot!(text("Élan", &webkit(), "ID=slackware\n"), @r"
        Élan can't be opened yet: it needs WebKitGTK 4.1, which is not installed here.
        Missing: libwebkit2gtk-4.1.so.0

        To install it, type in a terminal:

            Debian, Ubuntu, Mint:  sudo apt install libwebkit2gtk-4.1-0
            Fedora, RHEL:  sudo dnf install webkit2gtk4.1
            openSUSE:  sudo zypper install libwebkit2gtk-4_1-0
            Arch, Manjaro:  sudo pacman -S webkit2gtk-4.1

        Then open Élan again.
        ");
        let musl = Lacks { loader: true, ..Lacks::default() };
        insta::assert_snapshot!(
            text("Élan", &musl, "ID=alpine\nPRETTY_NAME=\"Alpine Linux v3.22\"\n"),
            @"Élan can't be opened here: it is made for systems with the GNU C library, and Alpine Linux v3.22 has none where others have it"
        );
        let old = Lacks { versions: vec!["GLIBC_2.38".into()], ..Lacks::default() };
        insta::assert_snapshot!(
            text("Élan", &old, ""),
            @"Élan can't be opened here: this system is too old for it, and has no GNU C library 2.38"
        );
    }
}
