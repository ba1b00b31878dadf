use std::path::Path;

use super::place::{ADDRESS, Place};
use crate::is_root;

const MODULES: [&str; 13] = [
    "mpm_event",
    "authz_core",
    "headers",
    "proxy",
    "proxy_http",
    "proxy_wstunnel",
    "proxy_balancer",
    "slotmem_shm",
    "lbmethod_byrequests",
    "rewrite",
    "socache_shmcb",
    "ssl",
    "alias",
];

/// A virtual host for each place.
pub fn configuration(folder: &Path, places: &[Place]) -> String {
    let module =
        |name: &&str| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n");
    let modules: String = MODULES.iter().map(module).collect();
    // It refuses to serve as root.
    let user = if is_root() { "User www-data\nGroup www-data\n" } else { "" };
    let hosts: String = places.iter().map(host).collect();
    format!(
        "ServerRoot \"{folder}\"
DefaultRuntimeDir \"{folder}\"
PidFile apache.pid
ErrorLog error.log
LogLevel error
ServerName localhost
StartServers 1
MinSpareThreads 5
MaxSpareThreads 50
ThreadsPerChild 50
MaxRequestWorkers 50
{modules}{user}{hosts}",
        folder = folder.display()
    )
}

fn host(place: &Place) -> String {
    let port = place.port;
    let files = match &place.certificate {
        Some(files) => format!(
            "SSLEngine on\nSSLCertificateFile \"{}\"\nSSLCertificateKeyFile \"{}\"\n",
            files.certificate, files.key
        ),
        None => String::new(),
    };
    let text = &place.text;
    format!(
        "Listen {ADDRESS}:{port} http\n<VirtualHost {ADDRESS}:{port}>\n{files}{text}\n</VirtualHost>\n"
    )
}
