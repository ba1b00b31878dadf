use std::ffi::OsString;

use crate::error::RunError;

/// What a person wants of an AppImage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// To open the app with these arguments.
    Open(Vec<OsString>),
    /// The place where the SquashFS begins.
    Offset,
    /// The app unpacked into the current folder, to look at it.
    Extract,
    /// The version of the program that an AppImage begins with.
    Version,
    /// What can be asked for.
    Help,
}

/// Begins the arguments that are for this program and not for the app.
const OWN: &str = "--appimage-";

pub(crate) const HELP: &str = "\
Opens the app; it is unpacked into the cache folder once, and arguments are the app's. Instead:

  --appimage-extract   unpack it into `squashfs-root` here
  --appimage-offset    print where its SquashFS begins, in bytes
  --appimage-version   print the version of what unpacks it
  --appimage-help      print this
";

impl Request {
    /// The first argument decides, as in other AppImages.
    pub fn read(mut arguments: Vec<OsString>) -> Result<Self, RunError> {
        let first = arguments.first().map(|it| it.to_string_lossy().into_owned());
        let Some(own) = first.as_deref().and_then(|it| it.strip_prefix(OWN)) else {
            return Ok(Self::Open(arguments));
        };
        match own {
            "extract" => Ok(Self::Extract),
            "offset" => Ok(Self::Offset),
            "version" => Ok(Self::Version),
            "help" => Ok(Self::Help),
            // It always does, so that who asks for it gets what they want.
            "extract-and-run" => {
                arguments.remove(0);
                Ok(Self::Open(arguments))
            }
            _ => Err(RunError::Unknown { argument: format!("{OWN}{own}") }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Request, RunError> {
        Request::read(arguments.iter().map(OsString::from).collect())
    }

    #[test]
    fn the_first_argument_decides() {
        let open =
            |arguments: &[&str]| Request::Open(arguments.iter().map(OsString::from).collect());
        for (arguments, request) in [
            (&[][..], open(&[])),
            (&["a b", "--appimage-extract"], open(&["a b", "--appimage-extract"])),
            (&["--appimage-extract", "x"], Request::Extract),
            (&["--appimage-offset"], Request::Offset),
            (&["--appimage-version"], Request::Version),
            (&["--appimage-help"], Request::Help),
            (&["--appimage-extract-and-run", "é"], open(&["é"])),
        ] {
            assert_eq!(read(arguments).unwrap(), request, "{arguments:?}");
        }
        let error = read(&["--appimage-mount"]).unwrap_err().lines();
        assert_eq!(error, "`--appimage-mount` is not known here\nhint: see `--appimage-help`");
    }
}
