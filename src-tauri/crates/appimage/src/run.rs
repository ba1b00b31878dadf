use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rustix::io::{FdFlags, fcntl_setfd};
use waterskin_process::replace;

use crate::error::RunError;
use crate::image::Image;
use crate::kept::{Kept, caches};
use crate::request::{HELP, Request};
use crate::unpack::unpack;
use crate::{show, system};

/// This program's own file, whatever has become of its name.
const OWN: &str = "/proc/self/exe";
/// The app's program in the AppImage.
const PROGRAM: &str = "AppRun";

/// Does what an AppImage does that was opened with these arguments. Comes back only where it did not
/// go on as the app.
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    match Request::read(arguments).and_then(carry_out) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", error.lines());
            ExitCode::FAILURE
        }
    }
}

fn carry_out(request: Request) -> Result<ExitCode, RunError> {
    match request {
        Request::Help => print!("{HELP}"),
        Request::Version => println!("waterskin-appimage {}", env!("CARGO_PKG_VERSION")),
        Request::Offset => println!("{}", Image::open(Path::new(OWN))?.note.offset),
        Request::Extract => {
            let (image, path) = (Image::open(Path::new(OWN))?, PathBuf::from("squashfs-root"));
            image.check()?;
            unpack(&image, &path).map_err(|source| RunError::Unpack { path, source })?;
        }
        Request::Open(arguments) => {
            let image = Image::open(Path::new(OWN));
            let name = image.as_ref().map_or_else(|_| own_name(), |image| image.note.name.clone());
            if let Err(error) = image.and_then(|image| open(&image, &arguments)) {
                show::failure(&name, &error.lines());
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Goes on as the app.
fn open(image: &Image, arguments: &[OsString]) -> Result<(), RunError> {
    let variable = |name: &str| env::var_os(name).map(PathBuf::from);
    let caches = caches(variable).ok_or(RunError::NoFolder)?;
    let kept = Kept::of(&caches, &image.note.id)?;
    let unpacked = kept.unpacked(image)?;
    kept.remove_others(&image.note.digest.to_hex());
    // By its own name: desktops know windows by that of the program.
    let program = unpacked.path.join(PROGRAM);
    let program = program.canonicalize().unwrap_or(program);
    system::check(&program, &image.note.name)?;
    let failed = |source| RunError::Start { path: program.clone(), source };
    // The app takes the lock over.
    fcntl_setfd(&unpacked.lock, FdFlags::empty()).map_err(|error| failed(error.into()))?;
    replace(&program, arguments, &environment(&unpacked.path)).map(drop).map_err(failed)
}

/// What programs in AppImages are told, by the AppImage specification.
fn environment(folder: &Path) -> Vec<(&'static str, OsString)> {
    let own = env::current_exe().unwrap_or_default();
    let mut told = vec![
        ("APPDIR", folder.as_os_str().to_owned()),
        ("APPIMAGE", own.into_os_string()),
        ("ARGV0", env::args_os().next().unwrap_or_default()),
    ];
    told.extend(env::current_dir().ok().map(|folder| ("OWD", folder.into_os_string())));
    told
}

/// What a file is called that does not say what is in it.
fn own_name() -> String {
    let own = env::current_exe().unwrap_or_default();
    own.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
