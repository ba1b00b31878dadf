//! What stands in the configuration of each product, and in answers of hosts that are not here.

/// Twice as long as what a connection is given.
pub const IDLE: &[&str] = &["--idle", "9"];

pub const API_GATEWAY: &[(&str, &str)] = &[("Apigw-Requestid", "a1B2c3D4e5F6=")];
pub const LAMBDA: &[(&str, &str)] = &[
    ("x-amzn-RequestId", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"),
    ("X-Amzn-Trace-Id", "Root=1-674a0000-0123456789abcdef01234567;Sampled=0"),
];

pub const NGINX: &str = "location / {
    proxy_pass http://{app};
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $switch;
}";
pub const NGINX_STRIP: &str = "location /app/ {
    proxy_pass http://{app}/;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $switch;
}";
pub const NGINX_PATH: &str = "location /app/ {
    proxy_pass http://{based};
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $switch;
}";
pub const NGINX_STICKY: &str = "upstream sticky { ip_hash; server {app}; server {second}; }
---
location / {
    proxy_pass http://sticky;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $switch;
}";
pub const NGINX_TWO: &str = "upstream both { server {app}; server {second}; }
---
location / {
    proxy_pass http://both;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $switch;
}";
pub const NGINX_PLAIN: &str = "location / {
    proxy_pass http://{app};
    proxy_set_header Host $http_host;
}";
pub const NGINX_HTTP10: &str = "location / {
    proxy_pass http://{app};
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $switch;
}";
pub const NGINX_HOST: &str = "location / {
    proxy_pass http://{app};
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $switch;
}";
pub const NGINX_UNKNOWN: &str = "location /app/ {
    proxy_pass http://{app};
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $switch;
}";
pub const NGINX_STRIPPED: &str = "location /app/ {
    proxy_pass http://{based}/;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $switch;
}";
pub const NGINX_BUFFERS: &str = "large_client_header_buffers 4 32k;
location / {
    proxy_pass http://{app};
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $switch;
}";
pub const NGINX_IDLE: &str = "location / {
    proxy_pass http://{app};
    proxy_http_version 1.1;
    proxy_read_timeout 4s;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $switch;
}";
pub const NGINX_TYPE: &str = "location / {
    proxy_pass http://{app};
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $switch;
}
location /static/ {
    proxy_pass http://{app};
    proxy_hide_header Content-Type;
    add_header Content-Type text/plain;
}";
pub const NGINX_MISSING: &str = "location / {
    proxy_pass http://{app};
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $switch;
}
location /static/ { return 404; }";
pub const NGINX_DEAD: &str = "location / { proxy_pass http://{dead}; }";
pub const NGINX_REDIRECT: &str = "location / { return 302 $request_uri; }";

pub const APACHE: &str = "ProxyPreserveHost On
ProxyPass / http://{app}/ upgrade=websocket
ProxyPassReverse / http://{app}/";
pub const APACHE_TUNNEL: &str = "ProxyPreserveHost On
RewriteEngine On
RewriteCond %{HTTP:Upgrade} =websocket [NC]
RewriteRule /(.*) ws://{app}/$1 [P,L]
ProxyPass / http://{app}/
ProxyPassReverse / http://{app}/";
pub const APACHE_PLAIN: &str = "ProxyPreserveHost On
ProxyPass / http://{app}/
ProxyPassReverse / http://{app}/";
pub const APACHE_HOST: &str = "ProxyPass / http://{app}/ upgrade=websocket
ProxyPassReverse / http://{app}/";
pub const CADDY: &str = "reverse_proxy {app}";
pub const CADDY_PLAIN: &str = "reverse_proxy {app} {
    header_up -Upgrade
    header_up -Connection
}";
pub const CADDY_HOST: &str = "reverse_proxy {app} {
    header_up Host {upstream_hostport}
}";

pub const HAPROXY: &str = "    server app {app}";
pub const HAPROXY_PLAIN: &str = "    http-request del-header Upgrade
    http-request del-header Connection
    server app {app}";
pub const HAPROXY_DEAD: &str = "    server app {dead}";
pub const HAPROXY_IDLE: &str = "    timeout tunnel 4s
    server app {app}";
pub const HAPROXY_TWO: &str = "    balance roundrobin
    server app {app}
    server second {second}";

pub const TRAEFIK: &str = r#"{"servers": [{"url": "http://{app}"}]}"#;
pub const TRAEFIK_HOST: &str = r#"{"servers": [{"url": "http://{app}"}], "passHostHeader": false}"#;
pub const TRAEFIK_TWO: &str =
    r#"{"servers": [{"url": "http://{app}"}, {"url": "http://{second}"}]}"#;

pub const ENVOY: &str =
    r#"{"app": "{app}", "manager": {"upgrade_configs": [{"upgrade_type": "websocket"}]}}"#;
pub const ENVOY_PLAIN: &str = r#"{"app": "{app}"}"#;
pub const ENVOY_HTTP2: &str =
    r#"{"app": "{app}", "alpn": ["h2"], "manager": {"codec_type": "HTTP2"}}"#;
pub const ENVOY_IDLE: &str = r#"{"app": "{app}", "manager": {
    "upgrade_configs": [{"upgrade_type": "websocket"}], "stream_idle_timeout": "4s"}}"#;
pub const ENVOY_AGE: &str = r#"{"app": "{app}", "manager": {
    "upgrade_configs": [{"upgrade_type": "websocket"}],
    "common_http_protocol_options": {"max_stream_duration": "4s"}}}"#;
