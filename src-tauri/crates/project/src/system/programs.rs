//! Programs of the system that an app calls, and what has them on Debian and Ubuntu.

use std::collections::BTreeMap;

use camino::Utf8Path;
use ruff_python_ast::{Expr, FStringPart, InterpolatedStringElement};
use waterskin_bundle::SystemPackage;

use crate::code::base::{CodeBase, Import};
use crate::code::imports::top_level;
use crate::code::sources::{At, Names};

/// Programs, and the package that has them.
const PROVIDED: &[(&[&str], &str)] = &[
    (&["tesseract"], "tesseract-ocr"),
    (&["ffmpeg", "ffprobe", "ffplay"], "ffmpeg"),
    (
        &["pdfinfo", "pdftotext", "pdftoppm", "pdftocairo", "pdfimages", "pdfunite", "pdfseparate"],
        "poppler-utils",
    ),
    (&["java"], "default-jre"),
    (&["dot", "neato", "fdp", "sfdp", "circo", "twopi"], "graphviz"),
    (&["wkhtmltopdf", "wkhtmltoimage"], "wkhtmltopdf"),
    (&["pandoc"], "pandoc"),
    (&["libreoffice", "soffice", "lowriter", "localc"], "libreoffice"),
    (&["chromium", "chromium-browser", "google-chrome"], "chromium | chromium-browser"),
    (&["chromedriver"], "chromium-driver | chromium-chromedriver"),
    (&["firefox"], "firefox-esr | firefox"),
    (&["git"], "git"),
    (&["node"], "nodejs"),
    (&["npm", "npx"], "npm"),
    (&["gs"], "ghostscript"),
    (&["convert", "magick", "identify", "mogrify", "montage"], "imagemagick"),
    (&["exiftool"], "libimage-exiftool-perl"),
    (&["mediainfo"], "mediainfo"),
    (&["sox"], "sox"),
    (&["espeak", "espeak-ng"], "espeak-ng"),
    (&["pdflatex", "xelatex", "lualatex", "latexmk"], "texlive-latex-extra"),
    (&["inkscape"], "inkscape"),
    (&["rsvg-convert"], "librsvg2-bin"),
    (&["qpdf"], "qpdf"),
    (&["pdftk"], "pdftk-java"),
    (&["mutool"], "mupdf-tools"),
    (&["unpaper"], "unpaper"),
    (&["antiword"], "antiword"),
    (&["catdoc", "xls2csv"], "catdoc"),
    (&["curl"], "curl"),
    (&["wget"], "wget"),
    (&["zip"], "zip"),
    (&["unzip"], "unzip"),
    (&["unrar"], "unrar-free"),
    (&["7z", "7za"], "7zip | p7zip-full"),
    (&["rsync"], "rsync"),
    (&["ssh", "scp", "sftp"], "openssh-client"),
    (&["nmap"], "nmap"),
    (&["ping"], "iputils-ping"),
    (&["traceroute"], "traceroute"),
    (&["dig", "nslookup"], "bind9-dnsutils"),
    (&["whois"], "whois"),
    (&["sqlite3"], "sqlite3"),
    (&["psql", "pg_dump"], "postgresql-client"),
    (&["mysql", "mysqldump"], "default-mysql-client"),
    (&["docker"], "docker.io"),
    (&["gcc"], "gcc"),
    (&["g++"], "g++"),
    (&["make"], "make"),
    (&["R", "Rscript"], "r-base-core"),
    (&["gnuplot"], "gnuplot-nox"),
    (&["jq"], "jq"),
    (&["adb"], "adb"),
];

