use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;
use url::{Host, Url};
use waterskin_proxy::Event;

use crate::PortInfo;

/// Logging in at other sites by the system's browser, for hosts whose page is in a web view:
/// providers refuse these.
#[derive(Clone, Debug)]
pub struct Login {
    /// The HTML page that the browser shows in the end.
    pub page: Arc<str>,
    /// Told what the host has to do.
    pub steps: UnboundedSender<LoginStep>,
}

/// What the host has to do for a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginStep {
    /// Open this address in the system's browser. It works once.
    Leave {
        /// The address.
        url: String,
    },
    /// Show this address in the window that the login began in: the person came back.
    Return {
        /// The address.
        url: String,
    },
    /// Tell the person that logging in can't work: the provider would send them to a port of this
    /// machine that another program had when the session began.
    PortTaken {
        /// The port.
        port: u16,
    },
    /// Tell the person that logging in can't work: the provider would send them elsewhere, as the
    /// app's author wrote it down.
    Misled {
        /// Where.
        redirect_uri: String,
    },
}

impl LoginStep {
    /// What an event of the proxy asks for, if anything.
    pub(crate) fn after(event: &Event, ports: PortInfo) -> Option<Self> {
        let here = |path: &str| format!("http://localhost:{}{path}", ports.port);
        Some(match event {
            Event::Leaves { path } => Self::Leave { url: here(path) },
            // Whatever name of this machine the provider knows, the window has the cookies of this one.
            Event::Returned { target } => Self::Return { url: here(target) },
            Event::NoReturn { redirect_uri } => {
                let preferred = ports.preferred;
                if preferred != ports.port && is_on_this_machine(redirect_uri, preferred) {
                    Self::PortTaken { port: preferred }
                } else {
                    Self::Misled { redirect_uri: redirect_uri.clone() }
                }
            }
            _ => return None,
        })
    }
}

fn is_on_this_machine(url: &str, port: u16) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    here && url.port_or_known_default() == Some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_that_can_not_come_back_has_one_of_two_causes() {
        let step = |redirect_uri: &str, port, preferred| {
            let event = Event::NoReturn { redirect_uri: redirect_uri.to_owned() };
            LoginStep::after(&event, PortInfo { port, preferred })
        };
        let taken = Some(LoginStep::PortTaken { port: 8501 });
        for host in ["localhost", "127.0.0.1", "[::1]"] {
            assert_eq!(step(&format!("http://{host}:8501/oauth2callback"), 8502, 8501), taken);
        }
        for (redirect_uri, port, preferred) in [
            ("http://localhost:8501/oauth2callback", 8600, 8600),
            ("http://localhost:8503/oauth2callback", 8502, 8501),
            ("http://localhost.example:8501/oauth2callback", 8502, 8501),
            ("https://app.example/oauth2callback", 8501, 8501),
            ("nonsense", 8502, 8501),
        ] {
            let misled = Some(LoginStep::Misled { redirect_uri: redirect_uri.to_owned() });
            assert_eq!(step(redirect_uri, port, preferred), misled);
        }
    }

    #[test]
    fn the_window_comes_back_under_the_name_that_has_the_cookies() {
        let ports = PortInfo { port: 8501, preferred: 8501 };
        let event = Event::Returned { target: "/oauth2callback?code=a%2Fb&state=s".to_owned() };
        let url = "http://localhost:8501/oauth2callback?code=a%2Fb&state=s".to_owned();
        assert_eq!(LoginStep::after(&event, ports), Some(LoginStep::Return { url }));
        assert_eq!(LoginStep::after(&Event::Page, ports), None);
    }
}
