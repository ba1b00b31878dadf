use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::{TlsConnector, client::TlsStream};
use x509_cert::{Certificate, der::Decode as _};

use super::ms;
use crate::seen::{Tls, TlsFault};

/// Which protocols a connection offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// HTTP/1.1 alone, as a browser does for a WebSocket.
    Http1,
    /// HTTP/2 alone.
    Http2,
    /// Both, as a browser does for a page.
    Both,
}

/// TLS with the roots and the rules of this system.
#[derive(Debug)]
pub struct Client {
    config: ClientConfig,
    leaf: Arc<Mutex<Option<CertificateDer<'static>>>>,
}

impl Client {
    /// One that trusts these certificates as well, in PEM.
    pub fn new(authorities: &[u8]) -> Result<Self, String> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let extra: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(authorities).filter_map(Result::ok).collect();
        let inner = match extra.is_empty() {
            true => Verifier::new(Arc::clone(&provider)),
            false => Verifier::new_with_extra_roots(extra, Arc::clone(&provider)),
        }
        .map_err(|error| error.to_string())?;
        let leaf = Arc::default();
        let recorder = Recorder { inner, leaf: Arc::clone(&leaf) };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(recorder))
            .with_no_client_auth();
        Ok(Self { config, leaf })
    }

    /// Agrees on TLS.
    pub async fn connect(
        &self,
        host: &str,
        stream: TcpStream,
        offer: Offer,
        limit: Duration,
    ) -> Result<TlsStream<TcpStream>, TlsFault> {
        let name = match host.parse::<IpAddr>() {
            Ok(ip) => ServerName::IpAddress(ip.into()),
            Err(_) => ServerName::try_from(host.to_owned())
                .map_err(|error| TlsFault::Handshake { says: error.to_string() })?,
        };
        let mut config = self.config.clone();
        let (h1, h2) = (b"http/1.1".to_vec(), b"h2".to_vec());
        config.alpn_protocols = match offer {
            Offer::Http1 => vec![h1],
            Offer::Http2 => vec![h2],
            Offer::Both => vec![h2, h1],
        };
        let connector = TlsConnector::from(Arc::new(config));
        match timeout(limit, connector.connect(name, stream)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(fault(&error)),
            Err(_) => Err(TlsFault::Silent),
        }
    }

    /// Looks at what the host agrees on, and at its certificate.
    pub async fn look(&self, host: &str, stream: TcpStream, limit: Duration) -> Tls {
        let started = Instant::now();
        let mut seen = Tls::default();
        match self.connect(host, stream, Offer::Both, limit).await {
            Ok(stream) => {
                let (_, connection) = stream.get_ref();
                seen.alpn =
                    connection.alpn_protocol().map(|it| String::from_utf8_lossy(it).into_owned());
                seen.version = connection.protocol_version().map(|version| match version {
                    rustls::ProtocolVersion::TLSv1_3 => "TLS 1.3".to_owned(),
                    rustls::ProtocolVersion::TLSv1_2 => "TLS 1.2".to_owned(),
                    other => format!("{other:?}"),
                });
            }
            Err(fault) => seen.fault = Some(fault),
        }
        seen.ms = ms(started);
        let leaf = self.leaf.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(certificate) = leaf.and_then(|leaf| Certificate::from_der(&leaf).ok()) {
            let tbs = certificate.tbs_certificate();
            seen.self_signed = tbs.issuer() == tbs.subject();
            seen.subject = Some(short(&tbs.subject().to_string()));
            seen.issuer = Some(short(&tbs.issuer().to_string()));
        }
        seen
    }
}

/// The name's parts that say who somebody is; a certificate may have addresses of people in others.
fn short(name: &str) -> String {
    let parts = name
        .split(',')
        .filter(|part| ["CN=", "O=", "OU="].iter().any(|kind| part.trim_start().starts_with(kind)));
    parts.collect::<Vec<_>>().join(",")
}

/// What an error of the handshake means.
fn fault(error: &io::Error) -> TlsFault {
    let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
        return match error.kind() {
            io::ErrorKind::TimedOut => TlsFault::Silent,
            _ => TlsFault::Closed,
        };
    };
    match error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => TlsFault::UnknownIssuer,
        // The systems' own verifiers say this in their words.
        Error::InvalidCertificate(CertificateError::Other(other))
            if ["UnknownIssuer", "not trusted", "CaUsedAsEndEntity"]
                .iter()
                .any(|words| format!("{other:?}").contains(words)) =>
        {
            TlsFault::UnknownIssuer
        }
        Error::InvalidCertificate(what) => TlsFault::Certificate { says: what.to_string() },
        Error::InvalidMessage(_) => TlsFault::NotTls,
        other => TlsFault::Handshake { says: other.to_string() },
    }
}

/// Asks the system, and keeps the certificate that it was asked about.
#[derive(Debug)]
struct Recorder {
    inner: Verifier,
    leaf: Arc<Mutex<Option<CertificateDer<'static>>>>,
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.leaf.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(end_entity.clone().into_owned());
        self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_people() {
        assert_eq!(short("CN=R11,O=Let's Encrypt,C=US"), "CN=R11,O=Let's Encrypt");
        assert_eq!(short("emailAddress=a@b.example,CN=Own CA"), "CN=Own CA");
    }

    #[test]
    fn errors_of_the_handshake() {
        let of = |error: Error| fault(&io::Error::other(error));
        assert_eq!(of(CertificateError::UnknownIssuer.into()), TlsFault::UnknownIssuer);
        assert_eq!(
            of(Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType)),
            TlsFault::NotTls
        );
        assert!(matches!(of(CertificateError::Expired.into()), TlsFault::Certificate { .. }));
        assert!(matches!(of(Error::DecryptError), TlsFault::Handshake { .. }));
        assert_eq!(fault(&io::ErrorKind::UnexpectedEof.into()), TlsFault::Closed);
    }
}
