//! What the session bus of a Linux desktop offers.

/// Whether somebody answers to a name there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Somebody does.
    Answers,
    /// Somebody is started who does.
    Begins,
    /// Nobody.
    Nobody,
}

/// Asks the bus who answers to `name`. Nothing is started.
///
/// # Errors
///
/// Why there is no bus to ask, in words.
pub fn offer(name: &'static str) -> Result<Offer, String> {
    let ask = || -> zbus::Result<Offer> {
        let connection = zbus::blocking::Connection::session()?;
        let bus = zbus::blocking::fdo::DBusProxy::new(&connection)?;
        if bus.name_has_owner(name.try_into()?)? {
            return Ok(Offer::Answers);
        }
        let begins = bus.list_activatable_names()?.iter().any(|known| known.as_str() == name);
        Ok(if begins { Offer::Begins } else { Offer::Nobody })
    };
    ask().map_err(|error| error.to_string())
}
