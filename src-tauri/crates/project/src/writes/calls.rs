//! What of Python's and its packages' functions writes to a path.

/// Functions that write to the path that they are given: the full name, or the last part of it
/// after a `*`; the position of the path, and what it is called as a keyword.
pub(crate) const FUNCTIONS: &[(&str, usize, &str)] = &[
    ("sqlite3.connect", 0, "database"),
    ("aiosqlite.connect", 0, "database"),
    ("*SqliteDict", 0, "filename"),
    ("*to_sql", 1, "con"),
    ("*write_database", 1, "connection"),
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
    ("*imsave", 0, "fname"),
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
    ("filelock.FileLock", 0, "lock_file"),
    ("filelock.SoftFileLock", 0, "lock_file"),
    ("portalocker.Lock", 0, "filename"),
    ("scipy.sparse.save_npz", 0, "file"),
    ("pyarrow.parquet.write_table", 1, "where"),
    ("pyarrow.parquet.write_to_dataset", 1, "root_path"),
    ("pyarrow.feather.write_feather", 1, "dest"),
    ("pyarrow.csv.write_csv", 1, "output_file"),
    ("fastparquet.write", 0, "filename"),
    ("faiss.write_index", 1, "fname"),
    ("networkx.write_gexf", 1, "path"),
    ("networkx.write_gml", 1, "path"),
    ("networkx.write_graphml", 1, "path"),
    ("reportlab.pdfgen.canvas.Canvas", 0, "filename"),
    ("*SimpleDocTemplate", 0, "filename"),
    ("pdfkit.from_string", 1, "output_path"),
    ("pdfkit.from_file", 1, "output_path"),
    ("pdfkit.from_url", 1, "output_path"),
    ("imgkit.from_string", 1, "output_path"),
    ("imgkit.from_url", 1, "output_path"),
    ("plotly.offline.plot", 9, "filename"),
    ("dotenv.set_key", 0, "dotenv_path"),
    ("dotenv.unset_key", 0, "dotenv_path"),
    ("streamlit_authenticator.Authenticate", 0, "credentials"),
    ("optuna.create_study", 0, "storage"),
    ("mlflow.set_tracking_uri", 0, "uri"),
    ("tempfile.NamedTemporaryFile", 9, "dir"),
    ("tempfile.TemporaryFile", 9, "dir"),
    ("tempfile.TemporaryDirectory", 2, "dir"),
    ("tempfile.mkdtemp", 2, "dir"),
    ("tempfile.mkstemp", 2, "dir"),
];

/// What writes into the current folder when nobody says where, and by which argument somebody would.
pub(crate) const USUAL: &[(&str, &str, &str)] = &[
    ("chromadb.PersistentClient", "path", "chroma"),
    ("mlflow.start_run", "tracking_uri", "mlruns"),
    ("mlflow.set_experiment", "tracking_uri", "mlruns"),
    ("wandb.init", "dir", "wandb"),
    ("catboost.CatBoostClassifier", "train_dir", "catboost_info"),
    ("catboost.CatBoostRegressor", "train_dir", "catboost_info"),
    ("yt_dlp.YoutubeDL", "params", ""),
];

/// Functions that open what they are given: the position of the path, what it is called, the
/// position of the mode or flag, what that is called, and what it is when nobody says it.
pub(crate) const OPENERS: &[(&str, &str, usize, &str, &str)] = &[
    ("open", "file", 1, "mode", "r"),
    ("io.open", "file", 1, "mode", "r"),
    ("codecs.open", "filename", 1, "mode", "r"),
    ("fsspec.open", "urlpath", 1, "mode", "rb"),
    ("aiofiles.open", "file", 1, "mode", "r"),
    ("gzip.open", "filename", 1, "mode", "r"),
    ("bz2.open", "filename", 1, "mode", "r"),
    ("lzma.open", "filename", 1, "mode", "r"),
    ("wave.open", "f", 1, "mode", "r"),
    ("zipfile.ZipFile", "file", 1, "mode", "r"),
    ("tarfile.open", "name", 1, "mode", "r"),
    ("h5py.File", "name", 1, "mode", "r"),
    ("numpy.memmap", "filename", 2, "mode", "r+"),
    ("rasterio.open", "fp", 1, "mode", "r"),
    ("shelve.open", "filename", 1, "flag", "c"),
    ("dbm.open", "file", 1, "flag", "r"),
];

/// Methods that write to the path that they are given, and what it is called.
pub(crate) const METHODS: &[(&str, &str)] = &[
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
    ("write_pdf", "target"),
    ("write_png", "target"),
    ("to_disk", "path"),
    ("tofile", "fid"),
    ("save_model", "fname"),
    ("save_graph", "name"),
    ("sink_parquet", "path"),
    ("sink_csv", "path"),
    ("sink_ipc", "path"),
    ("sink_ndjson", "path"),
];

/// What the path is called by those that name it otherwise than others do.
pub(crate) const ALSO: [&str; 6] = ["filename", "path", "file", "fname", "filepath", "f"];

/// Arguments that give a folder to write to, whatever is called.
pub(crate) const FOLDERS: [&str; 11] = [
    "output_dir",
    "save_dir",
    "log_dir",
    "logging_dir",
    "train_dir",
    "persist_directory",
    "local_dir",
    "cache_dir",
    "cache_folder",
    "download_root",
    "download_dir",
];

/// Methods whose name says less, so that the path has to look like one.
pub(crate) const VAGUE: [&str; 6] =
    ["save", "output", "to_file", "export", "write_png", "write_pdf"];

/// Functions that give a shell a command.
pub(crate) const SHELLS: [&str; 4] =
    ["os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"];

/// What makes a document of XML, whose `write` writes a file.
pub(crate) const DOCUMENTS: [&str; 4] = [
    "xml.etree.ElementTree.ElementTree",
    "xml.etree.ElementTree.parse",
    "lxml.etree.ElementTree",
    "lxml.etree.parse",
];

/// What a place is called that is an address most often.
pub(crate) const ADDRESSES: [&str; 8] =
    ["url", "uri", "database_uri", "con", "connection", "storage", "credentials", "sink"];

/// Functions that make a path.
pub(crate) const OF_PARTS: [&str; 4] =
    ["os.path.join", "pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath"];

/// Methods of a path that make another one.
pub(crate) const OF_A_PATH: [&str; 4] = ["joinpath", "with_name", "with_stem", "with_suffix"];

/// Methods that write to the path that has them.
pub(crate) const OF_PATHS: [&str; 9] = [
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

/// Of all these, those that surely write a file, wherever its path comes from: of the others, what they
/// are given may be something in memory.
pub(crate) const SURE: [&str; 15] = [
    "sqlite3.connect",
    "duckdb.connect",
    "os.makedirs",
    "os.mkdir",
    "shutil.copy",
    "shutil.copy2",
    "shutil.copyfile",
    "shutil.copytree",
    "shutil.move",
    "joblib.dump",
    "write_text",
    "write_bytes",
    "mkdir",
    "touch",
    "logging.FileHandler",
];

/// Flags of `os.open` with which a file is written.
pub(crate) const FLAGS: [&str; 5] = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_APPEND", "O_TRUNC"];