/// Modules of packages that need something of the system's: what that is, and the package that has
/// it. Where methods are named, only an app that uses one of them needs it.
///
/// Of those that bring their own, such as imageio-ffmpeg, with which MoviePy works, none is here.
const NEEDED: &[(&str, &[&str], &str, &str)] = &[
    ("pytesseract", &[], "tesseract", "tesseract-ocr"),
    ("pdf2image", &[], "pdftoppm", "poppler-utils"),
    ("pydub", &[], "ffmpeg", "ffmpeg"),
    ("whisper", &[], "ffmpeg", "ffmpeg"),
    ("ffmpeg", &[], "ffmpeg", "ffmpeg"),
    ("ffmpy", &[], "ffmpeg", "ffmpeg"),
    ("yt_dlp", &[], "ffmpeg", "ffmpeg"),
    // `st.graphviz_chart` draws in the page, without it.
    ("graphviz", &["render", "pipe", "view", "unflatten"], "dot", "graphviz"),
    (
        "pydot",
        &["write_png", "write_svg", "write_pdf", "create_png", "create_svg"],
        "dot",
        "graphviz",
    ),
    ("camelot", &[], "gs", "ghostscript"),
    ("ghostscript", &[], "gs", "ghostscript"),
    ("tabula", &[], "java", "default-jre"),
    ("language_tool_python", &[], "java", "default-jre"),
    ("konlpy", &[], "java", "default-jre"),
    ("jpype", &[], "java", "default-jre"),
    ("tika", &[], "java", "default-jre"),
    ("pyspark", &[], "java", "default-jre"),
    ("h2o", &[], "java", "default-jre"),
    ("selenium", &[], "chromium", "chromium | chromium-browser"),
    ("html2image", &[], "chromium", "chromium | chromium-browser"),
    ("kaleido", &[], "chromium", "chromium | chromium-browser"),
    ("plotly", &["write_image", "to_image"], "chromium", "chromium | chromium-browser"),
    ("pypandoc", &[], "pandoc", "pandoc"),
    ("pdfkit", &[], "wkhtmltopdf", "wkhtmltopdf"),
    ("imgkit", &[], "wkhtmltoimage", "wkhtmltopdf"),
    ("git", &[], "git", "git"),
    ("ocrmypdf", &[], "tesseract", "tesseract-ocr"),
    ("wand", &[], "ImageMagick", "imagemagick"),
    ("rpy2", &[], "R", "r-base-core"),
    ("pyttsx3", &[], "espeak-ng", "espeak-ng"),
    ("pyzbar", &[], "the library zbar", "libzbar0t64 | libzbar0"),
    ("magic", &[], "the library magic", "libmagic1t64 | libmagic1"),
    ("speech_recognition", &[], "flac", "flac"),
    ("pyperclip", &[], "xclip", "xclip"),
    ("nmap", &[], "nmap", "nmap"),
    ("vlc", &[], "VLC", "vlc"),
    ("pyvips", &[], "the library libvips", "libvips42t64 | libvips42"),
    ("usb", &[], "the library libusb", "libusb-1.0-0"),
    ("sounddevice", &[], "the library PortAudio", "libportaudio2"),
    ("pyaudio", &[], "the library PortAudio", "libportaudio2"),
];

/// What every system with a desktop has, what the app brings along itself, and what shells know.
const ALWAYS_THERE: &[&str] = &[
    "[",
    "awk",
    "bash",
    "cat",
    "cd",
    "chmod",
    "chown",
    "cmd",
    "cp",
    "cut",
    "dash",
    "date",
    "df",
    "du",
    "echo",
    "egrep",
    "env",
    "exit",
    "export",
    "false",
    "find",
    "free",
    "grep",
    "gunzip",
    "gzip",
    "head",
    "hostname",
    "id",
    "ip",
    "kill",
    "killall",
    "ln",
    "ls",
    "lscpu",
    "lsblk",
    "mkdir",
    "mktemp",
    "mount",
    "mv",
    "nice",
    "nohup",
    "open",
    "pgrep",
    "pip",
    "pip3",
    "pkill",
    "powershell",
    "printf",
    "ps",
    "pwd",
    "python",
    "python3",
    "readlink",
    "rm",
    "rmdir",
    "sed",
    "set",
    "sh",
    "sleep",
    "sort",
    "source",
    "start",
    "stat",
    "streamlit",
    "sudo",
    "tail",
    "tar",
    "taskkill",
    "tasklist",
    "tee",
    "test",
    "timeout",
    "touch",
    "tr",
    "true",
    "uname",
    "uniq",
    "uptime",
    "uv",
    "wc",
    "where",
    "which",
    "who",
    "whoami",
    "xargs",
    "xdg-open",
];

