use super::place::{ADDRESS, Place};

/// A site for each place. What stands before `---` in its text are global options for its server.
pub fn configuration(places: &[Place]) -> String {
    let servers: String = places.iter().map(server).collect();
    let sites: String = places.iter().map(site).collect();
    // Its own authority and redirects are not wanted, nor is anybody to be asked for a certificate.
    format!("{{\nadmin off\nauto_https off\n{servers}}}\n{sites}")
}

fn server(place: &Place) -> String {
    match place.parts() {
        ("", _) => String::new(),
        (options, _) => format!("servers {ADDRESS}:{} {{\n{options}\n}}\n", place.port),
    }
}

fn site(place: &Place) -> String {
    let (_, text) = place.parts();
    let port = place.port;
    let (scheme, files) = match &place.certificate {
        Some(files) => ("https", format!("tls \"{}\" \"{}\"", files.certificate, files.key)),
        None => ("http", String::new()),
    };
    format!("{scheme}://{ADDRESS}:{port} {{\nbind {ADDRESS}\n{files}\n{text}\n}}\n")
}
