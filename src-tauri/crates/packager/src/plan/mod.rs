//! What a build is going to do, as data: decided before anything is done.

pub(crate) mod error;
pub(crate) mod first_start;
pub(crate) mod inside;
pub(crate) mod purpose;
pub(crate) mod runs;
pub(crate) mod settings;
pub(crate) mod shell;
pub(crate) mod text;
pub(crate) mod tools;

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use waterskin_bundle::{App, DataPolicy, Downloads, Secret, SystemPackage, Target, Window};
use waterskin_installers::{Format, FormatOptions, Signer, appimage, default_formats, formats_for};
use waterskin_project::{
    About, EMOJI, FoundWrite, Guess, NeededModule, Notes, Outline, Overrides, OwnDistribution,
    Project, ProjectFiles, PythonChoice, Reading, Requirements, SignCommand, UnknownModule,
};

use crate::binary;
use crate::cache::kept::{CACHE_LIMIT, cache_folder};
use crate::elf::Native;
use crate::names::bad_names;
use crate::plan::error::PlanError;
use crate::plan::first_start::first_start;
use crate::plan::inside::is_inside;
use crate::plan::purpose::Purpose;
use crate::plan::runs::Run;
use crate::plan::settings::Settings;
use crate::plan::shell::Shell;
use crate::runtime::runs_here;
use crate::trim::{self, Trim};
use crate::wheels::locked;

/// Everything that a build will do, decided before anything is done. Printing it is what
/// `--dry-run` does.
#[derive(Clone, Debug, Serialize)]
pub struct BuildPlan {
    /// What it is for.
    #[serde(skip_serializing_if = "Purpose::is_installers")]
    pub purpose: Purpose,
    /// The app's identity.
    pub app: App,
    /// The project's folder, absolute.
    pub root: Utf8PathBuf,
    /// The script, relative to the project.
    pub entry: Utf8PathBuf,
    /// Arguments that the script gets.
    pub arguments: Vec<String>,
    /// The secrets that the app asks its user for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
    /// The keys of `st.secrets` that the code asks for, dotted where they are in sections.
    #[serde(skip)]
    pub secrets_read: Vec<String>,
    /// The window, without its icon.
    pub window: Window,
    /// The picture that becomes the icon; `None` draws one.
    pub icon: Option<Utf8PathBuf>,
    /// The port that the page prefers.
    pub port: u16,
    /// Where the app may write.
    pub data: DataPolicy,
    /// Where the code writes into the app's own folder: why [`BuildPlan::data`] is a copy, where the
    /// author does not say anything else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub writes: Vec<FoundWrite>,
    /// Where the page's downloads go.
    #[serde(skip_serializing_if = "Downloads::is_default")]
    pub downloads: Downloads,
    /// Which Python.
    pub python: PythonChoice,
    /// Which distributions.
    pub requirements: Requirements,
    /// The author's own distributions, which are installed with the others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own: Vec<OwnDistribution>,
    /// Distributions that the code seems to need, when no list says it. The author should be
    /// asked whether they are right; they are in [`BuildPlan::requirements`] already.
    pub guessed: Vec<Guess>,
    /// Modules that no list says anything about and that are in no table either: nothing is installed
    /// for them, and the author should be asked. [`Settings::answers`] has the answers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<UnknownModule>,
    /// Modules worth importing while the page boots.
    pub preload: Vec<String>,
    /// What will be removed from the packages.
    pub trim: Trim,
    /// What of the project comes along.
    pub files: ProjectFiles,
    /// What the author should know.
    pub notes: Vec<String>,
    /// What is made.
    pub formats: Vec<&'static dyn Format>,
    /// What is chosen for formats that leave a choice.
    #[serde(skip)]
    pub format_options: FormatOptions,
    /// What people are told when they first open it, and how they open it all the same: one of the notes.
    #[serde(skip)]
    pub first_start: Option<&'static str>,
    /// Packages of the system's that the project asks for in its own list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub system_packages: Vec<SystemPackage>,
    /// The first file that imports Tk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tk: Option<Utf8PathBuf>,
    /// Packages of the system's that the app is better with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wished_packages: Vec<SystemPackage>,
    /// The system that it is for.
    pub target: Target,
    /// Whether the same call has plans for other systems too.
    #[serde(skip)]
    pub several: bool,
    /// The folder that gets the finished files, absolute.
    pub output: Utf8PathBuf,
    /// Where to leave the payload; `None` removes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_payload: Option<Utf8PathBuf>,
    /// Where runtimes and packages are kept between builds.
    pub cache: Utf8PathBuf,
    /// How many bytes are kept there.
    #[serde(skip)]
    pub cache_limit: u64,
    /// The program `uv`.
    pub uv: Utf8PathBuf,
    /// The prebuilt shell.
    pub shell: Shell,
    /// Folders and pages with wheels of the shell, besides those that the project names.
    #[serde(skip)]
    pub find_links: Vec<String>,
    /// Whether to work from the caches alone.
    pub offline: bool,
    /// What a build executes beside its own tools.
    pub runs: Vec<Run>,
    /// Whether a build may execute nothing but its own tools.
    #[serde(skip)]
    pub no_run: bool,
    /// The GNU C library that compiled files of the project ask for; empty for none.
    #[serde(skip)]
    pub(crate) native_glibc: String,
    /// Modules of the code that a build looks for in the payload before it is done.
    #[serde(skip)]
    pub(crate) needed: Vec<NeededModule>,
}