/// Functions that start a program or look for one.
const STARTERS: &[&str] = &[
    "subprocess.run",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "subprocess.Popen",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "os.system",
    "os.popen",
    "os.execvp",
    "os.execlp",
    "os.spawnvp",
    "asyncio.create_subprocess_exec",
    "asyncio.create_subprocess_shell",
    "shutil.which",
    "pexpect.spawn",
];

/// Something of the system's that the app needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Needed {
    /// What the author should know.
    pub note: String,
    /// The package that has it.
    pub package: Option<SystemPackage>,
}

/// What the code calls or imports that the system may lack, each once. `listed` are the app's
/// requirements, which bring commands of their names along, and `depends` are packages that the
/// app asks for already.
pub(crate) fn needed(
    names: &Names<'_>,
    code: &CodeBase,
    imports: &[Import<'_>],
    listed: &[String],
    depends: &[SystemPackage],
) -> Vec<Needed> {
    let is_listed = |program: &str| {
        listed.iter().any(|line| {
            let end = line.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c)));
            same(&line[..end.unwrap_or(line.len())], program)
        })
    };
    let asked = |package: &SystemPackage| depends.iter().any(|it| it.is(package));
    let mut found: BTreeMap<String, Needed> = BTreeMap::new();
    for (program, file, line) in called(names) {
        let package = PROVIDED.iter().find(|(names, _)| names.contains(&program.as_str()));
        let package = package.map(|(_, package)| SystemPackage::new(*package));
        if package.as_ref().is_some_and(asked) || is_listed(&program) {
            continue;
        }
        let note = match &package {
            Some(package) => format!("`{file}:{line}` runs `{program}`{}", recommended(package)),
            None => format!(
                "`{file}:{line}` runs `{program}`: where no package of the app brings it, the recipient's system must have it"
            ),
        };
        let key = package.as_ref().map_or_else(|| program.clone(), ToString::to_string);
        found.entry(key).or_insert(Needed { note, package });
    }
    for import in imports {
        let module = top_level(import.module);
        let needs = NEEDED.iter().filter(|(name, methods, ..)| {
            let used = methods.is_empty() || methods.iter().any(|it| code.has_attribute(it));
            *name == module && used
        });
        for (_, _, what, package) in needs {
            let package = SystemPackage::new(*package);
            if asked(&package) {
                continue;
            }
            let what = if what.contains(' ') { (*what).to_owned() } else { format!("`{what}`") };
            let note = format!(
                "`{}` imports `{module}`, which needs {what}{}",
                import.file,
                recommended(&package)
            );
            found.entry(package.to_string()).or_insert(Needed { note, package: Some(package) });
        }
    }
    // The one without `headless` in its name has windows of its own.
    let windowed = ["opencv-python", "opencv-contrib-python"].into_iter().find(|it| is_listed(it));
    let gl = SystemPackage::new("libgl1");
    if let Some(windowed) = windowed.filter(|_| !asked(&gl)) {
        let note = format!(
            "`{windowed}` needs the library libGL, which `{}` does without{}",
            windowed.replace("python", "python-headless"),
            recommended(&gl)
        );
        found.insert(gl.to_string(), Needed { note, package: Some(gl) });
    }
    found.into_values().collect()
}

fn recommended(package: &SystemPackage) -> String {
    let first = package.newest();
    format!(
        ": Debian and Ubuntu have it in `{first}`, which the Debian package recommends; elsewhere the recipient's system must have it"
    )
}

/// Whether two names are the same by the rules of Python's package index (PEP 503).
fn same(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.to_lowercase().replace(['_', '.'], "-");
    plain(one) == plain(other)
}

