use super::place::{ADDRESS, Place};
use crate::is_root;

/// A server for each place. What stands before `---` in its text stands above the server.
pub fn configuration(places: &[Place]) -> String {
    // As root its workers would be `nobody`, who can't read the sandbox's folder.
    let user = if is_root() { "user root;" } else { "" };
    let servers: String = places.iter().map(server).collect();
    format!(
        r#"{user}
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr crit;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    types {{ text/html html; text/css css; application/javascript js; }}
    map $http_upgrade $switch {{ default upgrade; '' close; }}
{servers}}}
"#
    )
}

fn server(place: &Place) -> String {
    let (above, text) = place.parts();
    let port = place.port;
    let (ssl, files) = match &place.certificate {
        Some(files) => (
            " ssl",
            format!(
                "ssl_certificate \"{}\"; ssl_certificate_key \"{}\";",
                files.certificate, files.key
            ),
        ),
        None => ("", String::new()),
    };
    format!("{above}\nserver {{\nlisten {ADDRESS}:{port}{ssl};\n{files}\n{text}\n}}\n")
}
