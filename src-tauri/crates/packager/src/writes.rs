//! Where an app writes: what decides whether it can run in a folder that nobody may write to.

use std::collections::BTreeSet;
use std::fmt;

use camino::Utf8PathBuf;
use ruff_python_ast::{Expr, ExprCall};
use serde::Serialize;

use crate::places::Place;
use crate::sources::{At, Names, last_name};

/// A call that writes into the app's own folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FoundWrite {
    /// The file, relative to the project.
    pub file: Utf8PathBuf,
    /// Its line, from 1.
    pub line: usize,
    /// What is written to, as far as the code says it; `…` stands for the rest.
    pub path: String,
    /// What writes, such as `sqlite3.connect`.
    pub by: String,
}

impl fmt::Display for FoundWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "." } else { self.path.as_str() };
        write!(f, "`{}:{}` (`{}` of `{path}`)", self.file, self.line, self.by)
    }
}

/// Functions that write to the path that they are given: the full name, or the last part of it
/// after a `*`; the position of the path, and what it is called as a keyword.
const FUNCTIONS: &[(&str, usize, &str)] = &[
    ("sqlite3.connect", 0, "database"),
    ("aiosqlite.connect", 0, "database"),
    ("apsw.Connection", 0, "filename"),
    ("duckdb.connect", 0, "database"),
    ("*create_engine", 0, "url"),
    ("*create_async_engine", 0, "url"),
    ("dataset.connect", 0, "url"),
    ("*from_uri", 0, "database_uri"),
    ("*SqliteDatabase", 0, "database"),
    ("sqlite_utils.Database", 0, "filename_or_conn"),
    ("streamlit.connection", 9, "url"),
    ("*TinyDB", 0, "path"),
    ("diskcache.Cache", 0, "directory"),
    ("diskcache.FanoutCache", 0, "directory"),
    ("diskcache.Index", 0, "directory"),
    ("diskcache.Deque", 9, "directory"),
    ("joblib.Memory", 0, "location"),
    ("joblib.memory.Memory", 0, "location"),
    ("*PersistentClient", 0, "path"),
    ("*Chroma", 9, "persist_directory"),
    ("*QdrantClient", 9, "path"),
    ("lancedb.connect", 0, "uri"),
    ("lmdb.open", 0, "path"),
    ("kuzu.Database", 0, "database_path"),
    ("requests_cache.CachedSession", 0, "cache_name"),
    ("requests_cache.install_cache", 0, "cache_name"),
    ("os.makedirs", 0, "name"),
    ("os.mkdir", 0, "path"),
    ("os.remove", 0, "path"),
    ("os.unlink", 0, "path"),
    ("os.rmdir", 0, "path"),
    ("os.removedirs", 0, "name"),
    ("os.rename", 1, "dst"),
    ("os.replace", 1, "dst"),
    ("os.symlink", 1, "dst"),
    ("os.link", 1, "dst"),
    ("shutil.copy", 1, "dst"),
    ("shutil.copy2", 1, "dst"),
    ("shutil.copyfile", 1, "dst"),
    ("shutil.copytree", 1, "dst"),
    ("shutil.move", 1, "dst"),
    ("shutil.rmtree", 0, "path"),
    ("shutil.make_archive", 0, "base_name"),
    ("shutil.unpack_archive", 1, "extract_dir"),
    ("numpy.save", 0, "file"),
    ("numpy.savez", 0, "file"),
    ("numpy.savez_compressed", 0, "file"),
    ("numpy.savetxt", 0, "fname"),
    ("joblib.dump", 1, "filename"),
    ("torch.save", 1, "f"),
    ("torchaudio.save", 0, "uri"),
    ("*save_model", 1, "filepath"),
    ("*imwrite", 0, "filename"),
    ("*mimsave", 0, "uri"),
    ("soundfile.write", 0, "file"),
    ("scipy.io.wavfile.write", 0, "filename"),
    ("scipy.io.savemat", 0, "file_name"),
    ("plotly.io.write_image", 1, "file"),
    ("plotly.io.write_html", 1, "file"),
    ("logging.FileHandler", 0, "filename"),
    ("*RotatingFileHandler", 0, "filename"),
    ("*TimedRotatingFileHandler", 0, "filename"),
    ("*WatchedFileHandler", 0, "filename"),
    ("logging.basicConfig", 9, "filename"),
    ("loguru.logger.add", 0, "sink"),
    ("*ExcelWriter", 0, "path"),
    ("pandas.HDFStore", 0, "path"),
    ("xlsxwriter.Workbook", 0, "filename"),
    ("*urlretrieve", 1, "filename"),
    ("wget.download", 1, "out"),
    ("gdown.download", 1, "output"),
    ("pickledb.load", 0, "location"),
    ("cv2.VideoWriter", 0, "filename"),
];