/// Finds out what the project is and decides what a build does, for each system that the app is for.
/// Nothing is written, nothing is downloaded and no program is started.
///
/// # Errors
///
/// Every mistake in the project that can be seen without resolving its requirements.
pub fn plans(settings: &Settings) -> Result<Vec<BuildPlan>, PlanError> {
    let output = absolute(&settings.output)?;
    let keep_payload = settings.keep_payload.as_deref().map(absolute).transpose()?;
    let rules = trim::rules()?;
    let project = Project::read(&Reading {
        path: &settings.path,
        overrides: &settings.overrides,
        python: settings.python.as_deref(),
        python_version: settings.python_version.as_deref(),
        answers: &settings.answers,
        rules: &rules.iter().map(String::as_str).collect::<Vec<_>>(),
        outputs: &keep_payload.iter().chain([&output]).map(|it| &**it).collect::<Vec<_>>(),
        follow_links: settings.follow_links,
        no_run: settings.no_run,
    })?;
    let targets = targets(&settings.targets, &project.targets);
    let shared = Shared {
        settings,
        cache: match &settings.cache_dir {
            Some(folder) => absolute(folder)?,
            None => cache_folder()?,
        },
        uv: tools::find_uv(settings.uv.as_deref())?,
        find_links: settings.find_links.iter().map(|it| link(it)).collect::<Result<_, _>>()?,
        output,
        keep_payload,
        targets: &targets,
    };
    let mut plans = Vec::new();
    let mut passed_over = Vec::new();
    let installers = settings.purpose.is_installers();
    let formats = match installers {
        true => formats_of(&settings.formats, &targets)?,
        false => targets.iter().map(|target| (target, Formats::new())).collect(),
    };
    for (target, formats) in formats {
        match formats[..] {
            [] if installers => passed_over.push(format!(
                "nothing is made for {}, which has no use for the formats that are asked for",
                target.name()
            )),
            _ => plans.push(shared.plan(project.clone(), target, formats)?),
        }
    }
    if let Some(first) = plans.first_mut() {
        first.notes.append(&mut passed_over);
    }
    Ok(plans)
}

/// [`plans`] for one system: the first that the app is for.
///
/// # Errors
///
/// As for all of them.
pub fn plan(settings: &Settings) -> Result<BuildPlan, PlanError> {
    // There is one for each target that has a format, and without one there is an error.
    plans(settings)?.into_iter().next().ok_or(PlanError::NoTarget)
}

/// What the plans of all targets have in common.
struct Shared<'a> {
    settings: &'a Settings,
    output: Utf8PathBuf,
    keep_payload: Option<Utf8PathBuf>,
    cache: Utf8PathBuf,
    uv: Utf8PathBuf,
    find_links: Vec<String>,
    targets: &'a [Target],
}

