use super::case::Host::{Based, HomeMade, NoName, Nothing, Product as Of, Streamlit};
use super::case::{Case, Expected, Scheme};
use super::configurations::*;
use super::homemade::Manner;
use super::product::Product::{Apache, Caddy, Envoy, HaProxy, Nginx, Traefik};

/// Every host that the command is tried on.
pub const CASES: &[Case] = &[
    Case::whole("direct", "Streamlit itself", Streamlit).common(),
    Case::whole("direct-base", "Streamlit with `server.baseUrlPath`, at that path", Based)
        .at("/app"),
    Case::whole("nginx", "nginx, passing on `Upgrade` and `Host`", Of(Nginx, NGINX))
        .by("nginx")
        .common(),
    Case::whole("nginx-tls", "the same by TLS", Of(Nginx, NGINX))
        .by("nginx")
        .over(Scheme::Https)
        .common(),
    Case::whole("nginx-run", "the same, and the script is run", Of(Nginx, NGINX))
        .by("nginx")
        .with(&["--run"]),
    Case::whole(
        "nginx-strip",
        "nginx, taking a path away that Streamlit does not have",
        Of(Nginx, NGINX_STRIP),
    )
    .by("nginx")
    .at("/app/"),
    Case::whole("nginx-path", "nginx, keeping the path that Streamlit has", Of(Nginx, NGINX_PATH))
        .by("nginx")
        .at("/app/"),
    Case::whole(
        "nginx-sticky",
        "nginx before two replicas, by the client's address",
        Of(Nginx, NGINX_STICKY),
    )
    .by("nginx")
    .with(&["--run"]),
    Case::whole("nginx-http10", "nginx, with HTTP/1.0 to Streamlit", Of(Nginx, NGINX_HTTP10))
        .by("nginx")
        .but_tornado(Expected::Open {
            stage: 4,
            possible: &["http10", "closed-by-app"],
            product: Some("nginx"),
        }),
    Case::whole("apache", "Apache with `upgrade=websocket`", Of(Apache, APACHE)),
    Case::whole("apache-tls", "Apache with mod_proxy_wstunnel, by TLS", Of(Apache, APACHE_TUNNEL))
        .over(Scheme::Https),
    Case::whole("caddy", "Caddy", Of(Caddy, CADDY)).by("caddy"),
    Case::whole("caddy-tls", "Caddy by TLS", Of(Caddy, CADDY)).by("caddy").over(Scheme::Https),
    Case::whole("haproxy", "HAProxy", Of(HaProxy, HAPROXY)),
    Case::whole("haproxy-tls", "HAProxy by TLS, with HTTP/2", Of(HaProxy, HAPROXY))
        .over(Scheme::Https),
    Case::whole("traefik", "Traefik", Of(Traefik, TRAEFIK)),
    Case::whole("traefik-tls", "Traefik by TLS, with HTTP/2", Of(Traefik, TRAEFIK))
        .over(Scheme::Https),
    Case::whole("envoy", "Envoy with `upgrade_configs`", Of(Envoy, ENVOY)).by("envoy"),
    Case::whole("envoy-tls", "the same by TLS", Of(Envoy, ENVOY)).by("envoy").over(Scheme::Https),
    // The first contact.
    Case::fails("no-name", "a name that leads nowhere", NoName, 1, "no-name"),
    Case::fails("refused", "nothing listens", Nothing, 1, "refused").common(),
    Case::fails(
        "mute",
        "a server that accepts and says nothing",
        HomeMade(Manner::Mute),
        1,
        "no-answer",
    ),
    Case::fails("ssh", "a server of another protocol", HomeMade(Manner::Ssh), 1, "other-protocol"),
    Case::fails(
        "private",
        "a certificate of a private authority",
        Of(Nginx, NGINX),
        1,
        "tls-private-authority",
    )
    .over(Scheme::Private)
    .common(),
    Case::fails("other-name", "a certificate for another name", Of(Nginx, NGINX), 1, "tls-failed")
        .over(Scheme::OtherName)
        .with(&["--ca", "{ca}"]),
    Case::fails(
        "https-to-http",
        "`https` at a port without TLS",
        Of(Nginx, NGINX),
        1,
        "other-protocol",
    )
    .over(Scheme::HttpsToHttp),
    Case::fails(
        "http-to-https",
        "`http` at a port with TLS",
        Of(Nginx, NGINX),
        1,
        "other-protocol",
    )
    .by("nginx")
    .over(Scheme::HttpToHttps),
    // The page, its scripts and styles.
    Case::fails(
        "endless-head",
        "an answer whose fields have no end",
        HomeMade(Manner::EndlessHead),
        2,
        "endless",
    ),
    Case::fails(
        "endless-body",
        "a page that has no end",
        HomeMade(Manner::EndlessBody),
        2,
        "endless",
    ),
    Case::fails("redirects", "a redirect to itself", Of(Nginx, NGINX_REDIRECT), 2, "redirect-loop")
        .by("nginx"),
    Case::fails(
        "cookies-nginx",
        "a cookie of 9 KB, and nginx with its usual buffers",
        Of(Nginx, NGINX),
        2,
        "header-too-long",
    )
    .by("nginx")
    .with(&["--cookie-file", "{cookie}"]),
    Case::fails(
        "login",
        "a page to log in on stands before the app",
        HomeMade(Manner::Login),
        2,
        "login-in-front",
    )
    .by("oauth2-proxy"),
    Case::fails(
        "dead-nginx",
        "nginx, and Streamlit does not run",
        Of(Nginx, NGINX_DEAD),
        2,
        "upstream-down",
    )
    .by("nginx"),
    Case::open(
        "dead-haproxy",
        "HAProxy, and Streamlit does not run",
        Of(HaProxy, HAPROXY_DEAD),
        2,
        &["upstream-down", "starting"],
    )
    .by("haproxy"),
    Case::fails("website", "another website", HomeMade(Manner::Website), 2, "not-streamlit"),
    Case::fails(
        "type-nginx",
        "nginx serves the scripts as `text/plain`",
        Of(Nginx, NGINX_TYPE),
        2,
        "script-type",
    )
    .by("nginx")
    .common(),
    Case::fails(
        "type",
        "scripts are `application/octet-stream`",
        HomeMade(Manner::ScriptType("application/octet-stream")),
        2,
        "script-type",
    ),
    Case::fails(
        "missing-nginx",
        "nginx has no scripts",
        Of(Nginx, NGINX_MISSING),
        2,
        "script-missing",
    )
    .by("nginx"),
    Case::fails(
        "stale",
        "a page of an older version, whose scripts are gone",
        HomeMade(Manner::StalePage),
        2,
        "script-missing",
    ),
    Case::fails(
        "path-unknown",
        "nginx keeps a path that Streamlit does not have",
        Of(Nginx, NGINX_UNKNOWN),
        2,
        "base-path",
    )
    .by("nginx")
    .at("/app/")
    .common(),
    Case::fails(
        "path-stripped",
        "nginx takes a path away that Streamlit has",
        Of(Nginx, NGINX_STRIPPED),
        2,
        "base-path",
    )
    .by("nginx")
    .at("/app/"),
    // The handshake.
    Case::fails(
        "upgrade-nginx",
        "nginx without `Upgrade`",
        Of(Nginx, NGINX_PLAIN),
        3,
        "upgrade-dropped",
    )
    .by("nginx")
    .common(),
    Case::fails("upgrade-tls", "the same by TLS", Of(Nginx, NGINX_PLAIN), 3, "upgrade-dropped")
        .by("nginx")
        .over(Scheme::Https),
    Case::fails(
        "upgrade-upstream",
        "the same, with Streamlit's own address given",
        Of(Nginx, NGINX_PLAIN),
        3,
        "upgrade-dropped",
    )
    .by("nginx")
    .with(&["--upstream", "http://{app}"]),
    Case::fails(
        "upgrade-apache",
        "Apache without `upgrade=websocket` and mod_proxy_wstunnel",
        Of(Apache, APACHE_PLAIN),
        3,
        "upgrade-dropped",
    )
    .by("apache")
    .common(),
    Case::fails(
        "upgrade-caddy",
        "Caddy, told to take `Upgrade` away",
        Of(Caddy, CADDY_PLAIN),
        3,
        "upgrade-dropped",
    )
    .by("caddy"),
    Case::fails(
        "upgrade-haproxy",
        "HAProxy, told to take `Upgrade` away",
        Of(HaProxy, HAPROXY_PLAIN),
        3,
        "upgrade-dropped",
    )
    .by("haproxy"),
    Case::fails(
        "upgrade-envoy",
        "Envoy without `upgrade_configs`",
        Of(Envoy, ENVOY_PLAIN),
        3,
        "platform-without-websocket",
    )
    .by("envoy")
    .common(),
    Case::fails(
        "api-gateway",
        "request and answer only, with API Gateway's fields",
        HomeMade(Manner::Adapter(API_GATEWAY)),
        3,
        "http-only-host",
    )
    .by("api-gateway"),
    Case::fails(
        "lambda",
        "request and answer only, with Lambda's fields",
        HomeMade(Manner::Adapter(LAMBDA)),
        3,
        "http-only-host",
    )
    .by("lambda")
    .common(),
    Case::open(
        "adapter",
        "request and answer only, by nobody that shows itself",
        HomeMade(Manner::Adapter(&[])),
        3,
        &["upgrade-dropped", "http-only-host"],
    ),
    Case::fails(
        "host-nginx",
        "nginx with `Upgrade`, and `Host` as it comes",
        Of(Nginx, NGINX_HOST),
        3,
        "origin-refused",
    )
    .by("nginx")
    .common(),
    Case::fails(
        "host-apache",
        "Apache without `ProxyPreserveHost`",
        Of(Apache, APACHE_HOST),
        3,
        "origin-refused",
    )
    .by("apache"),
    Case::fails(
        "host-caddy",
        "Caddy with the upstream's `Host`",
        Of(Caddy, CADDY_HOST),
        3,
        "origin-refused",
    )
    .by("caddy"),
    Case::fails(
        "host-traefik",
        "Traefik without `passHostHeader`",
        Of(Traefik, TRAEFIK_HOST),
        3,
        "origin-refused",
    ),
    Case::fails(
        "cookies",
        "a cookie of 9 KB, and nginx with larger buffers",
        Of(Nginx, NGINX_BUFFERS),
        3,
        "header-too-long",
    )
    .by("nginx")
    .with(&["--cookie-file", "{cookie}"])
    .but_tornado(Expected::Whole { product: Some("nginx") }),
    Case::fails(
        "cookies-direct",
        "a cookie of 9 KB, and Streamlit itself",
        Streamlit,
        3,
        "header-too-long",
    )
    .with(&["--cookie-file", "{cookie}"])
    .but_tornado(Expected::Whole { product: None }),
    Case::fails(
        "old-login",
        "the cookie of an older login is refused",
        HomeMade(Manner::OldLogin),
        3,
        "old-login-cookie",
    )
    .with(&["--header", "Cookie: _streamlit_user=old"]),
    Case::fails("http10", "HTTP/1.0", HomeMade(Manner::Http10), 3, "http10"),
    Case::fails("http2", "Envoy with HTTP/2 alone", Of(Envoy, ENVOY_HTTP2), 3, "http2-only")
        .by("envoy")
        .over(Scheme::Https),
    Case::fails("iis", "IIS with WebSockets off", HomeMade(Manner::Iis), 3, "websockets-off")
        .by("azure"),
    Case::fails(
        "cloudflare",
        "a firewall of Cloudflare's",
        HomeMade(Manner::Cloudflare),
        3,
        "cloudflare",
    )
    .by("cloudflare"),
    Case::fails(
        "firewall",
        "a firewall of nobody's that shows itself",
        HomeMade(Manner::Firewall),
        3,
        "firewall",
    ),
    Case::fails(
        "subprotocol-lost",
        "the answer has no subprotocol",
        HomeMade(Manner::NoSubprotocol),
        3,
        "subprotocol-lost",
    )
    .common(),
    Case::fails(
        "subprotocol-whole",
        "the answer has the whole list of subprotocols",
        HomeMade(Manner::WholeList),
        3,
        "subprotocol-whole",
    ),
    Case::fails(
        "garbled",
        "the answer of an older handshake",
        HomeMade(Manner::Garbled),
        3,
        "handshake-garbled",
    ),
    Case::fails("starting", "Streamlit is not ready", HomeMade(Manner::Starting), 3, "starting"),
    // The messages.
    Case::fails("silent", "101, and nothing after it", HomeMade(Manner::Silent), 4, "silent"),
    Case::fails(
        "idle-nginx",
        "nginx with `proxy_read_timeout 4s`",
        Of(Nginx, NGINX_IDLE),
        4,
        "idle-limit",
    )
    .by("nginx")
    .with(IDLE)
    .common(),
    Case::fails(
        "idle-haproxy",
        "HAProxy with `timeout tunnel 4s`",
        Of(HaProxy, HAPROXY_IDLE),
        4,
        "idle-limit",
    )
    .by("haproxy")
    .with(IDLE),
    Case::fails(
        "idle-envoy",
        "Envoy with `stream_idle_timeout: 4s`",
        Of(Envoy, ENVOY_IDLE),
        4,
        "idle-limit",
    )
    .by("envoy")
    .with(IDLE),
    Case::fails(
        "age-envoy",
        "Envoy with `max_stream_duration: 4s`",
        Of(Envoy, ENVOY_AGE),
        4,
        "age-limit",
    )
    .by("envoy")
    .with(IDLE),
    Case::fails(
        "age",
        "a connection ends when it is 4 s old",
        HomeMade(Manner::AgeLimit(4)),
        4,
        "age-limit",
    )
    .with(IDLE),
    Case::fails(
        "two-nginx",
        "nginx before two replicas, in turn",
        Of(Nginx, NGINX_TWO),
        4,
        "no-stickiness",
    )
    .by("nginx")
    .with(&["--run"]),
    Case::fails(
        "two-haproxy",
        "HAProxy before two replicas, in turn",
        Of(HaProxy, HAPROXY_TWO),
        4,
        "no-stickiness",
    )
    .by("haproxy")
    .with(&["--run"]),
    Case::fails(
        "two-traefik",
        "Traefik before two replicas, in turn",
        Of(Traefik, TRAEFIK_TWO),
        4,
        "no-stickiness",
    )
    .with(&["--run"]),
];