/// Functions that open what they are given: the position of the path, what it is called, the
/// position of the mode or flag, what that is called, and what it is when nobody says it.
const OPENERS: &[(&str, &str, usize, &str, &str)] = &[
    ("open", "file", 1, "mode", "r"),
    ("io.open", "file", 1, "mode", "r"),
    ("codecs.open", "filename", 1, "mode", "r"),
    ("aiofiles.open", "file", 1, "mode", "r"),
    ("gzip.open", "filename", 1, "mode", "r"),
    ("bz2.open", "filename", 1, "mode", "r"),
    ("lzma.open", "filename", 1, "mode", "r"),
    ("wave.open", "f", 1, "mode", "r"),
    ("zipfile.ZipFile", "file", 1, "mode", "r"),
    ("tarfile.open", "name", 1, "mode", "r"),
    ("h5py.File", "name", 1, "mode", "r"),
    ("shelve.open", "filename", 1, "flag", "c"),
    ("dbm.open", "file", 1, "flag", "r"),
];

/// Methods that write to the path that they are given, and what it is called.
const METHODS: &[(&str, &str)] = &[
    ("to_csv", "path_or_buf"),
    ("to_excel", "excel_writer"),
    ("to_parquet", "path"),
    ("to_json", "path_or_buf"),
    ("to_pickle", "path"),
    ("to_feather", "path"),
    ("to_hdf", "path_or_buf"),
    ("to_html", "buf"),
    ("to_xml", "path_or_buffer"),
    ("to_stata", "path"),
    ("to_orc", "path"),
    ("to_markdown", "buf"),
    ("to_latex", "buf"),
    ("to_string", "buf"),
    ("to_netcdf", "path"),
    ("to_zarr", "store"),
    ("to_file", "filename"),
    ("write_csv", "file"),
    ("write_parquet", "file"),
    ("write_json", "file"),
    ("write_ndjson", "file"),
    ("write_excel", "workbook"),
    ("write_ipc", "file"),
    ("write_html", "file"),
    ("write_image", "file"),
    ("savefig", "fname"),
    ("save", "fp"),
    ("save_weights", "filepath"),
    ("save_local", "folder_path"),
    ("save_pretrained", "save_directory"),
    ("save_screenshot", "filename"),
    ("output", "name"),
    ("extractall", "path"),
    ("export", "out_f"),
    ("write_videofile", "filename"),
    ("write_audiofile", "filename"),
    ("write_gif", "filename"),
];

/// What the path is called by those that name it otherwise than others do.
const ALSO: [&str; 6] = ["filename", "path", "file", "fname", "filepath", "f"];

/// Arguments that give a folder to write to, whatever is called.
const FOLDERS: [&str; 6] = [
    "persist_directory",
    "local_dir",
    "cache_dir",
    "cache_folder",
    "download_root",
    "download_dir",
];

/// Methods whose name says less, so that the path has to look like one.
const VAGUE: [&str; 4] = ["save", "output", "to_file", "export"];

/// Methods that write to the path that has them.
const OF_PATHS: [&str; 9] = [
    "write_text",
    "write_bytes",
    "mkdir",
    "touch",
    "unlink",
    "rmdir",
    "symlink_to",
    "hardlink_to",
    "chmod",
];

/// What the code writes into the app's own folder, in the order of files and lines. What it only
/// reads, and what it writes elsewhere or to where it does not say, is not among it.
pub(crate) fn find(names: &Names<'_>) -> Vec<FoundWrite> {
    let found: BTreeSet<FoundWrite> = names
        .calls()
        .filter_map(|(at, call)| {
            let Place::Here(path) = written(names, at, call)? else { return None };
            let (file, line) = names.line(at, call);
            let by = names.full(at, &call.func).filter(|by| by.contains('.') || by == "open");
            let by = by.or_else(|| last_name(&call.func).map(str::to_owned))?;
            Some(FoundWrite { file: file.to_owned(), line, path, by })
        })
        .collect();
    let mut found: Vec<_> = found.into_iter().collect();
    found.dedup_by(|one, other| (&one.file, one.line) == (&other.file, other.line));
    found
}

