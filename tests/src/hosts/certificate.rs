use std::path::Path;

use camino::Utf8PathBuf;

use super::place::Files;
use crate::{Launch, PATIENCE, Result, Sandbox};

const CONFIGURATION: &str = "[req]
distinguished_name = name
prompt = no
[name]
CN = somebody
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[own]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.2
[other]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:elsewhere.invalid
";

/// An authority that no system knows, and certificates of it.
#[derive(Clone, Debug)]
pub struct Authority {
    /// Its own certificate.
    pub certificate: Utf8PathBuf,
    /// A certificate for the address of all hosts.
    pub own: Files,
    /// One for another name.
    pub other: Files,
}

impl Authority {
    /// Makes all of them.
    pub async fn make(sandbox: &Sandbox) -> Result<Self> {
        let folder = Utf8PathBuf::try_from(sandbox.work().join("certificates"))?;
        fs_err::create_dir_all(&folder)?;
        fs_err::write(folder.join("openssl.cnf"), CONFIGURATION)?;
        let request = |name: &str| -> Launch {
            let new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
            let launch = sandbox.launch("/usr/bin/openssl").directory(&folder);
            let launch = launch.args(["req", "-x509", "-config", "openssl.cnf", "-days", "30"]);
            let launch = launch.args(new).args(["-extensions", name]);
            launch.args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.pem")])
        };
        let authority = request("authority").args(["-subj", "/CN=Authority of the tests"]);
        authority.finish(PATIENCE).await?.success()?;
        for name in ["own", "other"] {
            let signed = ["-CA", "authority.pem", "-CAkey", "authority.key"];
            let signed = request(name).args(signed).args(["-subj", "/CN=Host of the tests"]);
            signed.finish(PATIENCE).await?.success()?;
        }
        let files = |name: &str| -> Result<Files> {
            let place = |ending: &str| folder.join(format!("{name}.{ending}"));
            let (certificate, key, both) = (place("pem"), place("key"), place("both"));
            fs_err::write(&both, text(&certificate)? + &text(&key)?)?;
            Ok(Files { certificate, key, both })
        };
        let certificate = folder.join("authority.pem");
        Ok(Self { certificate, own: files("own")?, other: files("other")? })
    }
}

fn text(file: impl AsRef<Path>) -> Result<String> {
    Ok(fs_err::read_to_string(file.as_ref())?)
}
