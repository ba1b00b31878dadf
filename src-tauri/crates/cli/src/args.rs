use std::time::Duration;

use camino::Utf8PathBuf;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use waterskin_bundle::Target;
use waterskin_installers::{FORMATS, Format, format_named};
use waterskin_packager::Base;

/// Package a Streamlit app so that colleagues open it with a double click
#[derive(Debug, Parser)]
#[command(name = "waterskin", version, max_term_width = 100)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an installer from a project
    Build(Box<BuildArgs>),
    /// Write what an engine for containers makes an image of, for a server
    Export(Box<ExportArgs>),
    /// Run a project in a window, on your own Python, with reload on save
    Run(RunArgs),
    /// Open a finished installer as a colleague would, and say what came of it
    Try(TryArgs),
    /// Say what stops an app on its way from a host, or what this machine lacks
    Doctor(Box<DoctorArgs>),
    /// Check that the files of a packaged app are as they were built
    Verify(VerifyArgs),
    /// Show what is kept between builds, or remove it
    Cache(CacheArgs),
    /// Say what Waterskin itself lacks on this machine
    SelfCheck(SelfCheckArgs),
    /// Print what a shell needs to complete this command's words
    Completions(CompletionsArgs),
    /// Print this command's manual page, for man(1)
    Man,
}

#[derive(Debug, ClapArgs)]
pub struct BuildArgs {
    /// The project's folder, or the script that Streamlit runs
    #[arg(default_value = ".")]
    pub path: Utf8PathBuf,

    /// The script, relative to the project's folder, where several may be it
    #[arg(long, value_name = "SCRIPT")]
    pub entry: Option<Utf8PathBuf>,

    /// Folder for the finished files
    #[arg(short, long, value_name = "DIR", default_value = "dist")]
    pub output: Utf8PathBuf,

    /// Print the plan and stop
    #[arg(long)]
    pub dry_run: bool,

    /// Stop where a program in the project's folder would be run, and don't start the app
    #[arg(long)]
    pub no_run: bool,

    /// Don't start the app at the end, to see whether its pages open
    #[arg(long)]
    pub no_try: bool,

    /// Take guessed requirements without asking
    #[arg(short, long)]
    pub yes: bool,

    /// Print one JSON object to standard output instead of text
    #[arg(long)]
    pub json: bool,

    /// Print where every megabyte of the installed app goes
    #[arg(long)]
    pub explain_size: bool,

    /// Draw the same into a web page
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<Utf8PathBuf>,

    /// What to make; give it more than once for several [default: those in the plan]
    #[arg(short, long = "format", value_name = "FORMAT", value_parser = formats(), ignore_case = true)]
    pub formats: Vec<&'static dyn Format>,

    /// The system that the app is for; give it more than once for several [default: this one]
    #[arg(long = "target", value_name = "TARGET", value_parser = targets())]
    pub targets: Vec<Targets>,

    /// How packages are compressed
    #[arg(long, value_name = "METHOD", default_value = "zstd")]
    pub compression: Compression,

    /// The app's name, instead of the project's own
    #[arg(long)]
    pub name: Option<String>,

    /// The app's version
    #[arg(long = "app-version", value_name = "VERSION")]
    pub app_version: Option<String>,

    /// The app's reverse-DNS id, such as org.example.sales
    #[arg(long)]
    pub id: Option<String>,

    /// The app's icon, a square PNG or SVG
    #[arg(long, value_name = "FILE")]
    pub icon: Option<Utf8PathBuf>,

    /// Interpreter to pack, instead of a managed one
    #[arg(long, value_name = "FILE")]
    pub python: Option<Utf8PathBuf>,

    /// Version of Python to pack, such as 3.12
    #[arg(long, value_name = "VERSION", conflicts_with = "python")]
    pub python_version: Option<String>,

    /// Prebuilt shell [default: waterskin-shell beside this program, or its wheel]
    #[arg(long, value_name = "FILE")]
    pub shell: Option<Utf8PathBuf>,

    /// Program that AppImages begin with [default: waterskin-appimage beside this program]
    #[arg(long, value_name = "FILE")]
    pub appimage_runtime: Option<Utf8PathBuf>,

    /// Folder or page that has the wheels of the shell for other systems
    #[arg(long, value_name = "PLACE")]
    pub find_links: Vec<String>,

    /// The program uv [default: beside this program, then on PATH]
    #[arg(long, value_name = "FILE")]
    pub uv: Option<Utf8PathBuf>,

