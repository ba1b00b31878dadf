use serde_json::{Map, Value, json};

use super::place::{ADDRESS, Place};
use crate::Result;

const TYPES: &str = "type.googleapis.com/envoy.extensions";

/// A listener and a cluster for each place. A place's text is a JSON object: `app` is Streamlit's
/// port, `manager` is added to the connection manager's settings, and `alpn` are protocols for TLS.
pub fn configuration(places: &[Place]) -> Result<String> {
    let mut listeners = Vec::new();
    let mut clusters = Vec::new();
    for place in places {
        let text: Value = serde_json::from_str(&place.text)?;
        listeners.push(listener(place, &text));
        clusters.push(cluster(place.name, &text["app"])?);
    }
    let resources = json!({ "listeners": listeners, "clusters": clusters });
    Ok(json!({ "static_resources": resources }).to_string())
}

fn listener(place: &Place, text: &Value) -> Value {
    let name = place.name;
    let router = json!({
        "name": "envoy.filters.http.router",
        "typed_config": { "@type": format!("{TYPES}.filters.http.router.v3.Router") },
    });
    let route =
        json!({ "match": { "prefix": "/" }, "route": { "cluster": name, "timeout": "0s" } });
    let host = json!({ "name": "all", "domains": ["*"], "routes": [route] });
    let kind = "filters.network.http_connection_manager.v3.HttpConnectionManager";
    let mut manager = json!({
        "@type": format!("{TYPES}.{kind}"),
        "stat_prefix": name,
        "route_config": { "virtual_hosts": [host] },
        "http_filters": [router],
    });
    for (key, value) in text["manager"].as_object().unwrap_or(&Map::new()) {
        manager[key] = value.clone();
    }
    let filter = json!({
        "name": "envoy.filters.network.http_connection_manager",
        "typed_config": manager,
    });
    let mut chain = json!({ "filters": [filter] });
    if let Some(files) = &place.certificate {
        let certificate = json!({
            "certificate_chain": { "filename": files.certificate },
            "private_key": { "filename": files.key },
        });
        let mut context = json!({ "tls_certificates": [certificate] });
        if let Some(protocols) = text.get("alpn") {
            context["alpn_protocols"] = protocols.clone();
        }
        let kind = "transport_sockets.tls.v3.DownstreamTlsContext";
        chain["transport_socket"] = json!({
            "name": "envoy.transport_sockets.tls",
            "typed_config": { "@type": format!("{TYPES}.{kind}"), "common_tls_context": context },
        });
    }
    json!({
        "name": name,
        "address": address(ADDRESS, &place.port.into()),
        "filter_chains": [chain],
    })
}

fn cluster(name: &str, app: &Value) -> Result<Value> {
    let app = app.as_str().and_then(|app| app.rsplit_once(':'));
    let (host, port) = app.ok_or_else(|| anyhow::anyhow!("`{name}` names no app"))?;
    let endpoint =
        json!({ "endpoint": { "address": address(host, &port.parse::<u16>()?.into()) } });
    let assignment = json!({ "cluster_name": name, "endpoints": [{ "lb_endpoints": [endpoint] }] });
    Ok(json!({
        "name": name,
        "type": "STATIC",
        "connect_timeout": "2s",
        "load_assignment": assignment,
    }))
}

fn address(host: &str, port: &Value) -> Value {
    json!({ "socket_address": { "address": host, "port_value": port } })
}
