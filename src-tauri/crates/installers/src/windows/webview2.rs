//! The web view of Windows, which Windows 11 has and Windows 10 mostly.

/// The keys of the registry of which one has the runtime's version as `pv` where it is there: those
/// that Microsoft documents for 64-bit Windows ("Distribute your app and the WebView2 Runtime"), for
/// all users and for this one.
pub(crate) const KEYS: [(&str, &str); 2] = [
    (
        "HKLM",
        r"SOFTWARE\WOW6432Node\Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}",
    ),
    ("HKCU", r"Software\Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"),
];

/// Microsoft's page that has its installer.
pub(crate) const PAGE: &str = "https://developer.microsoft.com/microsoft-edge/webview2/";