/// The programs that are called by a name, each with the first place.
fn called<'a>(names: &Names<'a>) -> Vec<(String, &'a Utf8Path, usize)> {
    let mut found: Vec<(String, &Utf8Path, usize)> = Vec::new();
    for (at, call) in names.calls() {
        let is_starter = names.full(at, &call.func).is_some_and(|it| STARTERS.contains(&&*it));
        let command = call.arguments.find_argument_value("args", 0).filter(|_| is_starter);
        let Some(command) = command else { continue };
        let (file, line) = names.line(at, call);
        for program in words(names, at, command, 0).iter().flat_map(|it| programs(it)) {
            if !found.iter().any(|(known, ..)| *known == program) {
                found.push((program, file, line));
            }
        }
    }
    found
}

/// The texts that a command begins with: a whole command line, or the first of its words.
fn words(names: &Names<'_>, at: At, command: &Expr, depth: usize) -> Vec<String> {
    match command {
        Expr::StringLiteral(text) => vec![text.value.to_str().to_owned()],
        Expr::FString(text) => match text.value.iter().next() {
            Some(FStringPart::Literal(text)) => vec![text.as_str().to_owned()],
            Some(FStringPart::FString(text)) => match text.elements.first() {
                // A word that goes on with something else is not known.
                Some(InterpolatedStringElement::Literal(text)) if text.value.contains(' ') => {
                    let known = text.value.trim_end_matches(|c: char| !c.is_whitespace());
                    vec![known.to_owned()]
                }
                _ => Vec::new(),
            },
            None => Vec::new(),
        },
        // A program's name may have spaces in a list, and is one word.
        Expr::List(list) => list.elts.first().map_or_else(Vec::new, |first| {
            words(names, at, first, depth).into_iter().filter(|it| !it.contains(' ')).collect()
        }),
        Expr::Tuple(list) => {
            list.elts.first().map_or_else(Vec::new, |first| words(names, at, first, depth))
        }
        Expr::Starred(list) => words(names, at, &list.value, depth),
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(split) if split.attr.as_str() == "split" => {
                let line = call.arguments.args.first().unwrap_or(&split.value);
                let is_module = names.full(at, &split.value).is_some_and(|it| it == "shlex");
                words(names, at, if is_module { line } else { &split.value }, depth)
            }
            _ => Vec::new(),
        },
        Expr::BinOp(operation) => words(names, at, &operation.left, depth),
        Expr::Name(_) | Expr::Attribute(_) if depth < 4 => {
            let meanings = names.meanings(at, command).into_iter().take(4);
            let meanings = meanings.filter_map(|(at, meaning)| Some((at, meaning?)));
            meanings.flat_map(|(at, meaning)| words(names, at, meaning, depth + 1)).collect()
        }
        _ => Vec::new(),
    }
}

