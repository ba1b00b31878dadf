use std::collections::BTreeMap;
use std::fmt::Write as _;

use waterskin_bundle::App;

use super::words::{WORDS, Words};
use super::{NsisOptions, Smallness};
use crate::about::{publisher, synopsis};
use crate::text::{one_line, shortened};
use crate::windows::{Files, file_name, numbers, webview2};

/// What a set-up is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setup<'a> {
    /// What the app says of itself.
    pub app: &'a App,
    /// The file name of its program.
    pub program: &'a str,
    /// Its interpreter, relative to the payload.
    pub python: &'a str,
    /// What is installed beside the program.
    pub files: &'a Files,
    /// The size of the program in bytes.
    pub program_size: u64,
    /// How it is compressed.
    pub options: NsisOptions,
}

/// What every set-up does. It reads `program.exe`, `app.ico` and the folders `payload` and
/// `documents` beside itself.
const DEEDS: &str = include_str!("setup.nsi");

/// What becomes of the uninstaller that `makensis` makes before it is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Uninstaller {
    /// It stays as it is.
    AsMade,
    /// It is copied to [`UNINSTALLER`] as well.
    Shown,
    /// What is at [`UNINSTALLER`] is taken in its place.
    Replaced,
}

/// An uninstaller beside the script.
pub(super) const UNINSTALLER: &str = "uninstaller.exe";

/// The script for `makensis`, in UTF-8.
pub(super) fn script(setup: &Setup<'_>, uninstaller: Uninstaller) -> String {
    let compressor = match setup.options.smallness {
        Smallness::Quick => "SetCompressor /SOLID bzip2\n",
        Smallness::Smallest => "SetCompressor /SOLID lzma\nSetCompressorDictSize 16\n",
    };
    let mut script = compressor.to_owned();
    let copy = if cfg!(windows) { "copy /y" } else { "cp" };
    let copied = match uninstaller {
        Uninstaller::AsMade => String::new(),
        Uninstaller::Shown => format!("!uninstfinalize '{copy} \"%1\" \"{UNINSTALLER}\"'\n"),
        Uninstaller::Replaced => format!("!uninstfinalize '{copy} \"{UNINSTALLER}\" \"%1\"'\n"),
    };
    script.push_str(&copied);
    fill(&mut script, DEEDS, &words(setup));
    removal(&mut script, setup);
    script
}

/// Adds `text` to a script, with what the words between two `@` stand for.
fn fill(script: &mut String, text: &str, words: &BTreeMap<&str, String>) {
    for (number, part) in text.split('@').enumerate() {
        match words.get(part) {
            Some(word) if number % 2 == 1 => script.push_str(word),
            _ => script.push_str(part),
        }
    }
}

fn words(setup: &Setup<'_>) -> BTreeMap<&'static str, String> {
    let app = setup.app;
    let text = |text: &str| shortened(&one_line(text), 200);
    let name = match text(&app.name) {
        name if name.is_empty() => app.package.to_string(),
        name => name,
    };
    let kibibytes = (setup.files.bytes() + setup.program_size).div_ceil(1024);
    let [major, minor, patch, build] = numbers(&app.version);
    let [(_, machine), (_, user)] = webview2::KEYS;
    let mut words = BTreeMap::from([
        // In dialogs, `&` stands before the letter that a key chooses.
        ("APP_NAME_IN_DIALOGS", name.replace('&', "&&")),
        ("APP_NAME", name),
        ("APP_VERSION", text(&app.version)),
        ("APP_NUMBERS", format!("{major}.{minor}.{patch}.{build}")),
        ("APP_PUBLISHER", text(&publisher(app))),
        ("APP_SUMMARY", synopsis(app)),
        ("APP_PACKAGE", app.package.to_string()),
        ("APP_PROGRAM", setup.program.to_owned()),
        ("APP_PYTHON", format!(r"payload\{}", backslashes(setup.python))),
        ("APP_UNINSTALLER", uninstaller(app)),
        ("APP_SHORTCUT", format!("{}.lnk", file_name(&app.name, app.package.as_str()))),
        ("APP_KIBIBYTES", kibibytes.to_string()),
        (
            "UNINSTALL_KEY",
            format!(r"Software\Microsoft\Windows\CurrentVersion\Uninstall\{}", app.id),
        ),
        ("WEBVIEW2_HKLM", machine.to_owned()),
        ("WEBVIEW2_HKCU", user.to_owned()),
        ("WEBVIEW2_PAGE", webview2::PAGE.to_owned()),
    ]);
    words.values_mut().for_each(|text| *text = escaped(text));
    words.insert("LANGUAGES", languages());
    words
}

/// The program that removes the app. No app's own program is called so.
pub(super) fn uninstaller(app: &App) -> String {
    format!("{}-uninstall.exe", app.package)
}

/// The dialogs' languages with our own texts. NSIS shows those of the system's language, and the
/// first where it has none.
fn languages() -> String {
    let mut script = String::new();
    for Words { language, open, busy, no_webview2, failed } in &WORDS {
        let id = format!("${{LANG_{}}}", language.to_uppercase());
        // Writing to a text never fails.
        let _ = writeln!(script, "!insertmacro MUI_LANGUAGE \"{language}\"");
        for (name, text) in
            [("OPEN", open), ("BUSY", busy), ("NO_WEBVIEW2", no_webview2), ("FAILED", failed)]
        {
            let _ = writeln!(script, "LangString TEXT_{name} {id} \"{text}\"");
        }
    }
    script
}

/// What removes this version: its own files, and folders with nothing else in them.
fn removal(script: &mut String, setup: &Setup<'_>) {
    script.push_str("\nFunction un.RemoveFiles\n");
    let installed = |path: &str| format!("\"$INSTDIR\\{}\"", escaped(&backslashes(path)));
    let files = setup.files.files.iter().map(|file| file.path.as_str());
    for path in files.chain([setup.program]) {
        let _ = writeln!(script, "  Delete {}", installed(path));
    }
    // Each before the one that it is in.
    for folder in setup.files.folders.iter().rev() {
        let _ = writeln!(script, "  RMDir {}", installed(folder));
    }
    script.push_str("FunctionEnd\n");
}

fn backslashes(path: &str) -> String {
    path.replace('/', "\\")
}

/// A text of somebody else's for a place between double quotes, where nothing of it means anything.
/// What begins with `${` or `$%` is taken for a constant even behind another `$`, so the second sign
/// is written by its number.
fn escaped(text: &str) -> String {
    one_line(text)
        .replace('$', "$$")
        .replace("${", "$${U+7B}")
        .replace("$%", "$${U+25}")
        .replace('"', "$\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_means_anything() {
        for (text, expected) in [
            ("plain é `it's` 数", "plain é `it's` 数"),
            ("$INSTDIR $(^Name) $$", "$$INSTDIR $$(^Name) $$$$"),
            ("${NSISDIR}", "$$${U+7B}NSISDIR}"),
            ("$%HOME%", "$$${U+25}HOME%"),
            ("say \"a\"\n!system x", "say $\\\"a$\\\" !system x"),
            ("a\\", "a\\"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }

    #[test]
    fn words_are_filled_in_and_no_others() {
        let mut script = String::new();
        let words = BTreeMap::from([("A", "1".to_owned()), (" and ", "2".to_owned())]);
        fill(&mut script, "@A@ and @A@, @B@", &words);
        assert_eq!(script, "1 and 1, B");
        assert_eq!(DEEDS.matches('@').count() % 2, 0);
    }
}
