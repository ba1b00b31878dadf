/// Something to tell in a window, over the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub title: String,
    /// What it means, and what to do.
    pub text: String,
    /// Whether it only says what the person sees anyway. It goes away by itself, or when it is true
    /// no more.
    pub passing: bool,
}
