use std::io;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_doctor::{Address, Cookies, Options, SecretHeader};

use crate::args::DoctorArgs;
use crate::render::Failure;

/// Why a file that was named can't be taken.
#[derive(Debug, thiserror::Error)]
#[error("could not read `{file}`")]
struct FileError {
    file: Utf8PathBuf,
    #[source]
    source: io::Error,
}

/// A file has none of what it was named for.
#[derive(Debug, thiserror::Error)]
#[error("`{file}` has no {what} for this address")]
struct Empty {
    file: Utf8PathBuf,
    what: &'static str,
}

/// What is examined, by the arguments. No failure has the value of a header or a cookie in it.
pub fn of(typed: &str, args: &DoctorArgs) -> Result<Options, Failure> {
    let mut options = Options::new(address(typed)?);
    options.upstream = args.upstream.as_deref().map(address).transpose()?;
    for header in &args.headers {
        let header = SecretHeader::parse(header).map_err(|error| {
            let hint = "give it as `--header 'Name: value'`";
            Failure::new(error, Some(hint.to_owned()))
        })?;
        options.headers.push(header);
    }
    if let Some(file) = &args.cookie_file {
        // Cookies may have bytes that are no text.
        let text = String::from_utf8_lossy(&read(file)?).into_owned();
        options.cookies = Cookies::parse(&text, &options.address);
        if options.cookies.header().is_none() {
            let hint = "export the cookies of this host from a browser as `cookies.txt`, or write `name=value; name=value` into it";
            let error = Empty { file: file.clone(), what: "cookies" };
            return Err(Failure::new(error, Some(hint.to_owned())));
        }
    }
    if let Some(file) = &args.ca {
        options.authorities = read(file)?;
        if !options.authorities.windows(27).any(|it| it == b"-----BEGIN CERTIFICATE-----") {
            let error = Empty { file: file.clone(), what: "certificate in PEM" };
            let hint = "name a file that begins with `-----BEGIN CERTIFICATE-----`";
            return Err(Failure::new(error, Some(hint.to_owned())));
        }
    }
    options.limit = args.timeout;
    options.idle = args.idle;
    options.run = args.run;
    Ok(options)
}

fn address(typed: &str) -> Result<Address, Failure> {
    Address::parse(typed).map_err(|error| {
        let hint = error.hint().to_owned();
        Failure::new(error, Some(hint))
    })
}

fn read(file: &Utf8Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|source| {
        let error = FileError { file: file.to_owned(), source };
        Failure::new(error, Some("name a file that you can read".to_owned()))
    })
}

/// Reads a number of seconds, such as `30` or `0.5`; none is longer than a day.
pub fn seconds(text: &str) -> Result<Duration, String> {
    let wrong = || "give seconds, such as 30".to_owned();
    let seconds: f64 = text.trim_end_matches('s').parse().map_err(|_| wrong())?;
    if !(0.1..=86_400.0).contains(&seconds) {
        return Err("give between 0.1 s and a day".to_owned());
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::args::{Args, Command};

    fn failure(arguments: &[&str]) -> String {
        let all = ["waterskin", "doctor", "http://h/"].iter().chain(arguments);
        let Command::Doctor(args) = Args::try_parse_from(all).unwrap().command else { panic!() };
        of("http://h/", &args).unwrap_err().to_string()
    }

    #[test]
    fn failures_are_clear_and_keep_secrets() {
        let folder = tempfile::tempdir().unwrap();
        let file = Utf8PathBuf::try_from(folder.path().join("ä secret.txt")).unwrap();
        std::fs::write(&file, "# nothing\n").unwrap();
        for (arguments, says) in [
            (&["--header", "s3cret"][..], "no colon"),
            (&["--header", "X y: s3cret"], "signs that no name has"),
            (&["--header", "X: s3\ncret"], "signs that can't be sent"),
            (&["--header", "Upgrade: s3cret"], "the probe's own"),
            (&["--cookie-file", file.as_str()], "has no cookies"),
            (&["--cookie-file", "/nowhere/ä"], "could not read `/nowhere/ä`"),
            (&["--ca", file.as_str()], "has no certificate"),
            (&["--upstream", "ftp://h"], "`ftp` is not how a browser"),
        ] {
            let failure = failure(arguments);
            assert!(failure.contains(says) && failure.contains("hint"), "{failure}");
            assert!(!failure.contains("s3"), "{failure}");
        }
    }

    #[test]
    fn numbers_of_seconds() {
        assert_eq!(seconds("30"), Ok(Duration::from_secs(30)));
        assert_eq!(seconds("0.5s"), Ok(Duration::from_millis(500)));
        for wrong in ["", "x", "-1", "0", "inf", "NaN", "1e9"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
