"""Uses Streamlit and the packages that it brings as widely as an app may, and prints what came out
as one line of JSON. Its arguments are the folder of the packages and, to be used as well, `parquet` and
`avif`.
"""

import ctypes
import datetime
import io
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, sys.argv[1])
found = {}


def numbers():
    import numpy
    import numpy.testing

    random = numpy.random.default_rng(1)
    matrix = random.normal(size=(40, 40))
    inverse = numpy.linalg.inv(matrix)
    numpy.testing.assert_allclose(matrix @ inverse, numpy.eye(40), atol=1e-8)
    wave = numpy.fft.irfft(numpy.fft.rfft(matrix[0]))
    numpy.testing.assert_allclose(wave, matrix[0])
    found["numpy"] = [
        round(float(numpy.linalg.svd(matrix)[1][0]), 6),
        numpy.sort(random.integers(0, 9, 20)).tolist(),
        numpy.polynomial.Polynomial.fit([0, 1, 2], [1, 3, 5], 1).convert().coef.round(6).tolist(),
        numpy.ma.masked_less([1, 2, 3], 2).sum().item(),
        numpy.strings.upper(numpy.array(["a", "b"])).tolist(),
    ]


def tables():
    import pandas
    import pandas.testing

    days = pandas.date_range("2026-01-01", periods=50, freq="D", tz="Europe/Berlin")
    frame = pandas.DataFrame({"day": days, "kind": ["a", "b"] * 25, "value": range(50)})
    text = frame.to_csv(index=False)
    back = pandas.read_csv(io.StringIO(text), parse_dates=["day"], engine="pyarrow")
    plain = pandas.read_csv(io.StringIO(text))
    pandas.testing.assert_series_equal(back["value"], plain["value"])
    found["pandas"] = [
        frame.groupby("kind")["value"].agg(["sum", "mean", "std"]).round(6).to_dict(),
        frame.merge(frame, on="kind").shape,
        frame["value"].rolling(5).median().iloc[-1].item(),
        frame.pivot_table(index=frame["day"].dt.month, columns="kind", values="value").shape,
        frame["kind"].str.upper().value_counts().to_dict(),
        frame.astype({"kind": "category"}).dtypes.astype(str).to_dict(),
        frame.set_index("day").resample("W")["value"].sum().iloc[0].item(),
        frame.to_json()[:40],
        frame.query("value > 40").shape,
        frame.style.format(precision=1).to_html()[:6],
    ]


def arrow():
    import pyarrow
    import pyarrow.compute
    import pyarrow.csv
    import pyarrow.feather
    import pyarrow.fs
    import pyarrow.ipc
    import pyarrow.json

    table = pyarrow.table({"a": [3, 1, 2], "b": ["x", "y", "x"]})
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    read = pyarrow.ipc.open_stream(sink.getvalue()).read_all()
    folder = pathlib.Path(tempfile.mkdtemp())
    pyarrow.csv.write_csv(table, folder / "a.csv")
    pyarrow.feather.write_feather(table, folder / "a.feather", compression="zstd")
    (folder / "a.json").write_text('{"a": 1}\n{"a": 2}\n')
    files = pyarrow.fs.LocalFileSystem().get_file_info(pyarrow.fs.FileSelector(str(folder)))
    found["pyarrow"] = [
        read.equals(table),
        pyarrow.csv.read_csv(folder / "a.csv").equals(table),
        pyarrow.feather.read_table(folder / "a.feather").equals(table),
        pyarrow.json.read_json(folder / "a.json").to_pydict(),
        sorted(info.base_name for info in files),
        table.sort_by("a").group_by("b", use_threads=False).aggregate([("a", "sum")]).to_pydict(),
        pyarrow.compute.utf8_upper(table["b"]).to_pylist(),
        pyarrow.compute.strftime(pyarrow.array([datetime.datetime(2026, 1, 2)])).to_pylist(),
        table.join(table, "b").num_rows,
        table.filter(pyarrow.compute.field("a") > 1).num_rows,
        table.to_pandas().shape,
    ]


def parquet():
    import pandas
    import pyarrow
    import pyarrow.dataset
    import pyarrow.parquet

    folder = pathlib.Path(tempfile.mkdtemp())
    frame = pandas.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"]})
    for compression in ["snappy", "zstd", "gzip", "brotli", "lz4"]:
        frame.to_parquet(folder / f"{compression}.parquet", compression=compression)
    read = pyarrow.dataset.dataset(str(folder)).to_table(filter=pyarrow.dataset.field("a") > 1)
    found["parquet"] = [
        pandas.read_parquet(folder / "brotli.parquet").equals(frame),
        pyarrow.parquet.read_schema(folder / "zstd.parquet").names,
        read.num_rows,
    ]


def pictures():
    from PIL import Image, ImageDraw, ImageFilter, ImageFont, features

    picture = Image.new("RGB", (64, 64), "red")
    ImageDraw.Draw(picture).text((2, 2), "é", font=ImageFont.load_default(20))
    sizes = []
    kinds = ["PNG", "JPEG", "WEBP", "TIFF", "GIF", "JPEG2000"]
    if "avif" in sys.argv:
        kinds.append("AVIF")
    for kind in kinds:
        output = io.BytesIO()
        picture.filter(ImageFilter.BLUR).save(output, kind)
        sizes.append(Image.open(output).resize((9, 9), Image.Resampling.LANCZOS).size)
    found["avif"] = sizes[6:]
    found["pillow"] = [sizes[:6], features.check("raqm"), features.check("littlecms2")]


def names():
    """Takes all names of a package, as `from numpy import *` does (and scipy with it): some are
    imported only then."""
    found["names"] = {}
    for package in ["numpy", "numpy.ma", "pandas", "altair", "narwhals"]:
        taken = {}
        exec(f"import {package} as package; from {package} import *", taken)
        found["names"][package] = sum(name in taken for name in taken["package"].__all__)


def libraries():
    """Binds every symbol of every library at once, so that a missing one shows."""
    folder = pathlib.Path(sys.argv[1])
    loaded = [path for path in folder.rglob("*") if (path.name + ".").find(".so.") > 0]
    for path in loaded:
        # It is for tests of C++ and binds Google's test library, which no wheel has.
        if "_pyarrow_cpp_tests" not in path.name:
            ctypes.CDLL(str(path), mode=2)
    assert len(loaded) > 100, len(loaded)


def elements():
    import streamlit.testing.v1

    script = pathlib.Path(__file__).with_name("elements.py")
    run = streamlit.testing.v1.AppTest.from_file(str(script), default_timeout=60).run()
    assert not run.exception, run.exception
    found["elements"] = [type(element).__name__ + ":" + element.type for element in run.main]


numbers()
tables()
arrow()
pictures()
names()
elements()
if "parquet" in sys.argv:
    parquet()
libraries()
print(json.dumps(found))
