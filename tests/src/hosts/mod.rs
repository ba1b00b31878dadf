//! Real hosts of a Streamlit app, whole and broken, for what `waterskin doctor` says of them.
//!
//! [`CASES`] is the table: what is set up, and what is to be said of it. [`Lab`] sets up those that
//! a test wants, all at once: Streamlit, one process of each product with a port for each case, and
//! servers of the tests' own for what no product does by its settings.

mod apache;
mod caddy;
mod case;
mod cases;
mod certificate;
mod configurations;
mod envoy;
mod haproxy;
mod head;
mod homemade;
mod lab;
mod nginx;
mod place;
mod product;
mod server;
mod traefik;
mod verdict;

pub use case::{Case, Expected, Host, Scheme};
pub use cases::CASES;
pub use homemade::Manner;
pub use lab::Lab;
pub use product::Product;
pub use verdict::Verdict;