/// The programs that a command line calls, less those that are always there.
fn programs(line: &str) -> Vec<String> {
    let plain = |word: &&str| {
        let first = word.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
        first && word.chars().all(|c| c.is_ascii_alphanumeric() || "+._-".contains(c))
    };
    let parts = line.split(['|', ';', '&', '\n']);
    // What stands before it may set variables.
    let first = parts.filter_map(|part| part.split_whitespace().find(|word| !word.contains('=')));
    let first = first.map(|word| word.strip_suffix(".exe").unwrap_or(word)).filter(plain);
    // A script of the app's, which is called in its folder.
    let script = |word: &str| [".py", ".sh", ".bat", ".cmd"].iter().any(|it| word.ends_with(it));
    first.filter(|word| !ALWAYS_THERE.contains(word) && !script(word)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use camino::Utf8PathBuf;

    use super::*;
    use crate::code::sources::Sources;

    fn needs(text: &str, listed: &[&str], depends: &[&str]) -> Vec<Needed> {
        let files: BTreeSet<Utf8PathBuf> = [Utf8PathBuf::from("app.py")].into();
        let code = CodeBase::follow("app.py".into(), &files, |_| Ok(text.to_owned())).unwrap();
        let sources = Sources::parse([(Utf8PathBuf::from("app.py"), text.to_owned())]);
        let listed: Vec<_> = listed.iter().map(|it| (*it).to_owned()).collect();
        let depends: Vec<_> =
            depends.iter().map(|it| SystemPackage::new((*it).to_owned())).collect();
        needed(&sources.names(), &code, &code.outside(11), &listed, &depends)
    }

    fn packages(text: &str) -> Vec<SystemPackage> {
        needs(text, &[], &[]).into_iter().filter_map(|needed| needed.package).collect()
    }

    #[test]
    fn pictures_with_windows_of_their_own_need_a_library() {
        let of = |listed, depends: &[&str]| needs("import cv2", &[listed], depends).pop();
        let needed = of("opencv-python>=4", &[]).unwrap();
        assert_eq!(needed.package, Some(SystemPackage::new("libgl1")));
        assert!(needed.note.contains("`opencv-python-headless`"), "{}", needed.note);
        assert_eq!(of("opencv-python-headless", &[]), None);
        assert_eq!(of("opencv-python", &["libgl1"]), None);
    }

    #[test]
    fn programs_that_are_called_are_found() {
        for (code, package) in [
            (
                "import subprocess\nsubprocess.run(['pdfinfo', str(x)], capture_output=True)",
                "poppler-utils",
            ),
            (
                "import subprocess as sp\nsp.check_output('ffmpeg -i a.mp4 b.mp3', shell=True)",
                "ffmpeg",
            ),
            ("from subprocess import Popen\nPopen(args=['java', '-jar', 'x.jar'])", "default-jre"),
            ("import os\nos.system(f'tesseract {name} out')", "tesseract-ocr"),
            ("import os\nos.popen('cd out && LANG=C dot -Tpng x.dot | cat')", "graphviz"),
            ("import shutil\nif not shutil.which('pandoc'): raise SystemExit", "pandoc"),
            (
                "import subprocess\nCMD = ['soffice', '--headless']\nsubprocess.run(CMD + [x])",
                "libreoffice",
            ),
            ("import subprocess\nGS = 'gs'\nsubprocess.run([GS, '-q'])", "ghostscript"),
            (
                "import asyncio\nasync def f():\n    await asyncio.create_subprocess_exec('git', 'log')",
                "git",
            ),
            (
                "import subprocess, shlex\nsubprocess.run(shlex.split('pdfinfo a.pdf'))",
                "poppler-utils",
            ),
            ("import subprocess\nsubprocess.run('gs -q a.pdf'.split(' '))", "ghostscript"),
            (
                "import subprocess\nJAVA = ['java', '-jar']\nsubprocess.run([*JAVA, 'x.jar'])",
                "default-jre",
            ),
            ("import pytesseract", "tesseract-ocr"),
            ("from pdf2image import convert_from_bytes", "poppler-utils"),
            ("import tabula", "default-jre"),
            ("from selenium import webdriver", "chromium | chromium-browser"),
            ("import graphviz\ngraphviz.Digraph().render('x')", "graphviz"),
        ] {
            assert_eq!(packages(code), [package], "{code}");
        }
    }

    #[test]
    fn what_the_app_brings_and_every_system_has_is_not_said() {
        for code in [
            "import subprocess, sys\nsubprocess.run([sys.executable, 'x.py'])",
            "import subprocess\nsubprocess.run(['ls', '-l'])\nsubprocess.run('./tool.sh')",
            "import subprocess\nsubprocess.run(['/opt/tool/bin/tool'])\nsubprocess.run(command)",
            "import graphviz\nst.graphviz_chart(graphviz.Digraph())",
            "import moviepy",
            "run(['pdfinfo'])",
        ] {
            assert_eq!(needs(code, &[], &[]), [], "{code}");
        }
        let code =
            "import subprocess\nsubprocess.run(['Some_tool', x])\nsubprocess.run(['pdfinfo'])";
        assert_eq!(needs(code, &["some-tool>=1"], &["poppler-utils"]), []);
        let unknown = needs(code, &[], &["poppler-utils"]);
        assert_eq!(unknown.len(), 1);
        assert!(unknown[0].note.contains("`app.py:2` runs `Some_tool`"), "{unknown:?}");
    }
}
