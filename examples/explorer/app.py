"""Look into a CSV file: filter, chart, download."""

from pathlib import Path

import pandas as pd
import streamlit as st

import tables

SAMPLE = Path(__file__).parent / "sample" / "harbours.csv"
#: A chart of more points than this is slow and shows nothing more.
CHARTED = 20_000

st.set_page_config(page_title="CSV Explorer", page_icon=":material/table_view:", layout="wide")


@st.cache_data(show_spinner="Reading the file …", max_entries=4)
def read(content: bytes) -> tables.Table:
    return tables.read(content)


def choose_file() -> tuple[str, bytes]:
    """The uploaded file, or the sample as long as there is none."""
    upload = st.sidebar.file_uploader("CSV file", type=["csv", "tsv", "txt"], key="file")
    if upload is not None:
        return upload.name, upload.getvalue()
    st.sidebar.caption(f"No file yet: this is the sample `{SAMPLE.name}`.")
    return SAMPLE.name, SAMPLE.read_bytes()


def choose_filters(frame: pd.DataFrame, file: str) -> tables.Filters:
    """The filters of the sidebar. Their keys hold the file's name: a new file starts afresh."""
    side = st.sidebar
    side.subheader("Filter")
    filters = tables.Filters(search=side.text_input("Search in all columns", key=f"search {file}"))
    names = side.multiselect("Filter by column", list(frame.columns), key=f"columns {file}")
    for name in names:
        column, key = frame[name], f"filter {file} {name}"
        match tables.kind(column):
            case "number":
                choose_number(filters, name, column.dropna(), key)
            case "date":
                choose_dates(filters, name, column.dropna(), key)
            case "choice":
                values = sorted(column.dropna().unique().tolist(), key=str)
                chosen = side.multiselect(name, values, key=key)
                if chosen:
                    filters.choices[name] = chosen
            case _:
                filters.texts[name] = side.text_input(f"{name} contains", key=key)
    return filters


def choose_number(filters: tables.Filters, name: str, column: pd.Series, key: str) -> None:
    if column.nunique() < 2:
        st.sidebar.caption(f"“{name}” has one value only.")
        return
    low, high = column.min().item(), column.max().item()
    chosen = st.sidebar.slider(name, low, high, (low, high), key=key)
    if chosen != (low, high):
        filters.ranges[name] = chosen


def choose_dates(filters: tables.Filters, name: str, column: pd.Series, key: str) -> None:
    first, last = column.min().date(), column.max().date()
    chosen = st.sidebar.date_input(name, (first, last), first, last, key=key)
    # Between the two clicks of a choice there is one date only.
    if len(chosen) == 2 and tuple(chosen) != (first, last):
        end = pd.Timestamp(chosen[1]) + pd.Timedelta(days=1) - pd.Timedelta(nanoseconds=1)
        zone = column.dt.tz
        filters.ranges[name] = (pd.Timestamp(chosen[0], tz=zone), end.tz_localize(zone))


def day_columns(frame: pd.DataFrame) -> dict:
    """Shows the columns of dates without a time of day as days."""
    dates = frame.select_dtypes(["datetime", "datetimetz"])
    return {
        name: st.column_config.DateColumn(format="YYYY-MM-DD")
        for name, column in dates.items()
        if (column.dropna() == column.dropna().dt.normalize()).all()
    }


def show_chart(frame: pd.DataFrame, file: str) -> None:
    numbers = list(frame.select_dtypes("number").columns)
    if not numbers:
        st.info("There is no column of numbers to draw.")
        return
    others = [name for name in frame.columns if name not in numbers]
    groups = [name for name in others if tables.kind(frame[name]) == "choice"]
    dates = [name for name in others if tables.kind(frame[name]) == "date"]
    horizontal = dates + [name for name in frame.columns if name not in dates]
    shape, across, up, colour = st.columns([1.4, 1, 1, 1])
    chart = shape.segmented_control(
        "Chart", ["Line", "Bar", "Points"], default="Line", key=f"chart {file}"
    )
    x = across.selectbox("Across", horizontal, key=f"across {file}")
    y = up.selectbox("Up", [name for name in numbers if name != x] or numbers, key=f"up {file}")
    # A column in which every row differs would give one colour, and no line, to each.
    first = 1 if groups and 2 * frame[groups[0]].nunique() <= len(frame) else 0
    group = colour.selectbox("Colour", [None, *groups], index=first, key=f"colour {file}")
    if chart == "Points":
        drawn = frame
        if len(drawn) > CHARTED:
            drawn = drawn.sample(CHARTED, random_state=0)
            st.caption(f"{CHARTED:,} of {len(frame):,} rows, chosen at random.")
        st.scatter_chart(drawn, x=x, y=y, color=group, height=420)
        return
    keys = list(dict.fromkeys([x] if group is None else [x, group]))
    drawn = frame if y in keys else frame.groupby(keys, as_index=False, dropna=False)[y].mean()
    draw = st.bar_chart if chart == "Bar" else st.line_chart
    draw(drawn.head(CHARTED), x=x, y=y, color=group if group != x else None, height=420)
    if len(drawn) < len(frame):
        st.caption(f"The mean of “{y}” for each “{x}”.")


def main() -> None:
    st.title("CSV Explorer")
    name, content = choose_file()
    try:
        table = read(content)
    except tables.TableError as error:
        st.error(f"**{name}** can’t be shown. {error}", icon=":material/error:")
        st.write("Choose another file on the left, or take that one away to see the sample.")
        return

    filters = choose_filters(table.frame, name)
    shown = tables.apply(table.frame, filters)

    rows, columns, gaps, download = st.columns([1, 1, 1, 1.4], vertical_alignment="bottom")
    left_out = len(shown) - len(table.frame)
    rows.metric("Rows", f"{len(shown):,}", f"{left_out:,}" if left_out else None)
    columns.metric("Columns", f"{shown.shape[1]:,}")
    gaps.metric("Empty cells", f"{int(shown.isna().sum().sum()):,}")
    download.download_button(
        "Download the filtered CSV" if filters else "Download the CSV",
        tables.write(shown, table.separator) if filters else content,
        file_name=f"{Path(name).stem} filtered.csv" if filters else name,
        mime="text/csv",
        icon=":material/download:",
        type="primary",
        width="stretch",
        key="download",
    )

    if shown.empty:
        st.info("No row passes the filters.", icon=":material/filter_alt_off:")
        return
    table_tab, chart_tab, summary_tab = st.tabs(["Table", "Chart", "Summary"])
    with table_tab:
        st.dataframe(shown, hide_index=True, height=520, column_config=day_columns(table.frame))
    with chart_tab:
        show_chart(shown, name)
    with summary_tab:
        summary = shown.describe(include="all").T
        st.dataframe(summary.astype(str).replace({"nan": "", "NaT": "", "<NA>": ""}))


main()
