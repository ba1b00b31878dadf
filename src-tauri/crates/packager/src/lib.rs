//! Project to plan to payload to installers.
