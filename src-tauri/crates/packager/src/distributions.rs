//! Which distribution brings a module, where the two have different names.

/// Top-level module and distribution. Only names that differ by more than case, `-` and `_` stand
/// here; any other module is taken to come from the distribution of its own name.
const DIFFERENT: &[(&str, &str)] = &[
    ("Bio", "biopython"),
    ("Crypto", "pycryptodome"),
    ("Cryptodome", "pycryptodomex"),
    ("Levenshtein", "python-Levenshtein"),
    ("MySQLdb", "mysqlclient"),
    ("OpenSSL", "pyOpenSSL"),
    ("PIL", "pillow"),
    ("attr", "attrs"),
    ("bs4", "beautifulsoup4"),
    ("camelot", "camelot-py"),
    ("cv2", "opencv-python-headless"),
    ("dateutil", "python-dateutil"),
    ("docx", "python-docx"),
    ("dotenv", "python-dotenv"),
    ("faiss", "faiss-cpu"),
    ("fitz", "PyMuPDF"),
    ("git", "GitPython"),
    ("github", "PyGithub"),
    ("haystack", "haystack-ai"),
    ("jose", "python-jose"),
    ("jwt", "PyJWT"),
    ("kafka", "kafka-python"),
    ("magic", "python-magic"),
    ("mpl_toolkits", "matplotlib"),
    ("multipart", "python-multipart"),
    ("mysql", "mysql-connector-python"),
    ("nacl", "PyNaCl"),
    ("osgeo", "GDAL"),
    ("pkg_resources", "setuptools"),
    ("pptx", "python-pptx"),
    ("psycopg2", "psycopg2-binary"),
    ("pylab", "matplotlib"),
    ("pythoncom", "pywin32"),
    ("rest_framework", "djangorestframework"),
    ("ruamel", "ruamel.yaml"),
    ("serial", "pyserial"),
    ("shapefile", "pyshp"),
    ("sklearn", "scikit-learn"),
    ("skimage", "scikit-image"),
    ("slugify", "python-slugify"),
    ("snowflake", "snowflake-connector-python"),
    ("socks", "PySocks"),
    ("st_aggrid", "streamlit-aggrid"),
    ("tabula", "tabula-py"),
    ("telegram", "python-telegram-bot"),
    ("tlz", "toolz"),
    ("umap", "umap-learn"),
    ("usb", "pyusb"),
    ("websocket", "websocket-client"),
    ("win32api", "pywin32"),
    ("win32com", "pywin32"),
    ("wx", "wxPython"),
    ("yaml", "PyYAML"),
    ("zmq", "pyzmq"),
];

/// Dotted modules of namespace packages, where the top-level name says nothing.
const NAMESPACED: &[(&str, &str)] = &[
    ("google.auth", "google-auth"),
    ("google.cloud.bigquery", "google-cloud-bigquery"),
    ("google.cloud.firestore", "google-cloud-firestore"),
    ("google.cloud.storage", "google-cloud-storage"),
    ("google.genai", "google-genai"),
    ("google.generativeai", "google-generativeai"),
    ("google.oauth2", "google-auth"),
    ("google.protobuf", "protobuf"),
    ("azure.identity", "azure-identity"),
    ("azure.storage.blob", "azure-storage-blob"),
    ("ruamel.yaml", "ruamel.yaml"),
];

/// The distribution that brings the module with this dotted name.
pub(crate) fn distribution_of(module: &str) -> String {
    let within = |name: &str| module == name || module.starts_with(&format!("{name}."));
    if let Some((_, distribution)) = NAMESPACED.iter().find(|(name, _)| within(name)) {
        return (*distribution).to_owned();
    }
    let top = crate::imports::top_level(module);
    match DIFFERENT.iter().find(|(name, _)| *name == top) {
        Some((_, distribution)) => (*distribution).to_owned(),
        None => top.replace('_', "-"),
    }
}

/// A distribution's name in the one spelling that tells whether two are the same (PEP 503).
pub(crate) fn normalized(name: &str) -> String {
    let mut text = String::new();
    for part in name.split(['-', '_', '.']).filter(|part| !part.is_empty()) {
        if !text.is_empty() {
            text.push('-');
        }
        text.push_str(&part.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_and_their_distributions() {
        for (module, distribution) in [
            ("PIL.Image", "pillow"),
            ("cv2", "opencv-python-headless"),
            ("sklearn.linear_model", "scikit-learn"),
            ("google.cloud.storage.blob", "google-cloud-storage"),
            ("google.cloud.storagetransfer", "google"),
            ("pandas", "pandas"),
            ("streamlit_folium", "streamlit-folium"),
        ] {
            assert_eq!(distribution_of(module), distribution, "{module}");
        }
    }

    #[test]
    fn names_are_normalized() {
        for name in ["Py_YAML", "py.yaml", "py-_-yaml"] {
            assert_eq!(normalized(name), "py-yaml");
        }
    }
}
