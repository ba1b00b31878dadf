use serde::{Deserialize, Serialize};

/// What stops a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The name has no address.
    NoName,
    /// Nothing listens at the port.
    Refused,
    /// No way leads to the host.
    Unreachable,
    /// Something accepts the connection and says nothing.
    NoAnswer,
    /// What listens speaks something else.
    OtherProtocol,
    /// An answer has no end.
    Endless,
    /// Redirects lead in a circle.
    RedirectLoop,
    /// Nobody whom this machine trusts signed the certificate.
    TlsPrivateAuthority,
    /// TLS fails in another way.
    TlsFailed,
    /// The proxy's upstream does not answer.
    UpstreamDown,
    /// The page is not Streamlit's.
    NotStreamlit,
    /// A page to sign in on is in front.
    LoginInFront,
    /// The app says that it is not ready.
    Starting,
    /// A script or style comes with a type that no browser takes.
    ScriptType,
    /// A script or style does not come.
    ScriptMissing,
    /// The app and what is in front differ in the path.
    BasePath,
    /// A proxy does not pass the switch to a WebSocket on.
    UpgradeDropped,
    /// The host has only requests and answers.
    HttpOnlyHost,
    /// The platform refuses WebSockets.
    PlatformWithoutWebsocket,
    /// WebSockets are switched off.
    WebsocketsOff,
    /// The app refuses the origin.
    OriginRefused,
    /// A header is longer than the server reads.
    HeaderTooLong,
    /// A cookie of an older login is refused.
    OldLoginCookie,
    /// Somebody on the way speaks HTTP/1.0.
    #[serde(rename = "http10")]
    Http10,
    /// The host has only HTTP/2.
    #[serde(rename = "http2-only")]
    Http2Only,
    /// The host offers WebSockets over HTTP/2, and they fail.
    #[serde(rename = "http2-connect")]
    Http2Connect,
    /// Cloudflare refuses.
    Cloudflare,
    /// A firewall refuses.
    Firewall,
    /// The subprotocol is not echoed.
    SubprotocolLost,
    /// The whole list of subprotocols is echoed.
    SubprotocolWhole,
    /// The handshake's answer has the wrong key.
    HandshakeGarbled,
    /// The handshake takes longer than the page waits.
    SlowLine,
    /// Nothing passes after the handshake.
    Silent,
    /// The connection is closed when nothing passes.
    IdleLimit,
    /// The connection is closed at an age.
    AgeLimit,
    /// The app itself closes the connection.
    ClosedByApp,
    /// The script is no valid Python.
    NotCompiled,
    /// New connections reach other processes.
    NoStickiness,
}

/// Whose a cause is to mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whose {
    /// Whoever asks: the address, the own machine, its network.
    You,
    /// Whoever runs the network between.
    Network,
    /// Whoever runs the host.
    Host,
    /// Whoever makes the app.
    App,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 38] = [
        Self::NoName,
        Self::Refused,
        Self::Unreachable,
        Self::NoAnswer,
        Self::OtherProtocol,
        Self::Endless,
        Self::RedirectLoop,
        Self::TlsPrivateAuthority,
        Self::TlsFailed,
        Self::UpstreamDown,
        Self::NotStreamlit,
        Self::LoginInFront,
        Self::Starting,
        Self::ScriptType,
        Self::ScriptMissing,
        Self::BasePath,
        Self::UpgradeDropped,
        Self::HttpOnlyHost,
        Self::PlatformWithoutWebsocket,
        Self::WebsocketsOff,
        Self::OriginRefused,
        Self::HeaderTooLong,
        Self::OldLoginCookie,
        Self::Http10,
        Self::Http2Only,
        Self::Http2Connect,
        Self::Cloudflare,
        Self::Firewall,
        Self::SubprotocolLost,
        Self::SubprotocolWhole,
        Self::HandshakeGarbled,
        Self::SlowLine,
        Self::Silent,
        Self::IdleLimit,
        Self::AgeLimit,
        Self::ClosedByApp,
        Self::NotCompiled,
        Self::NoStickiness,
    ];

    /// Its name in documents.
    pub fn id(self) -> &'static str {
        match self {
            Self::NoName => "no-name",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::NoAnswer => "no-answer",
            Self::OtherProtocol => "other-protocol",
            Self::Endless => "endless",
            Self::RedirectLoop => "redirect-loop",
            Self::TlsPrivateAuthority => "tls-private-authority",
            Self::TlsFailed => "tls-failed",
            Self::UpstreamDown => "upstream-down",
            Self::NotStreamlit => "not-streamlit",
            Self::LoginInFront => "login-in-front",
            Self::Starting => "starting",
            Self::ScriptType => "script-type",
            Self::ScriptMissing => "script-missing",
            Self::BasePath => "base-path",
            Self::UpgradeDropped => "upgrade-dropped",
            Self::HttpOnlyHost => "http-only-host",
            Self::PlatformWithoutWebsocket => "platform-without-websocket",
            Self::WebsocketsOff => "websockets-off",
            Self::OriginRefused => "origin-refused",
            Self::HeaderTooLong => "header-too-long",
            Self::OldLoginCookie => "old-login-cookie",
            Self::Http10 => "http10",
            Self::Http2Only => "http2-only",
            Self::Http2Connect => "http2-connect",
            Self::Cloudflare => "cloudflare",
            Self::Firewall => "firewall",
            Self::SubprotocolLost => "subprotocol-lost",
            Self::SubprotocolWhole => "subprotocol-whole",
            Self::HandshakeGarbled => "handshake-garbled",
            Self::SlowLine => "slow-line",
            Self::Silent => "silent",
            Self::IdleLimit => "idle-limit",
            Self::AgeLimit => "age-limit",
            Self::ClosedByApp => "closed-by-app",
            Self::NotCompiled => "not-compiled",
            Self::NoStickiness => "no-stickiness",
        }
    }

    /// Whose it is.
    pub fn whose(self) -> Whose {
        match self {
            Self::NoName | Self::OtherProtocol | Self::NotStreamlit | Self::LoginInFront => {
                Whose::You
            }
            Self::Unreachable | Self::Silent | Self::SlowLine => Whose::Network,
            Self::Starting | Self::OldLoginCookie | Self::ClosedByApp | Self::NotCompiled => {
                Whose::App
            }
            _ => Whose::Host,
        }
    }
}
