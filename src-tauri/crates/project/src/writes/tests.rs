use super::*;
use crate::code::sources::Sources;

fn of_files(files: &[(&str, &str)]) -> Vec<String> {
    let files = files.iter().map(|(path, text)| (Utf8PathBuf::from(*path), (*text).to_owned()));
    let sources = Sources::parse(files);
    let found = find(&sources.names());
    let found = found.iter().filter(|it| it.sure);
    found.map(|it| format!("{}:{} {}", it.file, it.line, it.path)).collect()
}

/// The paths that the code writes to.
fn paths(text: &str) -> Vec<String> {
    let sources = Sources::parse([(Utf8PathBuf::from("app.py"), text.to_owned())]);
    let found = find(&sources.names()).into_iter().filter(|found| found.sure);
    found.map(|found| found.path).collect()
}

#[test]
fn what_a_program_writes_to_where_only_running_it_tells_is_found() {
    for code in [
        "import json\nC = json.load(open('c.json'))\nwith open(C['out'], 'a') as f: f.write('x')",
        "import configparser, os\nc = configparser.ConfigParser()\nos.makedirs(c['out']['folder'])",
        "def save(text, path):\n    open(path, 'w').write(text)",
        "from settings import Settings\nSettings().folder.joinpath('a').write_text('')",
        "import sqlite3, sys\nsqlite3.connect(sys.argv[1])",
        "def save(path):\n    with path.open('w') as file:\n        file.write('x')",
        "def save(frame, out_path):\n    frame.to_csv(out_path)",
        "import os\nos.system(f'date > {name}.txt')",
        "frame.to_csv(f'{name}.csv')",
        "frame.to_csv(name + '.csv')",
        "frame.to_csv('{}.csv'.format(name))",
        "frame.to_csv('%s.csv' % name)",
        "import os\nframe.to_csv(os.path.join(folder_of(name), 'a.csv'))",
        "from pathlib import Path\nframe.to_csv(Path(folder_of(name)) / 'a.csv')",
        "def save(frame, name):\n    target = f'{name}.csv'\n    frame.to_csv(path_or_buf=target)",
        "import torch\ntorch.save(model, f'{name}.pt')",
        "picture.save(f'{name}.png')",
        "from sqlalchemy import create_engine\ncreate_engine(f'sqlite:///{name}.db')",
    ] {
        let sources = Sources::parse([(Utf8PathBuf::from("app.py"), code.to_owned())]);
        let found = find(&sources.names());
        assert_eq!(found.len(), 1, "{code}: {found:?}");
        assert!(!found[0].sure && found[0].to_string().contains("does not say"), "{found:?}");
    }
    for code in [
        "def as_bytes(frame, buffer):\n    frame.to_excel(buffer)",
        "import tempfile\ndef f(text):\n    with tempfile.NamedTemporaryFile('w') as file:\n        open(file.name, 'w')",
        "import os\nopen(os.path.join(os.environ['WATERSKIN_DATA_DIR'], name), 'w')",
        "from sqlalchemy import create_engine\nimport os\ncreate_engine(os.environ['DATABASE_URL'])",
        "open(path)",
        "open('<p>', 'w')",
        "page.to_html(f'<p>{text}</p>')",
        "form.save(f'{name} of them')",
        "from sqlalchemy import create_engine\ncreate_engine(f'{kind}://{host}/stock.db')",
        "frame.to_csv(buffer_of(f'{name}.csv'))",
    ] {
        let sources = Sources::parse([(Utf8PathBuf::from("app.py"), code.to_owned())]);
        assert_eq!(find(&sources.names()), [], "{code}");
    }
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
        ("import streamlit as st\nst.connection('x', type='sql', url='sqlite:///a.db')", "a.db"),
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
        (
            "from dataclasses import dataclass, field\nfrom pathlib import Path\nR = Path(__file__).parent\n@dataclass\nclass S:\n    data: Path = field(default_factory=lambda: R / 'data')\n    @property\n    def out(self):\n        return self.data / 'out'\ns = S()\ns.out.mkdir()",
            "data/out",
        ),
        (
            "from pathlib import Path\nfrom pydantic import BaseModel\nclass C(BaseModel):\n    log: Path = Path('a.log')\ndef load():\n    return C()\nc = load()\nc.log.open('a')",
            "a.log",
        ),
        (
            "from pydantic_settings import BaseSettings\nfrom pydantic import Field\nimport sqlite3\nclass C(BaseSettings):\n    db: str = Field('a.db', alias='DB')\nsqlite3.connect(C().db)",
            "a.db",
        ),
        ("CONFIG = {'out': {'csv': 'a.csv'}}\nframe.to_csv(CONFIG['out']['csv'])", "a.csv"),
        ("import enum\nclass P(enum.Enum):\n    LOG = 'a.log'\nopen(P.LOG.value, 'a')", "a.log"),
        (
            "import os, inspect\nopen(os.path.join(os.path.dirname(inspect.getfile(f)), 'a'), 'w')",
            "a",
        ),
        ("import os, sys\nopen(os.path.join(os.path.dirname(sys.argv[0]), 'a'), 'w')", "a"),
        ("import os\nopen(os.path.split(os.path.abspath(__file__))[0] + '/a', 'w')", "a"),
        ("import os\nfd = os.open('a', os.O_CREAT | os.O_WRONLY)", "a"),
        ("import numpy as np\nnp.memmap('a.dat', dtype='f4', mode='w+', shape=(1,))", "a.dat"),
        (
            "import logging.config\nL = {'handlers': {'f': {'filename': 'a.log'}}}\nlogging.config.dictConfig(L)",
            "a.log",
        ),
        ("import tempfile\ntempfile.NamedTemporaryFile(dir='.', suffix='x')", ""),
        ("import chromadb\nchromadb.PersistentClient()", "chroma"),
        ("from reportlab.pdfgen import canvas\ncanvas.Canvas('a.pdf')", "a.pdf"),
        ("model.save_model('a.json')", "a.json"),
        ("import streamlit_authenticator as sa\nsa.Authenticate('config.yaml')", "config.yaml"),
        ("trainer = Trainer(output_dir='runs')", "runs"),
        ("import os\nos.system('echo hi >> a.log')", "a.log"),
        ("import subprocess as s\ns.run('date > a.txt', shell=True)", "a.txt"),
        ("import duckdb\nduckdb.sql(f\"COPY (select {n}) TO 'a.parquet'\")", "a.parquet"),
        ("import duckdb\nduckdb.connect().execute(\"ATTACH 'a.duckdb'\")", "a.duckdb"),
        ("frame.to_sql('t', con='sqlite:///a.db')", "a.db"),
        ("frame.write_database('t', 'sqlite:///a.db')", "a.db"),
        ("from sqlitedict import SqliteDict\nSqliteDict('a.sqlite', autocommit=True)", "a.sqlite"),
        ("import tarfile\ntarfile.open('a.tgz', 'w:gz')", "a.tgz"),
        ("import matplotlib.pyplot as plt\nplt.imsave('a.png', [[1]])", "a.png"),
        ("import fsspec\nfsspec.open('a.txt', 'w')", "a.txt"),
        ("import xml.etree.ElementTree as ET\nET.ElementTree(root).write('a.xml')", "a.xml"),
        (
            "import xml.etree.ElementTree as ET\ntree = ET.parse('b.xml')\ntree.write('a.xml')",
            "a.xml",
        ),
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
        "frame.to_sql('t', engine)",
        "import subprocess\nsubprocess.run(['date', '> a.txt'])\nsubprocess.run('date > a.txt')",
        "cursor.execute('select 1 > 0')",
        "import tarfile\ntarfile.open('a.tgz', 'r:gz')",
        "import fsspec\nfsspec.open('s3://a/b.txt', 'w')",
        "import streamlit as st\nst.write('a.xml')",
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