    /// Also leave the payload in this folder
    #[arg(long, value_name = "DIR")]
    pub keep_payload: Option<Utf8PathBuf>,

    /// Folder for what is kept between builds [default: the user's cache folder]
    #[arg(long, value_name = "DIR")]
    pub cache_dir: Option<Utf8PathBuf>,

    /// How much is kept between builds at most, in GB
    #[arg(long, value_name = "GB", default_value_t = 10)]
    pub cache_size: u64,

    /// Take the files along that links in the project lead to outside of it
    #[arg(long)]
    pub follow_links: bool,

    /// Use nothing but the caches
    #[arg(long)]
    pub offline: bool,
}

/// Every format by its name.
fn formats() -> impl TypedValueParser<Value = &'static dyn Format> {
    let value = |format: &dyn Format| PossibleValue::new(format.name()).help(format.about());
    let names = PossibleValuesParser::new(FORMATS.map(value));
    names.try_map(|name| format_named(&name).ok_or_else(|| format!("there is no format `{name}`")))
}

/// The systems of one `--target`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Targets(pub Vec<Target>);

/// Every target by its name, and all of them.
fn targets() -> impl TypedValueParser<Value = Targets> {
    PossibleValuesParser::new(Target::names().into_iter().chain(["all"])).map(|name| {
        let one = Target::named(&name).map(|target| vec![target]);
        Targets(one.unwrap_or_else(|| Target::all().to_vec()))
    })
}

/// How packages are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Compression {
    /// The quickest, also when it is installed
    Zstd,
    /// A tenth smaller, and a minute or more the first time
    Smallest,
    /// The largest; for programs that don't read Zstandard
    Gzip,
}

#[derive(Debug, ClapArgs)]
pub struct ExportArgs {
    /// The project's folder, or the script that Streamlit runs
    #[arg(default_value = ".")]
    pub path: Utf8PathBuf,

    /// The script, relative to the project's folder, where several may be it
    #[arg(long, value_name = "SCRIPT")]
    pub entry: Option<Utf8PathBuf>,

    /// Folder for the files: a new one, an empty one, or that of an earlier export
    #[arg(short, long, value_name = "DIR", default_value = "export")]
    pub output: Utf8PathBuf,

    /// Image to build on, with its tag or digest [default: Python's own for Debian]
    #[arg(long, value_name = "IMAGE")]
    pub base: Option<Base>,

    /// Print the plan and stop
    #[arg(long)]
    pub dry_run: bool,

    /// Stop where a program in the project's folder would be run
    #[arg(long)]
    pub no_run: bool,

    /// Take guessed requirements without asking
    #[arg(short, long)]
    pub yes: bool,

    /// Print one JSON object to standard output instead of text
    #[arg(long)]
    pub json: bool,

    /// The app's name, instead of the project's own
    #[arg(long)]
    pub name: Option<String>,

    /// The app's version, which is the image's tag
    #[arg(long = "app-version", value_name = "VERSION")]
    pub app_version: Option<String>,

    /// Interpreter of this machine whose version counts
    #[arg(long, value_name = "FILE")]
    pub python: Option<Utf8PathBuf>,

    /// Version of Python, such as 3.12
    #[arg(long, value_name = "VERSION", conflicts_with = "python")]
    pub python_version: Option<String>,

    /// The program uv [default: beside this program, then on PATH]
    #[arg(long, value_name = "FILE")]
    pub uv: Option<Utf8PathBuf>,

    /// Folder for what is kept between builds [default: the user's cache folder]
    #[arg(long, value_name = "DIR")]
    pub cache_dir: Option<Utf8PathBuf>,

    /// Take the files along that links in the project lead to outside of it
    #[arg(long)]
    pub follow_links: bool,

    /// Use nothing but the caches
    #[arg(long)]
    pub offline: bool,
}

#[derive(Debug, ClapArgs)]
pub struct RunArgs {
    /// The project's folder, or the script that Streamlit runs
    #[arg(default_value = ".")]
    pub path: Utf8PathBuf,

    /// The script, relative to the project's folder, where several may be it
    #[arg(long, value_name = "SCRIPT")]
    pub entry: Option<Utf8PathBuf>,

    /// Interpreter to run it on [default: $VIRTUAL_ENV, the project's .venv, python3]
    #[arg(long, value_name = "FILE")]
    pub python: Option<Utf8PathBuf>,

