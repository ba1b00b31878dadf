use super::place::{ADDRESS, Place};

/// A frontend and a backend for each place. What stands before `---` in its text is the frontend's.
pub fn configuration(places: &[Place]) -> String {
    let hosts: String = places.iter().map(host).collect();
    format!(
        "global
    maxconn 200
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout tunnel 1h
{hosts}"
    )
}

fn host(place: &Place) -> String {
    let (frontend, backend) = place.parts();
    let Place { name, port, .. } = place;
    let ssl = match &place.certificate {
        Some(files) => format!(" ssl crt \"{}\" alpn h2,http/1.1", files.both),
        None => String::new(),
    };
    format!(
        "frontend {name}\n    bind {ADDRESS}:{port}{ssl}\n{frontend}\n    default_backend {name}\nbackend {name}\n{backend}\n"
    )
}
