"""Reading and filtering of CSV files. Nothing in here knows Streamlit."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

import pandas as pd

SEPARATORS = ",;\t|"
#: So much of a file is looked at to find its separator.
SNIFFED = 64 * 1024
#: A text column with at most so many different values is offered as a list to choose from.
CHOICES = 50


class TableError(Exception):
    """A file that cannot be shown as a table; the text is for the person who opened it."""


@dataclass(frozen=True)
class Table:
    """A table as it was read, with what was found out about its file."""

    frame: pd.DataFrame
    encoding: str
    separator: str


@dataclass
class Filters:
    """What the person asked for; everything empty lets every row through."""

    search: str = ""
    ranges: dict[str, tuple] = field(default_factory=dict)
    choices: dict[str, list] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.search or self.ranges or self.choices or any(self.texts.values()))


def read(content: bytes) -> Table:
    """Reads a CSV file of unknown encoding and separator."""
    text, encoding = _decode(content)
    if not text.strip():
        raise TableError("The file is empty.")
    separator = _separator(text[:SNIFFED])
    frame = _parse(text, separator, decimal=".")
    if separator == ";" and _has_decimal_commas(frame):
        frame = _parse(text, separator, decimal=",")
    if frame.empty:
        raise TableError("The file has a header, but no rows.")
    frame.columns = [str(name).strip() for name in frame.columns]
    if not frame.columns.is_unique:
        raise TableError("Two columns of the file have the same name.")
    return Table(_with_types(frame), encoding, separator)


def apply(frame: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """The rows that pass every filter."""
    mask = pd.Series(True, index=frame.index)
    for name, (low, high) in filters.ranges.items():
        mask &= frame[name].between(low, high)
    for name, values in filters.choices.items():
        mask &= frame[name].isin(values)
    for name, wanted in filters.texts.items():
        mask &= _contains(frame[name], wanted)
    if filters.search:
        found = pd.Series(False, index=frame.index)
        for name in frame.columns:
            found |= _contains(frame[name], filters.search)
        mask &= found
    return frame[mask]


def write(frame: pd.DataFrame, separator: str) -> bytes:
    """The table as CSV in UTF-8, with the separator of the file that it came from."""
    decimal = "," if separator == ";" else "."
    return frame.to_csv(index=False, sep=separator, decimal=decimal).encode()


def kind(column: pd.Series) -> str:
    """How a column is filtered: `number`, `date`, `choice` or `text`."""
    if pd.api.types.is_bool_dtype(column):
        return "choice"
    if pd.api.types.is_numeric_dtype(column):
        return "number"
    if pd.api.types.is_datetime64_any_dtype(column):
        return "date"
    return "choice" if column.nunique() <= CHOICES else "text"


def _decode(content: bytes) -> tuple[str, str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), "utf-16"
    if b"\0" in content[:SNIFFED]:
        raise TableError("This is not a text file. A spreadsheet has to be saved as CSV first.")
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        # What spreadsheets of Western Europe write; every byte means something in it.
        return content.decode("cp1252", errors="replace"), "cp1252"


def _separator(text: str) -> str:
    header = text.lstrip("\r\n").partition("\n")[0]
    try:
        return csv.Sniffer().sniff(text, SEPARATORS).delimiter
    except csv.Error:
        return max(SEPARATORS, key=header.count)


def _parse(text: str, separator: str, decimal: str) -> pd.DataFrame:
    try:
        return pd.read_csv(io.StringIO(text), sep=separator, decimal=decimal, index_col=False)
    except pd.errors.ParserError as error:
        # pandas says "C error: Expected 3 fields in line 5, saw 4" after its own words.
        detail = str(error).rpartition("C error: ")[2].strip()
        raise TableError(f"The rows do not fit the header. {detail}") from error


def _has_decimal_commas(frame: pd.DataFrame) -> bool:
    texts = frame.select_dtypes(exclude=["number", "bool"])
    return any(
        column.dropna().astype(str).str.fullmatch(r"\s*-?\d+,\d+\s*").all()
        for _, column in texts.items()
        if column.notna().any()
    )


def _with_types(frame: pd.DataFrame) -> pd.DataFrame:
    """Turns the text columns that hold ISO dates into dates, and all that is mixed into text."""
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column) or not column.notna().any():
            continue
        texts = column.astype("string")
        if texts.dropna().str.match(r"\d{4}-\d{2}-\d{2}(?:$|[T ])").all():
            try:
                frame[name] = pd.to_datetime(column, format="ISO8601")
                continue
            except ValueError:
                # No such day, or several time zones in one column: shown as it is written.
                pass
        if column.dtype == object:
            # Numbers of any length and values of several kinds, which Arrow has no type for.
            frame[name] = texts
    return frame


def _contains(column: pd.Series, wanted: str) -> pd.Series:
    return column.astype(str).str.contains(wanted, case=False, regex=False, na=False)