impl Shared<'_> {
    fn plan(
        &self,
        project: Project,
        target: &Target,
        mut formats: Vec<&'static dyn Format>,
    ) -> Result<BuildPlan, PlanError> {
        let settings = self.settings;
        let several = self.targets.len() > 1;
        let paths = project.files.files.iter().map(|file| file.path.as_path());
        let bad = bad_names(paths, target.system());
        if !bad.is_empty() {
            return Err(PlanError::Names { target: target.name(), bad });
        }
        let native = Native::of_project(&project.root, &project.files, target);
        let trim = Trim::plan(&project.trim, &project.mentions)?;
        let installers = settings.purpose.is_installers();
        let shell = match installers {
            true => Shell::choose(settings.shell.as_deref(), target, self.targets)?,
            false => Shell::None,
        };
        let mut format_options = settings.format_options.clone();
        let (runtime, left_out) = appimage_runtime(settings, shell.path(), target, &mut formats)?;
        format_options.appimage.runtime = runtime;
        let sign = project.sign.command(target.system());
        let sign = sign.filter(|_| installers && !settings.no_run);
        let first_start = first_start(target, sign.is_some());
        format_options.sign = sign.map(|command| Signer {
            words: command.words().to_vec(),
            folder: project.root.clone(),
        });
        let mut notes = notes(&project, &native, &formats, target, first_start);
        notes.add(About::Package, left_out);
        if let Some(about) = settings.purpose.about() {
            notes = notes.only(about);
        }
        let runs = runs(&project, &self.uv, target, settings, sign)?;
        // Each has one of its own.
        let keep_payload = self.keep_payload.as_ref().map(|folder| match several {
            true => folder.join(target.name()),
            false => folder.clone(),
        });
        Ok(BuildPlan {
            purpose: settings.purpose.clone(),
            notes: notes.in_order(),
            trim,
            formats,
            format_options,
            first_start,
            target: target.clone(),
            several,
            keep_payload,
            output: self.output.clone(),
            cache: self.cache.clone(),
            cache_limit: settings.cache_limit.unwrap_or(CACHE_LIMIT),
            uv: self.uv.clone(),
            runs,
            no_run: settings.no_run,
            native_glibc: native.glibc(),
            shell,
            find_links: self.find_links.clone(),
            offline: settings.offline,
            app: project.app,
            root: project.root,
            entry: project.entry,
            arguments: project.arguments,
            secrets: project.secrets,
            secrets_read: project.secrets_read,
            window: project.window,
            icon: project.icon,
            port: project.port,
            data: project.data,
            writes: project.writes,
            downloads: project.downloads,
            python: project.python,
            requirements: project.requirements,
            own: project.own,
            guessed: project.guessed,
            unknown: project.unknown,
            preload: project.preload,
            needed: project.needed,
            files: project.files,
            system_packages: project.depends,
            tk: project.tk,
            wished_packages: project.recommends,
        })
    }
}

fn absolute(path: &Utf8Path) -> Result<Utf8PathBuf, PlanError> {
    camino::absolute_utf8(path).map_err(|source| PlanError::Path { path: path.to_owned(), source })
}

/// The address of a page as it is, and the path of a folder so that it counts from anywhere.
fn link(place: &str) -> Result<String, PlanError> {
    if place.contains("://") {
        return Ok(place.to_owned());
    }
    absolute(place.into()).map(Utf8PathBuf::into_string)
}

/// The systems that the app is for, each once: those that are asked for, else those that the project
/// names, else this one.
fn targets(asked: &[Target], named: &[Target]) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    for target in if asked.is_empty() { named } else { asked } {
        if !targets.contains(target) {
            targets.push(target.clone());
        }
    }
    if targets.is_empty() {
        targets.push(Target::host());
    }
    targets
}

/// What the author should know: what reading says, and what this build of it adds.
fn notes(
    project: &Project,
    native: &Native,
    formats: &[&dyn Format],
    target: &Target,
    first_start: Option<&str>,
) -> Notes {
    let mut notes = project.notes.clone();
    for format in formats {
        notes.add(About::Package, format.notes(&project.app));
    }
    notes.add(About::Package, first_start.map(str::to_owned));
    let wheels = &project.requirements.given.wheels;
    notes.add(About::Wheels, locked::note(wheels, target, project.python.minor()));
    notes.add(About::Native, native.notes(target));
    notes.add(About::Native, binary::note(&project.root, &project.files, target));
    if project.emoji && !formats.iter().all(|format| format.brings_needs()) {
        notes.add(About::Letters, Some(EMOJI.to_owned()));
    }
    notes
}