/// What a call writes to.
fn written(names: &Names<'_>, at: At, call: &ExprCall) -> Option<Place> {
    let full = names.full(at, &call.func).unwrap_or_default();
    // A method of what another call gives has no full name.
    let last = full.rsplit('.').next().filter(|last| !last.is_empty());
    let last = last.or_else(|| last_name(&call.func))?;
    let arguments = &call.arguments;
    let is = |name: &str| name.strip_prefix('*').map_or(name == full, |name| name == last);
    if let Some(folder) = FOLDERS.iter().find_map(|name| arguments.find_keyword(name)) {
        return Some(names.place(at, &folder.value));
    }
    if let Some((_, position, keyword)) = FUNCTIONS.iter().find(|(name, ..)| is(name)) {
        let reads = arguments.find_keyword("read_only").is_some_and(|it| is_true(&it.value));
        let path = arguments.find_argument_value(keyword, *position).filter(|_| !reads);
        return path.map(|path| names.place(at, path));
    }
    if let Some((_, path, position, mode, usual)) = OPENERS.iter().find(|(name, ..)| *name == full)
    {
        let mode = arguments.find_argument_value(mode, *position);
        let path = arguments.find_argument_value(path, 0)?;
        return writes(mode, usual).then(|| names.place(at, path));
    }
    let Expr::Attribute(method) = &*call.func else { return None };
    if last == "open" {
        let mode = arguments.find_argument_value("mode", 0);
        return writes(mode, "r").then(|| names.place(at, &method.value));
    }
    if OF_PATHS.contains(&last) {
        return Some(names.place(at, &method.value));
    }
    let (_, keyword) = METHODS.iter().find(|(name, _)| *name == last)?;
    let named = || ALSO.iter().find_map(|name| arguments.find_keyword(name)).map(|it| &it.value);
    let place = match arguments.find_argument_value(keyword, 0).or_else(named) {
        // An archive is unpacked into the current folder.
        None if last == "extractall" => Place::Here(String::new()),
        path => names.place(at, path?),
    };
    match place {
        Place::Here(path) if VAGUE.contains(&last) && !path.contains(['.', '/']) => None,
        place => Some(place),
    }
}

/// Whether a file that is opened so is written to, which an unknown mode does not say.
fn writes(mode: Option<&Expr>, usual: &str) -> bool {
    let mode = match mode {
        None => usual,
        Some(Expr::StringLiteral(mode)) => mode.value.to_str(),
        Some(_) => return false,
    };
    // `c` and `n` make the file of `shelve` and `dbm`.
    mode.len() <= 5 && mode.contains(['w', 'a', 'x', '+', 'c', 'n'])
}

