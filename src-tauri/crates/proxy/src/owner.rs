/// Whose the program at the other end of a connection is, as the system tells it.
///
/// Whoever has the gate's cookie may come in, and a cookie can get lost: browsers send it to every
/// port of `localhost`, whoever listens there. This is what they cannot have lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The system does not tell.
    #[default]
    Untold,
    /// The user with this number.
    User(u32),
    /// Nobody's any more: that end is closed.
    Gone,
}

impl Owner {
    /// Whether it is not for the user `me`. An administrator can do all that `me` can, and what
    /// stands between two systems, such as a relay of ports, runs as one.
    pub(crate) fn is_foreign(self, me: u32) -> bool {
        match self {
            Self::Untold => false,
            Self::User(user) => user != me && user != 0,
            Self::Gone => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Owner::{Gone, Untold, User};

    #[test]
    fn the_own_user_and_the_administrator_may_come() {
        for (owner, me, foreign) in [
            (User(1000), 1000, false),
            (User(0), 1000, false),
            (User(1001), 1000, true),
            (User(1000), 0, true),
            (User(u32::MAX), 1000, true),
            (Gone, 1000, true),
            (Gone, 0, true),
            (Untold, 1000, false),
        ] {
            assert_eq!(owner.is_foreign(me), foreign, "{owner:?} for {me}");
        }
    }
}