/// What the build is going to execute.
fn runs(
    project: &Project,
    uv: &Utf8PathBuf,
    target: &Target,
    settings: &Settings,
    sign: Option<&SignCommand>,
) -> Result<Vec<Run>, PlanError> {
    let named = project.python.executable.iter().chain([uv]);
    let programs: Vec<_> =
        named.filter(|program| is_inside(&project.root, program)).cloned().collect();
    if let (true, Some(program)) = (settings.no_run, programs.first()) {
        return Err(PlanError::Runs { program: program.clone() });
    }
    let mut runs: Vec<Run> = programs.into_iter().map(|program| Run::Program { program }).collect();
    let backend = |of| Run::Backend { of };
    if !settings.no_run {
        runs.extend(project.requirements.backends().into_iter().map(backend));
    }
    let built = project.own.iter().filter(|one| one.built);
    runs.extend(built.map(OwnDistribution::backend).map(backend));
    runs.extend(sign.map(|command| Run::Sign { command: command.clone() }));
    let tried = settings.purpose.is_installers() && !settings.no_run && !settings.no_try;
    let tried = tried && runs_here(target.triple());
    runs.extend(tried.then(|| Run::App { entry: project.entry.clone() }));
    Ok(runs)
}

/// What the project at `path` is, as far as running it where it stands takes; `script` is the one that
/// the author chose, relative to the project.
///
/// # Errors
///
/// No project or no script there, or settings that are wrong.
pub fn discover(path: &Utf8Path, script: Option<&Utf8Path>) -> Result<Outline, PlanError> {
    let rules = trim::rules()?;
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    Ok(Outline::read(path, script, &rules)?)
}

/// Reads the project at `path` as a build does to which nothing else is said. Nothing is written,
/// nothing is downloaded and no program is started.
///
/// # Errors
///
/// Every mistake in the project that can be seen without resolving its requirements.
pub fn read(path: &Utf8Path) -> Result<Project, PlanError> {
    let rules = trim::rules()?;
    Ok(Project::read(&Reading {
        path,
        overrides: &Overrides::default(),
        python: None,
        python_version: None,
        answers: &BTreeMap::new(),
        rules: &rules.iter().map(String::as_str).collect::<Vec<_>>(),
        outputs: &[],
        follow_links: false,
        no_run: false,
    })?)
}

/// What is made, in the usual order.
type Formats = Vec<&'static dyn Format>;

/// What is made for each target: of what the author wants, all that it has. None of it may be what no
/// target has.
fn formats_of<'t>(
    wanted: &[&'static dyn Format],
    targets: &'t [Target],
) -> Result<Vec<(&'t Target, Formats)>, PlanError> {
    let has = |format: &&'static dyn Format, target: &Target| formats_for(target).contains(format);
    let useless = wanted.iter().find(|format| !targets.iter().any(|target| has(format, target)));
    if let Some(format) = useless {
        return Err(PlanError::Format { format: *format, targets: targets.to_vec() });
    }
    let of = |target: &'t Target| {
        let its: Vec<_> = wanted.iter().copied().filter(|format| has(format, target)).collect();
        match (wanted, &its[..]) {
            ([_, ..], []) => Ok((target, Vec::new())),
            _ => Ok((target, formats(&its, target)?)),
        }
    };
    targets.iter().map(of).collect()
}

