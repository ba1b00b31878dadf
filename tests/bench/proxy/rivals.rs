//! The proxies that ours is measured with: Debian's packages, with what one would set for one
//! server on the same machine. No logs, no limits on bodies, connections kept on both sides.

use std::path::Path;

use waterskin_tests::{Launch, Result, Sandbox, is_root};

/// Another proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rival {
    Nginx,
    HaProxy,
    Caddy,
}

impl Rival {
    pub const ALL: [Self; 3] = [Self::Nginx, Self::HaProxy, Self::Caddy];

    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::HaProxy => "HAProxy",
            Self::Caddy => "Caddy",
        }
    }

    /// How it is started, to listen on `port` in front of the server on port `upstream`. nginx
    /// answers `/static/` with the files of the folder `statics`.
    pub fn launch(
        self,
        sandbox: &Sandbox,
        port: u16,
        upstream: u16,
        statics: &Path,
    ) -> Result<Launch> {
        let folder = sandbox.work();
        let (program, name, text) = match self {
            Self::Nginx => ("/usr/sbin/nginx", "nginx.conf", nginx(port, upstream, statics)),
            Self::HaProxy => ("/usr/sbin/haproxy", "haproxy.cfg", haproxy(port, upstream)),
            Self::Caddy => ("/usr/bin/caddy", "Caddyfile", caddy(port, upstream)),
        };
        anyhow::ensure!(Path::new(program).exists(), "there is no `{program}`");
        let file = folder.join(name);
        fs_err::write(&file, text)?;
        let launch = sandbox.launch(program);
        Ok(match self {
            Self::Nginx => launch.arg("-p").arg(&folder).arg("-c").arg(file).args(["-e", "stderr"]),
            Self::HaProxy => launch.args(["-db", "-f"]).arg(file),
            Self::Caddy => launch.args(["run", "--adapter", "caddyfile", "--config"]).arg(file),
        })
    }
}

fn nginx(port: u16, upstream: u16, statics: &Path) -> String {
    // As root its workers would be `nobody`, who can't read the sandbox's folder.
    let user = if is_root() { "user root;" } else { "" };
    let statics = statics.display();
    format!(
        r#"{user}
daemon off;
worker_processes auto;
pid nginx.pid;
error_log stderr warn;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    client_max_body_size 0;
    types {{ application/javascript js; }}
    map $http_upgrade $switch {{ default upgrade; '' ''; }}
    upstream app {{
        server 127.0.0.1:{upstream};
        keepalive 512;
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        location / {{
            proxy_pass http://app;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $switch;
            proxy_request_buffering off;
            proxy_buffers 8 64k;
            proxy_busy_buffers_size 128k;
            proxy_max_temp_file_size 0;
            proxy_read_timeout 1h;
        }}
        location /static/ {{
            alias "{statics}/";
        }}
    }}
}}
"#
    )
}

fn haproxy(port: u16, upstream: u16) -> String {
    format!(
        "global
    maxconn 4096
defaults
    mode http
    timeout connect 5s
    timeout client 1h
    timeout server 1h
    timeout tunnel 1h
    option http-keep-alive
    option splice-auto
    http-reuse always
frontend window
    bind 127.0.0.1:{port}
    default_backend app
backend app
    server app 127.0.0.1:{upstream}
"
    )
}

fn caddy(port: u16, upstream: u16) -> String {
    format!(
        "{{
    admin off
    auto_https off
}}
http://:{port} {{
    bind 127.0.0.1
    reverse_proxy 127.0.0.1:{upstream} {{
        transport http {{
            keepalive_idle_conns_per_host 512
        }}
    }}
}}
"
    )
}
