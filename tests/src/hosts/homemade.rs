use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::head::Head;
use crate::Result;

/// How a server of the tests' own treats what comes: faults that no product has by its settings,
/// and the answers of hosts that can't be had here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Takes a request and gives an answer, as a function does, and knows no other protocol. The
    /// fields are the host's own.
    Adapter(&'static [(&'static str, &'static str)]),
    /// Answers the whole list of subprotocols.
    WholeList,
    /// Answers no subprotocol.
    NoSubprotocol,
    /// Answers the handshake with another key's answer.
    Garbled,
    /// Switches to WebSocket, and passes nothing on after that.
    Silent,
    /// Ends each WebSocket when it is so many seconds old.
    AgeLimit(u64),
    /// Speaks HTTP/1.0 on both sides.
    Http10,
    /// Says this of the type of each script.
    ScriptType(&'static str),
    /// Has a page of another version: its scripts are not there any more.
    StalePage,
    /// Sends whoever has no session to a page to log in on.
    Login,
    /// Is not ready yet, as its health says.
    Starting,
    /// Refuses WebSockets as a firewall of Cloudflare's does.
    Cloudflare,
    /// Refuses WebSockets as any firewall does.
    Firewall,
    /// Refuses WebSockets as IIS does where they are switched off.
    Iis,
    /// Refuses the cookie of an older login.
    OldLogin,
    /// Has another website.
    Website,
    /// Takes a connection and says nothing.
    Mute,
    /// Speaks first, and another protocol.
    Ssh,
    /// Sends fields without an end.
    EndlessHead,
    /// Sends a page without an end.
    EndlessBody,
}

/// A page without anything of Streamlit's.
const WEBSITE: &str =
    "<!doctype html><html><head><title>It works</title></head><body>It works</body></html>";

/// A page that asks for a name and a password.
const LOGIN: &str = "<!doctype html><html><head><title>Sign in</title></head><body>\
    <form method=\"post\" action=\"/oauth2/sign_in\"><input name=\"username\">\
    <input name=\"password\" type=\"password\"><button>Sign in</button></form></body></html>";

/// Serves whoever comes, until it is dropped.
pub async fn serve(listener: TcpListener, manner: Manner, app: SocketAddr) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        // What a connection ends with is what the command has to tell.
        connections.spawn(async move { manner.treat(client, app).await.ok() });
        while connections.try_join_next().is_some() {}
    }
}