/// What is made for `target`: what the author wants, in the usual order, or what most people there
/// can open.
fn formats(wanted: &[&'static dyn Format], target: &Target) -> Result<Formats, PlanError> {
    let mut formats = formats_for(target);
    if let Some(format) = wanted.iter().find(|format| !formats.contains(format)) {
        return Err(PlanError::Format { format: *format, targets: vec![target.clone()] });
    }
    if let Some((format, source)) = wanted.iter().find_map(|it| Some((*it, it.lacks()?))) {
        return Err(PlanError::Lacks { format, source: Box::new(source) });
    }
    if wanted.is_empty() {
        return Ok(default_formats(target));
    }
    formats.retain(|format| wanted.contains(format));
    Ok(formats)
}

/// The program that AppImages begin with, where any is made. One for another system that nobody asked
/// for and that has none here is left out, of which the author is told.
fn appimage_runtime(
    settings: &Settings,
    shell: Option<&Utf8Path>,
    target: &Target,
    formats: &mut Vec<&'static dyn Format>,
) -> Result<(Option<Utf8PathBuf>, Option<String>), PlanError> {
    let is_one = |format: &&'static dyn Format| format.name() == appimage::NAME;
    if !formats.iter().any(is_one) {
        return Ok((None, None));
    }
    let given = settings.format_options.appimage.runtime.as_deref();
    match tools::find_appimage(given, shell, target) {
        Err(_) if settings.formats.is_empty() && *target != Target::host() => {
            formats.retain(|format| !is_one(format));
            let note = format!(
                "no .{} is made for {}: there is no `{}` for it here; give one with `--appimage-runtime`",
                appimage::NAME,
                target.name(),
                tools::APPIMAGE
            );
            Ok((None, Some(note)))
        }
        found => Ok((Some(found?), None)),
    }
}

#[cfg(test)]
mod tests {
    use waterskin_installers::format_named;

    use super::*;

    #[test]
    fn each_system_has_its_formats_and_no_others() {
        let (linux, windows, mac) = (
            Target::of("x86_64-unknown-linux-gnu"),
            Target::of("x86_64-pc-windows-msvc"),
            Target::of("aarch64-apple-darwin"),
        );
        let [deb, tar_gz, appimage, dmg] =
            ["deb", "tar.gz", "AppImage", "dmg"].map(|name| format_named(name).unwrap());
        let both = [deb, tar_gz];
        assert_eq!(formats(&[], &linux).unwrap(), [deb, appimage]);
        assert_eq!(formats(&[tar_gz, deb, deb], &linux).unwrap(), both);
        assert_eq!(formats(&[tar_gz], &linux).unwrap(), [tar_gz]);
        assert_eq!(formats(&[], &mac).unwrap(), [dmg]);
        for target in [windows, mac] {
            assert_eq!(formats(&[tar_gz], &target).unwrap(), [tar_gz]);
            let error = formats(&both, &target).unwrap_err();
            let text = format!("a .deb can't be made for {}", target.name());
            assert_eq!(error.to_string(), text);
            assert!(error.hint().unwrap().contains("tar.gz"));
        }
    }

    #[test]
    fn of_several_systems_each_has_what_it_can_have() {
        let [linux, windows, mac] = ["linux-x86_64", "windows-x86_64", "macos-arm64"]
            .map(|name| Target::named(name).unwrap());
        let [deb, tar_gz] = ["deb", "tar.gz"].map(|name| format_named(name).unwrap());
        let of = |wanted: &[&'static dyn Format], targets: &[Target]| -> Vec<Vec<&str>> {
            let made = formats_of(wanted, targets).unwrap();
            let names = |formats: &[&dyn Format]| formats.iter().map(|it| it.name()).collect();
            made.iter().map(|(_, formats)| names(formats)).collect()
        };
        let both = [linux, windows.clone()];
        assert_eq!(of(&[deb, tar_gz], &both), [vec!["deb", "tar.gz"], vec!["tar.gz"]]);
        assert_eq!(of(&[deb], &both), [vec!["deb"], vec![]]);
        let others = [windows, mac];
        let error = formats_of(&[tar_gz, deb], &others).unwrap_err();
        assert_eq!(error.to_string(), "a .deb can't be made for windows-x86_64 or macos-arm64");
        assert!(error.hint().unwrap().starts_with("take `--format "));
    }

    #[test]
    fn what_is_asked_for_comes_before_what_the_project_says() {
        let of = |names: &[&str]| -> Vec<Target> {
            names.iter().map(|name| Target::named(name).unwrap()).collect()
        };
        let (mac, two) = (of(&["macos-arm64"]), of(&["windows-x86_64", "macos-arm64"]));
        assert_eq!(targets(&mac, &two), mac);
        assert_eq!(targets(&[], &two), two);
        assert_eq!(targets(&[&two[..], &two].concat(), &[]), two);
        assert_eq!(targets(&[], &[]), [Target::host()]);
    }
}
