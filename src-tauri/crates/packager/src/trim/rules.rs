/// Something in the installed packages that an app does not need at run time.
///
/// The rules were tried on Streamlit 1.67 with all of its elements, Parquet, Altair and pydeck:
/// 27 elements of a test app gave the same result before and after.
#[derive(Debug)]
pub(crate) struct Rule {
    /// What it is, as the author reads it.
    pub what: &'static str,
    /// Which files, as in a `.gitignore` at the top of `site-packages`.
    pub patterns: &'static [&'static str],
    /// When they stay nevertheless.
    pub unless: Unless,
}

/// When files stay although a rule names them.
#[derive(Debug)]
pub(crate) enum Unless {
    /// They always go.
    Never,
    /// They stay when their own package's code matches this regular expression, tests apart.
    OwnPackageSays(&'static str),
    /// They stay when the app's code contains the first text (in any case of letters) or the code
    /// of another package matches the regular expression.
    Mentioned {
        /// A text in the app's code.
        app: &'static str,
        /// A regular expression for the code of packages other than the files' own.
        packages: &'static str,
    },
    /// A library stays when a remaining program or library links it.
    Linked,
}

pub(crate) const RULES: &[Rule] = &[
    Rule {
        what: "commands and files for other programs",
        // `--target` puts there what belongs into the prefix: commands that name the author's
        // interpreter, manual pages, Jupyter extensions.
        patterns: &["/bin/", "/share/", "/etc/"],
        unless: Unless::Never,
    },
    Rule {
        what: "tests",
        patterns: &["tests/"],
        // Astropy, for one, imports its own tests when it is imported.
        unless: Unless::OwnPackageSays(r"(?m)^\s*(from|import)\s[\w. ]*\btests\b"),
    },
    Rule {
        what: "tests of pyarrow's C++ part",
        patterns: &["/pyarrow/_pyarrow_cpp_tests.*", "/pyarrow/conftest.py"],
        unless: Unless::Never,
    },
    Rule {
        what: "type stubs",
        patterns: &["*.pyi"],
        // `lazy_loader.attach_stub` reads the stub to know what to import (scikit-image, librosa).
        unless: Unless::OwnPackageSays(r"attach_stub"),
    },
    Rule {
        what: "sources of compiled modules",
        // Headers of other packages stay: some compile kernels at run time (CuPy, Triton).
        patterns: &["*.pyx", "*.pxd", "*.pxi", "/pyarrow/include/", "/pyarrow/src/"],
        unless: Unless::Never,
    },
    Rule {
        what: "headers and libraries to compile against numpy",
        patterns: &["/numpy/**/*.h", "/numpy/**/*.a", "/numpy/**/*.lib"],
        unless: Unless::Mentioned { app: "get_include", packages: r"(numpy|np)\.get_include\(\)" },
    },
    Rule {
        what: "numpy's tools to compile Fortran and C",
        patterns: &["/numpy/f2py/", "/numpy/distutils/"],
        unless: Unless::Mentioned {
            app: "numpy.",
            packages: r"numpy\.(f2py|distutils)|from numpy import (f2py|distutils)",
        },
    },
    Rule {
        what: "source maps of scripts",
        patterns: &["*.js.map", "*.mjs.map", "*.css.map"],
        unless: Unless::Never,
    },
    Rule {
        what: "pydeck's Jupyter extension",
        patterns: &["/pydeck/nbextension/static/"],
        // `Deck.to_html` writes it into a page that works without the network.
        unless: Unless::Mentioned { app: "to_html", packages: r"(?s)pydeck.*\.to_html\(" },
    },
    Rule {
        what: "pyarrow's Flight client",
        patterns: &[
            "/pyarrow/_flight.*",
            "/pyarrow/libarrow_flight.*",
            "/pyarrow/libarrow_python_flight.*",
        ],
        unless: Unless::Mentioned {
            app: "flight",
            packages: r"pyarrow\.flight|from pyarrow import [^\n]*flight",
        },
    },
    Rule {
        what: "pyarrow's S3 client",
        patterns: &["/pyarrow/_s3fs.*", "/pyarrow/libarrow_s3.*"],
        unless: Unless::Mentioned { app: "s3", packages: r"S3FileSystem|pyarrow\._s3fs" },
    },
    Rule {
        what: "copies of libraries under other names",
        patterns: &["/pyarrow/libarrow*.so", "/pyarrow/libarrow*.so.*", "/pyarrow/libparquet*.so"],
        unless: Unless::Linked,
    },
    Rule {
        what: "records of the installation",
        patterns: &[
            "/*.dist-info/INSTALLER",
            "/*.dist-info/REQUESTED",
            "/*.dist-info/direct_url.json",
            "/*.dist-info/uv_cache.json",
            "/.lock",
            "__pycache__/",
        ],
        unless: Unless::Never,
    },
];
