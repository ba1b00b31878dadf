use super::{Cause, Finding, Whose};
use crate::seen::{Connect, Fault, Seen, Tls, TlsFault, What};

/// What is wrong with the first contact: the name, the connection, TLS, or that nothing answers in HTTP.
pub fn find(seen: &Seen) -> Option<Finding> {
    let contact = &seen.contact;
    if let Some(error) = &contact.name_error {
        return Some(Finding::named(1, Cause::NoName).with("says", error));
    }
    if contact.connects.iter().all(|it| it.fault.is_some()) {
        return Some(unreached(&contact.connects));
    }
    if let Some(Tls { fault: Some(fault), issuer, subject, self_signed, .. }) = &contact.tls {
        let mut finding = tls(fault);
        let inspected = issuer.as_deref().is_some_and(inspects);
        finding.whose = (inspected && *fault == TlsFault::UnknownIssuer).then_some(Whose::Network);
        let issuer = issuer.as_deref().unwrap_or("nobody that is known");
        let signed = if *self_signed { "itself" } else { issuer };
        return Some(
            finding
                .with("issuer", signed)
                .with("subject", subject.as_deref().unwrap_or("nobody that is known")),
        );
    }
    let page = seen.exchange(What::Page)?;
    match page.fault()? {
        Fault::Silent => Some(Finding::named(1, Cause::NoAnswer)),
        Fault::NotHttp { says } => {
            let spoken = match says.as_str() {
                "TLS" => "TLS; the address may have to begin with `https`".to_owned(),
                "" => "something that is no HTTP".to_owned(),
                says => format!("`{says}`"),
            };
            Some(Finding::named(1, Cause::OtherProtocol).with("spoken", spoken))
        }
        Fault::OnlyHttp2 => Some(Finding::named(1, Cause::Http2Only)),
        Fault::Closed => Some(Finding::one_of(1, &[Cause::OtherProtocol, Cause::Firewall])),
        Fault::Refused => Some(Finding::named(1, Cause::Refused)),
        Fault::Unreachable { says } => {
            Some(Finding::named(1, Cause::Unreachable).with("says", says))
        }
        // Where a redirect led: its certificate was not looked at by itself.
        Fault::Tls { fault } => Some(
            tls(fault)
                .with("issuer", "an authority of its own")
                .with("subject", "a name that was not looked at"),
        ),
        Fault::EndlessHead => None,
        Fault::Other { says } => {
            Some(Finding::one_of(1, &[Cause::OtherProtocol, Cause::NoAnswer]).with("says", says))
        }
    }
}

fn unreached(connects: &[Connect]) -> Finding {
    let refused = connects.iter().any(|it| it.fault == Some(Fault::Refused));
    if refused {
        return Finding::named(1, Cause::Refused);
    }
    let says = connects.iter().find_map(|it| match &it.fault {
        Some(Fault::Unreachable { says }) => Some(says.as_str()),
        _ => None,
    });
    Finding::named(1, Cause::Unreachable).with("says", says.unwrap_or("no answer"))
}

/// Those who sign certificates in place of a host's, to read what passes; by a part of their names.
const INSPECTORS: &[&str] = &[
    "zscaler",
    "netskope",
    "fortinet",
    "fortigate",
    "palo alto",
    "sophos",
    "kaspersky",
    "avast",
    "avg ",
    "eset ",
    "bitdefender",
    "cisco umbrella",
    "blue coat",
    "bluecoat",
    "forcepoint",
    "skyhigh",
    "mcafee",
    "check point",
    "watchguard",
    "mitmproxy",
    "portswigger",
    "charles proxy",
];

/// Whether whoever signed a certificate reads what passes.
fn inspects(issuer: &str) -> bool {
    let issuer = issuer.to_lowercase();
    INSPECTORS.iter().any(|name| issuer.contains(name))
}

fn tls(fault: &TlsFault) -> Finding {
    let failed = |says: &str| Finding::named(1, Cause::TlsFailed).with("says", says);
    match fault {
        TlsFault::UnknownIssuer => Finding::named(1, Cause::TlsPrivateAuthority),
        TlsFault::Certificate { says } | TlsFault::Handshake { says } => failed(says),
        TlsFault::NotTls => Finding::named(1, Cause::OtherProtocol)
            .with("spoken", "no TLS; the address may have to begin with `http`"),
        TlsFault::Silent => Finding::named(1, Cause::NoAnswer),
        TlsFault::Closed => failed("the connection was closed"),
    }
}