    /// Port of the page; 0 for any free one
    #[arg(long, default_value_t = 8501)]
    pub port: u16,

    /// Serve without a window and print the address to open
    #[arg(long)]
    pub no_window: bool,

    /// Print events as JSON lines (with --no-window)
    #[arg(long, requires = "no_window")]
    pub json: bool,

    /// Record what passes between page and Python in this file, as JSON lines
    #[arg(long, value_name = "FILE")]
    pub trace: Option<Utf8PathBuf>,

    /// Prebuilt shell [default: waterskin-shell beside this program]
    #[arg(long, value_name = "FILE")]
    pub shell: Option<Utf8PathBuf>,

    /// Arguments of the script
    #[arg(last = true, value_name = "ARGUMENTS")]
    pub arguments: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub struct TryArgs {
    /// The file: a .deb, a .tar.gz or an .AppImage
    pub file: Utf8PathBuf,

    /// Where the picture of its window goes [default: PACKAGE.png here]
    #[arg(long, value_name = "FILE.png")]
    pub picture: Option<Utf8PathBuf>,

    /// Print one JSON object to standard output instead of text
    #[arg(long)]
    pub json: bool,
}

/// The codes that it ends with are a part of what it says.
const DOCTOR_CODES: &str = "Exit codes: 0 where everything works, 10, 20, 30 or 40 by the stage that \
    failed (first contact; page, scripts and styles; live connection; messages), 2 for a wrong call.";

#[derive(Debug, ClapArgs)]
#[command(after_help = DOCTOR_CODES)]
pub struct DoctorArgs {
    /// The app's address as a browser shows it [default: look at this machine and this project]
    #[arg(value_name = "URL")]
    pub url: Option<String>,

    /// The project, where there is no address [default: this folder]
    #[arg(long, value_name = "PATH", conflicts_with = "url")]
    pub project: Option<Utf8PathBuf>,

    /// Print one JSON object to standard output instead of text
    #[arg(long)]
    pub json: bool,

    /// Record what was asked and answered in this file, as an HTTP archive without secrets
    #[arg(long, value_name = "FILE", requires = "url")]
    pub har: Option<Utf8PathBuf>,

    /// Header to send with each request, such as a token; it is never shown
    #[arg(long = "header", value_name = "'NAME: VALUE'", requires = "url")]
    pub headers: Vec<String>,

    /// Cookies to send, in a browser's cookies.txt or as `name=value; ...`; they are never shown
    #[arg(long, value_name = "FILE", requires = "url")]
    pub cookie_file: Option<Utf8PathBuf>,

    /// Address of the app itself, to ask it past what is in front
    #[arg(long, value_name = "URL", requires = "url")]
    pub upstream: Option<String>,

    /// Hold a connection as long, to see whether it stays
    #[arg(long, value_name = "SECONDS", value_parser = crate::doctor::seconds, requires = "url")]
    pub idle: Option<Duration>,

    /// Ask again and again, with a line each time, until Ctrl+C
    #[arg(long, value_name = "SECONDS", value_parser = crate::doctor::seconds, requires = "url")]
    pub every: Option<Duration>,

    /// Run the app's script once, as opening the page would
    #[arg(long, requires = "url")]
    pub run: bool,

    /// Certificates to trust beside the system's, in PEM
    #[arg(long, value_name = "FILE", requires = "url")]
    pub ca: Option<Utf8PathBuf>,

    /// How long each question may take
    #[arg(long, value_name = "SECONDS", value_parser = crate::doctor::seconds, default_value = "20")]
    pub timeout: Duration,
}

#[derive(Debug, ClapArgs)]
pub struct VerifyArgs {
    /// The payload's folder, such as /usr/lib/PACKAGE/payload
    pub payload: Utf8PathBuf,
}

#[derive(Debug, ClapArgs)]
pub struct SelfCheckArgs {
    /// Print one JSON object to standard output instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, ClapArgs)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

#[derive(Debug, ClapArgs)]
pub struct CacheArgs {
    /// What to do, instead of showing it
    #[command(subcommand)]
    pub command: Option<CacheCommand>,

    /// Its folder [default: in the user's cache folder]
    #[arg(long, value_name = "DIR", global = true)]
    pub cache_dir: Option<Utf8PathBuf>,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub enum CacheCommand {
    /// Remove everything that no build is using
    Clear,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        super::Args::command().debug_assert();
    }
}
