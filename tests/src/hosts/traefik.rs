use std::path::Path;

use serde_json::{Map, Value, json};

use super::place::{ADDRESS, Place};
use crate::Result;

/// The program's own configuration: an entry point for each place. JSON is YAML too.
pub fn configuration(hosts: &Path, places: &[Place]) -> String {
    let entry = |place: &Place| {
        (place.name.to_owned(), json!({ "address": format!("{ADDRESS}:{}", place.port) }))
    };
    json!({
        "global": { "checkNewVersion": false, "sendAnonymousUsage": false },
        "log": { "level": "ERROR" },
        "entryPoints": places.iter().map(entry).collect::<Map<_, _>>(),
        "providers": { "file": { "filename": hosts, "watch": false } },
    })
    .to_string()
}

/// What each entry point leads to. A place's text is the `loadBalancer` of a service, as JSON; what
/// stands before `---` is a middleware.
pub fn hosts(places: &[Place]) -> Result<String> {
    let (mut routers, mut services) = (Map::new(), Map::new());
    let (mut middlewares, mut certificates) = (Map::new(), Vec::new());
    for place in places {
        let name = place.name;
        let (middleware, balancer) = place.parts();
        let mut router =
            json!({ "entryPoints": [name], "rule": "PathPrefix(`/`)", "service": name });
        if !middleware.is_empty() {
            middlewares.insert(name.to_owned(), serde_json::from_str(middleware)?);
            router["middlewares"] = json!([name]);
        }
        if let Some(files) = &place.certificate {
            router["tls"] = json!({});
            certificates.push(json!({ "certFile": files.certificate, "keyFile": files.key }));
        }
        routers.insert(name.to_owned(), router);
        let balancer: Value = serde_json::from_str(balancer)?;
        services.insert(name.to_owned(), json!({ "loadBalancer": balancer }));
    }
    let mut hosts = json!({ "http": { "routers": routers, "services": services } });
    if !middlewares.is_empty() {
        hosts["http"]["middlewares"] = middlewares.into();
    }
    // An address has no name in the handshake by which one could be chosen.
    if let Some(first) = certificates.first().cloned() {
        let stores = json!({ "default": { "defaultCertificate": first } });
        hosts["tls"] = json!({ "certificates": certificates, "stores": stores });
    }
    Ok(hosts.to_string())
}
