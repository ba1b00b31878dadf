use serde::{Deserialize, Serialize};

use crate::seen::{Answer, Mark, Seen, What};

/// What answers for a host: the product in front, or the app's own server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "they are names")]
pub enum Product {
    Oauth2Proxy,
    ApiGateway,
    Lambda,
    AppRunner,
    CloudRun,
    Azure,
    Iis,
    KubernetesIngress,
    Cloudflare,
    Envoy,
    Traefik,
    Nginx,
    Apache,
    Caddy,
    Haproxy,
    Tornado,
    Uvicorn,
}

impl Product {
    /// All of them, the most telling first: what is behind another shows less of itself.
    pub const ALL: [Self; 17] = [
        Self::Oauth2Proxy,
        Self::ApiGateway,
        Self::Lambda,
        Self::AppRunner,
        Self::CloudRun,
        Self::Azure,
        Self::Iis,
        Self::KubernetesIngress,
        Self::Cloudflare,
        Self::Envoy,
        Self::Traefik,
        Self::Nginx,
        Self::Apache,
        Self::Caddy,
        Self::Haproxy,
        Self::Tornado,
        Self::Uvicorn,
    ];

    /// Its name in documents.
    pub fn id(self) -> &'static str {
        match self {
            Self::Oauth2Proxy => "oauth2-proxy",
            Self::ApiGateway => "api-gateway",
            Self::Lambda => "lambda",
            Self::AppRunner => "app-runner",
            Self::CloudRun => "cloud-run",
            Self::Azure => "azure",
            Self::Iis => "iis",
            Self::KubernetesIngress => "kubernetes-ingress",
            Self::Cloudflare => "cloudflare",
            Self::Envoy => "envoy",
            Self::Traefik => "traefik",
            Self::Nginx => "nginx",
            Self::Apache => "apache",
            Self::Caddy => "caddy",
            Self::Haproxy => "haproxy",
            Self::Tornado => "tornado",
            Self::Uvicorn => "uvicorn",
        }
    }

    /// Whether it is the app's own server.
    pub fn is_app(self) -> bool {
        matches!(self, Self::Tornado | Self::Uvicorn)
    }

    /// The one in front of the app, or the app's own server where nothing else shows.
    pub fn of(seen: &Seen) -> Option<Self> {
        let host = &seen.contact.host;
        Self::ALL.into_iter().find(|product| product.is_at(host) || product.shows(seen))
    }

    /// Whether the host's name is one that only this platform gives.
    fn is_at(self, host: &str) -> bool {
        let ends: &[&str] = match self {
            Self::ApiGateway => &[".execute-api."],
            Self::Lambda => &[".lambda-url."],
            Self::AppRunner => &[".awsapprunner.com"],
            Self::CloudRun => &[".run.app"],
            Self::Azure => &[".azurewebsites.net"],
            _ => &[],
        };
        // Those with a dot at their end stand in the middle, before the region.
        ends.iter()
            .any(|end| if end.ends_with('.') { host.contains(end) } else { host.ends_with(end) })
    }

    fn shows(self, seen: &Seen) -> bool {
        seen.exchanges
            .iter()
            .filter(|it| it.what != What::HandshakeUpstream)
            .filter_map(|it| Some((it.what, it.answer()?)))
            .any(|(what, answer)| self.shows_in(what, answer))
    }

    fn shows_in(self, what: What, answer: &Answer) -> bool {
        let server = answer.field("server").unwrap_or_default().to_ascii_lowercase();
        let via = answer.field("via").unwrap_or_default().to_ascii_lowercase();
        let is = |name: &str| server.starts_with(name) || via.contains(name);
        let any = |fields: &[&str]| fields.iter().any(|name| answer.field(name).is_some());
        let cookie = |start: &str| answer.cookies.iter().any(|name| name.starts_with(start));
        let front = |mark: Mark| what == What::Front && answer.has(mark);
        match self {
            Self::Oauth2Proxy => {
                answer.has(Mark::Oauth2Proxy)
                    || cookie("_oauth2_proxy")
                    || answer.field("location").is_some_and(|it| it.contains("/oauth2/"))
            }
            Self::ApiGateway => {
                any(&["apigw-requestid", "x-amz-apigw-id"]) || answer.has(Mark::ApiGateway)
            }
            Self::Lambda => any(&["x-amzn-requestid"]) && !any(&["x-amz-apigw-id"]),
            Self::AppRunner => false,
            Self::CloudRun => is("google frontend") && any(&["x-cloud-trace-context"]),
            Self::Azure => cookie("ARRAffinity") || any(&["x-azure-ref"]),
            Self::Iis => is("microsoft-iis") || answer.has(Mark::Iis),
            Self::KubernetesIngress => {
                cookie("INGRESSCOOKIE")
                    || (front(Mark::Nginx) && server.is_empty())
                    || server == "istio-envoy"
            }
            Self::Cloudflare => {
                is("cloudflare") || any(&["cf-ray"]) || answer.has(Mark::Cloudflare)
            }
            Self::Envoy => {
                is("envoy") || any(&["x-envoy-upstream-service-time"]) || answer.has(Mark::Envoy)
            }
            Self::Traefik => is("traefik") || (front(Mark::Go) && answer.status == 404),
            Self::Nginx => is("nginx") || is("openresty") || answer.has(Mark::Nginx),
            Self::Apache => is("apache") || is("httpd") || answer.has(Mark::Apache),
            Self::Caddy => is("caddy"),
            Self::Haproxy => answer.has(Mark::Haproxy) || is("haproxy"),
            Self::Tornado => is("tornadoserver"),
            Self::Uvicorn => is("uvicorn"),
        }
    }

    /// Whether it hands requests and answers over one by one, and so can't have a WebSocket.
    pub fn is_http_only(self) -> bool {
        matches!(self, Self::ApiGateway | Self::Lambda)
    }
}