impl Manner {
    async fn treat(self, mut client: TcpStream, app: SocketAddr) -> Result<()> {
        match self {
            Self::Mute => hold(client).await,
            Self::Ssh => {
                client.write_all(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n").await?;
                hold(client).await
            }
            Self::EndlessHead => {
                Head::read(&mut client).await?;
                pour(client, "HTTP/1.1 200 OK\r\n", "X-Filler: and so on and on\r\n").await
            }
            Self::EndlessBody => {
                Head::read(&mut client).await?;
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<!doctype html>";
                pour(client, head, "<p>and so on and on</p>\n").await
            }
            _ => self.relay(client, app).await,
        }
    }

    /// One request and its answer, and whatever follows a switch of protocols.
    async fn relay(self, mut client: TcpStream, app: SocketAddr) -> Result<()> {
        let (mut request, rest) = Head::read(&mut client).await?;
        if let Some(answer) = self.own_answer(&request) {
            client.write_all(answer.as_bytes()).await?;
            client.shutdown().await?;
            return hold(client).await;
        }
        let asked = request.clone();
        self.change_request(&mut request);
        if !request.is_upgrade() {
            request.set("Connection", "close");
        }
        let mut upstream = TcpStream::connect(app).await?;
        upstream.write_all(&request.bytes()).await?;
        upstream.write_all(&rest).await?;
        let (mut answer, rest) = Head::read(&mut upstream).await?;
        if !answer.is_switch() {
            answer.set("Connection", "close");
        }
        self.change_answer(&asked, &mut answer);
        client.write_all(&answer.bytes()).await?;
        if self == Self::Silent && answer.is_switch() {
            return hold(client).await;
        }
        client.write_all(&rest).await?;
        let both = copy_bidirectional(&mut client, &mut upstream);
        match self {
            Self::AgeLimit(seconds) if answer.is_switch() => {
                let _at_its_age = tokio::time::timeout(Duration::from_secs(seconds), both).await;
            }
            _ => drop(both.await?),
        }
        Ok(())
    }

    /// What is answered without asking Streamlit.
    fn own_answer(self, request: &Head) -> Option<String> {
        let upgrade = request.is_upgrade();
        match self {
            Self::Login if request.get("cookie").contains("_oauth2_proxy=") => None,
            Self::Login if request.path().starts_with("/oauth2/sign_in") => {
                Some(page("200 OK", "", LOGIN))
            }
            Self::Login => {
                let place = format!("Location: /oauth2/sign_in?rd={}\r\n", request.path());
                Some(page("302 Found", &place, ""))
            }
            Self::Starting if request.path().ends_with("/_stcore/health") => {
                Some(page("503 Service Unavailable", "", "starting"))
            }
            Self::Cloudflare if upgrade => {
                let own = "Server: cloudflare\r\nCF-RAY: 8f0e1c2d3a4b5c6d-FRA\r\n";
                Some(page(
                    "403 Forbidden",
                    own,
                    "<!doctype html><title>Attention Required!</title>",
                ))
            }
            Self::Firewall if upgrade => Some(page(
                "403 Forbidden",
                "",
                "<html><body>The request was blocked.</body></html>",
            )),
            Self::Iis if upgrade => {
                let own = "Server: Microsoft-IIS/10.0\r\n";
                Some(page("503 Service Unavailable", own, "The service is unavailable."))
            }
            Self::OldLogin if upgrade && request.get("cookie").contains("_streamlit_user=") => {
                Some(page("403 Forbidden", "", ""))
            }
            Self::Website => Some(page("200 OK", "", WEBSITE)),
            _ => None,
        }
    }

    fn change_request(self, request: &mut Head) {
        const OF_THE_UPGRADE: [&str; 6] = [
            "upgrade",
            "connection",
            "sec-websocket-key",
            "sec-websocket-version",
            "sec-websocket-protocol",
            "sec-websocket-extensions",
        ];
        match self {
            Self::Adapter(_) => request.remove(&OF_THE_UPGRADE),
            Self::Http10 => {
                request.remove(&OF_THE_UPGRADE);
                request.line = request.line.replace("HTTP/1.1", "HTTP/1.0");
            }
            Self::StalePage if is_script(request) => {
                request.line = request.line.replacen("/static/js/", "/static/js/gone-", 1);
            }
            _ => {}
        }
    }

    fn change_answer(self, asked: &Head, answer: &mut Head) {
        match self {
            Self::Adapter(fields) => {
                for (name, value) in fields {
                    answer.set(name, value);
                }
            }
            Self::WholeList if answer.is_switch() => {
                answer.set("Sec-WebSocket-Protocol", asked.get("sec-websocket-protocol"));
            }
            Self::NoSubprotocol => answer.remove(&["sec-websocket-protocol"]),
            Self::Garbled if answer.is_switch() => {
                answer.set("Sec-WebSocket-Accept", "c3RhbGUgZnJvbSBhIGNhY2hl");
            }
            Self::Http10 => answer.line = answer.line.replace("HTTP/1.1", "HTTP/1.0"),
            Self::ScriptType(kind) if is_script(asked) => answer.set("Content-Type", kind),
            Self::Cloudflare => {
                answer.set("Server", "cloudflare");
                answer.set("CF-RAY", "8f0e1c2d3a4b5c6d-FRA");
            }
            Self::Iis => {
                answer.set("Server", "Microsoft-IIS/10.0");
                answer.add("Set-Cookie", "ARRAffinity=0a1b2c; Path=/; HttpOnly");
            }
            _ => {}
        }
    }
}

fn is_script(request: &Head) -> bool {
    request.path().contains("/static/js/")
}

fn page(status: &str, fields: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\n{fields}Content-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// Reads until the other side ends it.
async fn hold(mut client: TcpStream) -> Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    while client.read(&mut buffer).await? > 0 {}
    Ok(())
}

/// Sends the same again and again, until the other side ends it.
async fn pour(mut client: TcpStream, first: &str, again: &str) -> Result<()> {
    client.write_all(first.as_bytes()).await?;
    let much = again.repeat(1024);
    loop {
        client.write_all(much.as_bytes()).await?;
    }
}
