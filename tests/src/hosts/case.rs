use super::certificate::Authority;
use super::place::Files;
use super::{Manner, Product};

/// One host: how it is set up, and what is to be said of it.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Its name, which is that of the test's line too.
    pub name: &'static str,
    /// What is set up, for people.
    pub what: &'static str,
    /// How.
    pub host: Host,
    /// How it is spoken to.
    pub scheme: Scheme,
    /// The path of the address.
    pub path: &'static str,
    /// Further arguments of `waterskin doctor`. `{cookie}` is a file with a cookie of 9 KB, `{ca}` the
    /// authority of all certificates, `{app}` Streamlit itself.
    pub arguments: &'static [&'static str],
    /// What is to be said.
    pub expected: Expected,
    /// What is to be said where Streamlit's server is Tornado, if that is something else.
    pub tornado: Option<Expected>,
    /// Whether it is among the most common ones, which every run of the tests has.
    pub common: bool,
}

/// What an address leads to. A text in it is the product's own configuration, in which stand
/// `{app}` for the address of Streamlit, `{second}` for that of another one with the same app,
/// `{based}` for that of one with `server.baseUrlPath=app`, and `{dead}` for one that nobody
/// listens on.
#[derive(Clone, Copy, Debug)]
pub enum Host {
    /// Streamlit itself.
    Streamlit,
    /// Streamlit with `server.baseUrlPath=app`.
    Based,
    /// A product in front of it.
    Product(Product, &'static str),
    /// A server of the tests' own.
    HomeMade(Manner),
    /// A port that nobody listens on.
    Nothing,
    /// A name that leads nowhere (RFC 2606 section 2).
    NoName,
}

/// How a host is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Without TLS.
    Http,
    /// By TLS, with a certificate of an authority that the command is told to trust.
    Https,
    /// By TLS, with a certificate of an authority that nobody knows.
    Private,
    /// By TLS, with a certificate for another name.
    OtherName,
    /// By TLS, at a port that knows none.
    HttpsToHttp,
    /// Without TLS, at a port that wants it.
    HttpToHttps,
}

impl Scheme {
    /// As it stands in an address.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Http | Self::HttpToHttps => "http",
            Self::Https | Self::Private | Self::OtherName | Self::HttpsToHttp => "https",
        }
    }

    /// What the host shows.
    pub(super) fn certificate(self, authority: &Authority) -> Option<&Files> {
        match self {
            Self::Http | Self::HttpsToHttp => None,
            Self::Https | Self::Private | Self::HttpToHttps => Some(&authority.own),
            Self::OtherName => Some(&authority.other),
        }
    }
}

/// What is to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// All four stages pass.
    Whole {
        /// The product that is recognised, where it shows itself.
        product: Option<&'static str>,
    },
    /// One stage fails.
    Fails {
        /// Which.
        stage: u8,
        /// The cause that is named.
        cause: &'static str,
        /// The product that is recognised, where it shows itself.
        product: Option<&'static str>,
    },
    /// One stage fails, and what is seen from outside leaves more than one cause.
    Open {
        /// Which.
        stage: u8,
        /// The causes that are left.
        possible: &'static [&'static str],
        /// The product that is recognised, where it shows itself.
        product: Option<&'static str>,
    },
}

impl Case {
    /// A host that is whole.
    pub const fn whole(name: &'static str, what: &'static str, host: Host) -> Self {
        Self {
            name,
            what,
            host,
            scheme: Scheme::Http,
            path: "/",
            arguments: &[],
            expected: Expected::Whole { product: None },
            tornado: None,
            common: false,
        }
    }

    /// A host whose stage `stage` fails by `cause`.
    pub const fn fails(
        name: &'static str,
        what: &'static str,
        host: Host,
        stage: u8,
        cause: &'static str,
    ) -> Self {
        let expected = Expected::Fails { stage, cause, product: None };
        Self { expected, ..Self::whole(name, what, host) }
    }

    /// A host whose stage `stage` fails, by one of several causes.
    pub const fn open(
        name: &'static str,
        what: &'static str,
        host: Host,
        stage: u8,
        possible: &'static [&'static str],
    ) -> Self {
        let expected = Expected::Open { stage, possible, product: None };
        Self { expected, ..Self::whole(name, what, host) }
    }

    /// The same of a product that shows itself.
    pub const fn by(mut self, name: &'static str) -> Self {
        self.expected = self.expected.by(name);
        self
    }

    /// The same for every run of the tests.
    pub const fn common(self) -> Self {
        Self { common: true, ..self }
    }

    /// The same, spoken to in this way.
    pub const fn over(self, scheme: Scheme) -> Self {
        Self { scheme, ..self }
    }

    /// The same at this path.
    pub const fn at(self, path: &'static str) -> Self {
        Self { path, ..self }
    }

    /// The same with further arguments.
    pub const fn with(self, arguments: &'static [&'static str]) -> Self {
        Self { arguments, ..self }
    }

    /// The same, of which something else is to be said where Streamlit's server is Tornado.
    pub const fn but_tornado(self, expected: Expected) -> Self {
        Self { tornado: Some(expected), ..self }
    }

    /// What is to be said in front of this version of Streamlit.
    pub fn expected_of(&self, version: &str) -> Expected {
        let tornado = self.tornado.filter(|_| version == crate::TORNADO);
        tornado.unwrap_or(self.expected)
    }

    /// Whether this text stands in the configuration.
    pub(super) fn mentions(&self, text: &str) -> bool {
        match self.host {
            Host::Product(_, configuration) => configuration.contains(text),
            Host::Based => text == "{based}",
            _ => false,
        }
    }

    /// The product that has to be there for it.
    pub fn needs(&self) -> Option<Product> {
        match self.host {
            Host::Product(product, _) => Some(product),
            _ => None,
        }
    }
}

impl Expected {
    /// A stage that fails by a cause.
    pub const fn fails(stage: u8, cause: &'static str) -> Self {
        Self::Fails { stage, cause, product: None }
    }

    /// The same of a product that shows itself.
    pub const fn by(self, name: &'static str) -> Self {
        let product = Some(name);
        match self {
            Self::Whole { .. } => Self::Whole { product },
            Self::Fails { stage, cause, .. } => Self::Fails { stage, cause, product },
            Self::Open { stage, possible, .. } => Self::Open { stage, possible, product },
        }
    }

    /// The stage that fails.
    pub fn stage(self) -> Option<u8> {
        match self {
            Self::Whole { .. } => None,
            Self::Fails { stage, .. } | Self::Open { stage, .. } => Some(stage),
        }
    }

    /// The product that shows itself.
    pub fn product(self) -> Option<&'static str> {
        match self {
            Self::Whole { product } | Self::Fails { product, .. } | Self::Open { product, .. } => {
                product
            }
        }
    }

    /// As the table in the documents has it: the stage and the cause.
    pub fn cells(self) -> (String, String) {
        let code = |cause: &&str| format!("`{cause}`");
        match self {
            Self::Whole { .. } => ("whole".to_owned(), String::new()),
            Self::Fails { stage, cause, .. } => (stage.to_string(), code(&cause)),
            Self::Open { stage, possible, .. } => {
                (stage.to_string(), possible.iter().map(code).collect::<Vec<_>>().join(" or "))
            }
        }
    }
}