fn is_true(value: &Expr) -> bool {
    matches!(value, Expr::BooleanLiteral(value) if value.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Sources;

    fn of_files(files: &[(&str, &str)]) -> Vec<String> {
        let files = files.iter().map(|(path, text)| (Utf8PathBuf::from(*path), (*text).to_owned()));
        let sources = Sources::parse(files);
        let found = find(&sources.names());
        found.iter().map(|it| format!("{}:{} {}", it.file, it.line, it.path)).collect()
    }

    /// The paths that the code writes to.
    fn paths(text: &str) -> Vec<String> {
        let sources = Sources::parse([(Utf8PathBuf::from("app.py"), text.to_owned())]);
        find(&sources.names()).into_iter().map(|found| found.path).collect()
    }

    #[test]
    fn writes_beside_the_app_are_found() {
        for (code, path) in [
            ("open('a.txt', 'w')", "a.txt"),
            ("open('./logs/a.txt', mode='ab')", "logs/a.txt"),
            ("open(f'out/{name}.csv', 'x')", "out/….csv"),
            ("open('out/%s.csv' % name, 'w')", "out/…"),
            ("open('out/{}.csv'.format(name), 'w')", "out/…"),
            ("open('out_' + name, 'r+')", "out_…"),
            ("from pathlib import Path\n(Path(__file__).parent / 'é.csv').write_text('')", "é.csv"),
            (
                "from pathlib import Path\nPath(__file__).resolve().parents[1].joinpath('a').mkdir()",
                "a",
            ),
            ("from pathlib import Path\nPath(__file__).with_name('a.db').open('w')", "a.db"),
            ("import pathlib\npathlib.Path('cache').mkdir(exist_ok=True)", "cache"),
            (
                "from pathlib import Path\nfor old in Path('out').glob('*.csv'):\n    old.unlink()",
                "out",
            ),
            ("import os\nos.makedirs(os.path.join(os.path.dirname(__file__), 'out'))", "out"),
            ("import os\nos.makedirs(os.path.join(os.getcwd(), 'out', day))", "out/…"),
            ("import os\nos.rename('/tmp/a', 'b')", "b"),
            ("import shutil\nshutil.copy(source, 'data/')", "data/"),
            ("import sqlite3\nsqlite3.connect('stock.db', check_same_thread=False)", "stock.db"),
            ("from sqlite3 import connect as c\nc('stock.db')", "stock.db"),
            ("from sqlalchemy import create_engine\ncreate_engine('sqlite:///a.db')", "a.db"),
            (
                "import sqlmodel\nDB = 'a.db'\nsqlmodel.create_engine(f'sqlite:///{DB}', echo=True)",
                "a.db",
            ),
            (
                "import streamlit as st\nst.connection('x', type='sql', url='sqlite:///a.db')",
                "a.db",
            ),
            ("import duckdb\nduckdb.connect('a.duckdb')", "a.duckdb"),
            ("from tinydb import TinyDB\nTinyDB('db.json')", "db.json"),
            ("import shelve\nshelve.open('state')", "state"),
            ("import chromadb\nchromadb.PersistentClient(path='./chroma')", "chroma"),
            ("frame.to_csv('a.csv', index=False)", "a.csv"),
            ("frame.to_excel(excel_writer='a.xlsx')", "a.xlsx"),
            ("frame.write_parquet('a.parquet')", "a.parquet"),
            (
                "import pandas as pd\nwith pd.ExcelWriter('a.xlsx') as writer:\n    frame.to_excel(writer)",
                "a.xlsx",
            ),
            ("import json\nwith open('a.json', 'w') as file:\n    json.dump({}, file)", "a.json"),
            ("import joblib\njoblib.dump(model, 'model.joblib')", "model.joblib"),
            ("import numpy as np\nnp.save('a.npy', x)", "a.npy"),
            ("import matplotlib.pyplot as plt\nplt.savefig('a.png')", "a.png"),
            ("picture.save('a.png')", "a.png"),
            ("import logging\nlogging.basicConfig(level=1, filename='app.log')", "app.log"),
            (
                "from logging.handlers import RotatingFileHandler as R\nR('logs/app.log')",
                "logs/app.log",
            ),
            (
                "import os\nDB = os.environ.get('DB_PATH', 'a.db')\nimport sqlite3\nsqlite3.connect(DB)",
                "a.db",
            ),
            ("import os, sqlite3\nsqlite3.connect(os.getenv('DB') or 'a.db')", "a.db"),
            ("def save(path='a.csv'):\n    frame.to_csv(path)", "a.csv"),
            ("def save(frame, path):\n    frame.to_csv(path)\nsave(x, 'a.csv')", "a.csv"),
            (
                "class Store:\n    def __init__(self, path='a.db'):\n        self.path = path\n    def put(self):\n        open(self.path, 'w')",
                "a.db",
            ),
            (
                "class Store:\n    def __init__(self, path):\n        self.path = path\n    def put(self):\n        open(self.path, 'w')\nStore('a.db')",
                "a.db",
            ),
            ("class Settings:\n    log = 'a.log'\nopen(Settings.log, 'a')", "a.log"),
            (
                "from pathlib import Path\ndef base():\n    return Path(__file__).parent\nopen(base() / 'a', 'w')",
                "a",
            ),
            (
                "import streamlit as st\nup = st.file_uploader('x')\nwith open(up.name, 'wb') as f:\n    f.write(up.getvalue())",
                "…",
            ),
            (
                "import os, streamlit as st\nfor up in st.sidebar.file_uploader('x', accept_multiple_files=True):\n    open(os.path.join('in', up.name), 'wb')",
                "in/…",
            ),
            ("from x import Chroma\nChroma.from_documents(docs, persist_directory='db')", "db"),
            ("book.save(filename='a.xlsx')", "a.xlsx"),
            ("sound.export('a.mp3', format='mp3')", "a.mp3"),
            ("import csv\nwriter = csv.writer(open('a.csv', 'a', newline=''))", "a.csv"),
            (
                "from pathlib import Path\nP = Path('data') / 'a.db'\nP.parent.mkdir(parents=True)",
                "data",
            ),
            ("import zipfile\nzipfile.ZipFile(upload).extractall()", ""),
        ] {
            assert_eq!(paths(code), [path], "{code}");
        }
    }

    #[test]
    fn what_is_read_or_written_elsewhere_is_not() {
        for code in [
            "open('a.txt')",
            "open('a.txt', 'rb')",
            "open('a.txt', mode)",
            "open(path, 'w')",
            "open('<p>a</p>', 'w')",
            "open(f'{path}.csv', 'w')",
            "open('/var/lib/a', 'w')",
            "open('~/a', 'w')",
            "open('C:\\\\a', 'w')",
            "import pandas as pd\npd.read_csv('a.csv')",
            "frame.to_csv(index=False)",
            "frame.to_csv(None)",
            "import io\nbuffer = io.BytesIO()\nframe.to_excel(buffer)",
            "from io import BytesIO\nwith BytesIO() as buffer:\n    picture.save(buffer, 'PNG')",
            "import pandas as pd, io\nout = io.BytesIO()\nwith pd.ExcelWriter(out) as w:\n    frame.to_excel(w)",
            "import tempfile, os\nopen(os.path.join(tempfile.gettempdir(), 'a'), 'w')",
            "import tempfile\nwith tempfile.TemporaryDirectory() as folder:\n    open(f'{folder}/a', 'w')",
            "import tempfile\nfile = tempfile.NamedTemporaryFile()\nopen(file.name, 'w')",
            "from pathlib import Path\n(Path.home() / 'a').write_text('')",
            "from pathlib import Path\nPath('~/a').expanduser().write_text('')",
            "import os\nopen(os.path.join(os.environ['WATERSKIN_DATA_DIR'], 'a'), 'w')",
            "import os\nfrom pathlib import Path\nD = Path(os.environ.get('WATERSKIN_DATA_DIR', '.'))\n(D / 'a').write_text('')",
            "import os\nD = '.'\nif 'WATERSKIN_DATA_DIR' in os.environ:\n    D = os.environ['WATERSKIN_DATA_DIR']\nopen(D + '/a', 'w')",
            "import sqlite3\nsqlite3.connect(':memory:')",
            "import sqlite3\nsqlite3.connect('file:a.db?mode=ro', uri=True)",
            "import duckdb\nduckdb.connect()\nduckdb.connect('a.db', read_only=True)",
            "from sqlalchemy import create_engine\ncreate_engine('sqlite://')\ncreate_engine('sqlite:////srv/a.db')\ncreate_engine('postgresql://host/a')",
            "import zipfile\nzipfile.ZipFile('a.zip')",
            "def rename(self):\n    return 'a'\nx = frame.rename('b')\nx.rename('c').to_csv(x.name)",
            "class Frame:\n    def path(self):\n        return 'a.csv'\nopen(other.path(), 'w')",
            "form.save('name')\n'a-b'.replace('a', 'b')\nframe.rename(columns={})",
            "from PIL import Image\nImage.open('a.png')",
            "import shelve\nshelve.open('a', flag='r')",
            "import streamlit as st\n@st.cache_data(persist='disk')\ndef f():\n    return 1",
            "open(",
            "x = x + 'a'\nx = x + x\nx = x + x + x\nopen(x, 'w')",
        ] {
            assert_eq!(paths(code), [""; 0], "{code}");
        }
    }

    #[test]
    fn constants_of_other_modules_are_followed() {
        let found = of_files(&[
            ("src/app.py", "import core.store\nfrom core import config\n\nopen(config.LOG, 'a')\n"),
            (
                "src/core/config.py",
                "from pathlib import Path\nBASE = Path(__file__).parent\nDB = BASE / 'a.db'\nLOG = str(BASE / 'a.log')\n",
            ),
            (
                "src/core/store.py",
                "import sqlite3\nfrom .config import DB\nsqlite3.connect(DB); open(DB, 'w')\n",
            ),
        ]);
        assert_eq!(found, ["src/app.py:4 a.log", "src/core/store.py:3 a.db"]);
    }

    #[test]
    fn a_write_names_its_place() {
        let text = "import sqlite3 as sql\nsql.connect('stock.db')";
        let sources = Sources::parse([(Utf8PathBuf::from("app.py"), text.to_owned())]);
        let found = find(&sources.names());
        assert_eq!(found[0].to_string(), "`app.py:2` (`sqlite3.connect` of `stock.db`)");
    }
}
