"""Samples as files: CSV, workbooks and Parquet, with Web API names or as *Export to Excel* writes them."""

from __future__ import annotations

import csv
import io
import re
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from p2c_recon.errors import P2CError
from p2c_recon.sandbox.mappings import CURRENCY, TYPE
from p2c_recon.sandbox.people import word_pools
from p2c_recon.sandbox.sample import Sample

__all__ = ["write", "write_parts"]


def write(
    sample: Sample,
    folder: str | Path,
    *,
    format: str = "csv",  # noqa: A002 - the word that a caller looks for
    display_names: bool = False,
    labels: Mapping[str, Any] | None = None,
) -> list[Path]:
    """Write a sample as two folders of files, ``sales`` and ``finops``, and return the files.

    Parameters
    ----------
    sample
        What `generate` made.
    folder
        Where ``sales`` and ``finops`` come to stand.
    format
        ``csv``, ``xlsx`` or ``parquet``; also the files' ending.
    display_names
        Write the Sales side in the style of *Export to Excel*: labels as headers, choices as labels, lookups as names.
    labels
        Labels and choices per table, in the shape of ``systems/labels.toml``, which is the default.
    """
    if format not in _WRITERS:
        raise P2CError(f"cannot write files of format {format!r}: choose one of {', '.join(_WRITERS)}")
    sales = dict(sample.sales)
    if display_names:
        shipped = files("p2c_recon").joinpath("systems", "labels.toml")
        sales = _as_exported(sales, labels if labels is not None else tomllib.loads(shipped.read_text("utf-8")))
    written = []
    for side, tables in (("sales", sales), ("finops", sample.finops)):
        for name, table in tables.items():
            path = Path(folder, side, f"{name}.{format}")
            path.parent.mkdir(parents=True, exist_ok=True)
            _WRITERS[format](table, path)
            written.append(path)
    return written


def write_parts(parts: Iterable[Sample], folder: str | Path) -> list[Path]:
    """Write the parts of a large sample as Parquet, one file per table, and return the files."""
    writers: dict[Path, pq.ParquetWriter] = {}
    try:
        for part in parts:
            for side, tables in (("sales", part.sales), ("finops", part.finops)):
                for name, table in tables.items():
                    rows, path = pa.Table.from_pandas(table, preserve_index=False), Path(folder, side, f"{name}.parquet")
                    if path not in writers:
                        path.parent.mkdir(parents=True, exist_ok=True)
                        writers[path] = pq.ParquetWriter(path, rows.schema, compression="zstd")
                    writers[path].write_table(rows)
    finally:
        for writer in writers.values():
            writer.close()
    return list(writers)


def _as_exported(sales: Mapping[str, pd.DataFrame], labels: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Return the Sales tables as *Export to Excel* would give them."""
    contacts, accounts = sales["contacts"], sales["accounts"]
    names = pd.concat([contacts.set_index("contactid")["fullname"], accounts.set_index("accountid")["name"]])
    exported = {}
    for table, frame in sales.items():
        header: dict[str, str] = {}
        for label, column in labels[table]["labels"].items():
            header.setdefault(column, label)
        choices = labels[table].get("choices", {})
        columns: dict[str, pd.Series[Any]] = {}
        for column in frame.columns.drop([name for name in frame.columns if name.endswith(TYPE)]):
            values = frame[column]
            if column.startswith("_"):
                name = column.removeprefix("_").removesuffix("_value")
                # A record that was deleted since has no name here; its id stands in for one that nobody bears.
                values = values.map(names).fillna(values)
            elif column == CURRENCY:
                name, values = "transactioncurrencyid", values.map(word_pools().currencies).fillna(values)
            else:
                name = column
                words = {value: label for label, value in choices.get(column, {}).items()} or {"true": "Yes", "false": "No"}
                values = values.replace(words)
            columns[header.get(name, name)] = values
        exported[table] = pd.DataFrame(columns)
    return exported


def _lines(table: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    yield tuple(table.columns)
    yield from zip(*(table[name].tolist() for name in table.columns), strict=True)


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(_lines(table))


def _write_xlsx(table: pd.DataFrame, path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(path.stem[:31])

    def cell(text: str) -> Any:
        if not text.startswith(("=", "#")):
            return text or None
        plain = WriteOnlyCell(sheet, text)
        plain.data_type = "s"  # neither a formula nor an error
        return plain

    for row in _lines(table):
        sheet.append([cell(text) for text in row])
    raw = io.BytesIO()
    book.save(raw)
    # The clock stays out of the file, so that the same sample gives the same bytes.
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2000-01-01T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def _write_parquet(table: pd.DataFrame, path: Path) -> None:
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), path, compression="zstd")


_WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {"csv": _write_csv, "xlsx": _write_xlsx, "parquet": _write_parquet}
