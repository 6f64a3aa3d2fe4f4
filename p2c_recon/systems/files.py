"""Load one side from a folder: one file a table, ``.csv``, ``.xlsx`` or ``.parquet``, mixed if need be."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.columns import blank, frame, joined, text, trim
from p2c_recon.errors import InputError, ProjectError, did_you_mean
from p2c_recon.project import Project, SideSettings
from p2c_recon.systems.csv_files import CsvFile, open_csv
from p2c_recon.systems.excel_files import ExcelFile, open_excel
from p2c_recon.systems.headers import read_header, shipped_choices
from p2c_recon.systems.lookups import resolve_lookups
from p2c_recon.systems.parquet_files import ParquetFile, open_parquet
from p2c_recon.systems.tables import COMPANY, Table, finops_tables, sales_tables
from p2c_recon.templates import Task, load_tasks, main_tasks

__all__ = ["Side", "Source", "check_company", "load_finops", "load_sales"]

ENDINGS = (".csv", ".xlsx", ".parquet")
DATE_STAMP = re.compile(r"\s+\d{1,4}[-.]\d{1,2}[-.]\d{1,4}(\s+\d{1,2}-\d{2}-\d{2}(\s*[AP]M)?)?$", re.IGNORECASE)
"""What *Export to Excel* puts behind the name of a view."""


@dataclass(frozen=True)
class Source:
    """Where a table came from.

    Attributes
    ----------
    table, file
        Name of the table; name of its file, or of where else it was read.
    rows
        Records read.
    sha256
        Hash of the file's bytes: what ``sha256sum`` prints for it.
    ignored
        Columns that nobody maps.
    """

    table: str
    file: str
    rows: int
    sha256: str
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True)
class Side:
    """One system's tables as frames, every value as canonical text.

    Attributes
    ----------
    system
        ``Sales`` or ``Fin and Ops``.
    tables
        Table name -> frame, columns by their Web API names.
    sources
        Where each table came from.
    notes
        What the reader did that a user must know: company taken, names not resolved, rows and files left out.
    """

    system: str
    tables: Mapping[str, pd.DataFrame]
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[table]

    def __contains__(self, table: object) -> bool:
        return table in self.tables


def load_sales(folder: str | Path, project: Project | None = None) -> Side:
    """Load the Sales side from a folder of exports.

    Parameters
    ----------
    folder
        Holds ``contacts`` and ``accounts``; ``quotes``, ``salesorders``, ``invoices`` and ``transactioncurrencies`` if exported.
    project
        Labels, choices, encoding, file names and mapped columns of one's own.

    Returns
    -------
    Side
        Lookups that came as names are resolved; the notes count those that could not be.

    Raises
    ------
    InputError
        Names file, column or row, and what to do.
    """
    project = project or Project()
    side = _load("Sales", Path(folder), sales_tables(_tasks(project)), project.sales)
    tables, notes = resolve_lookups(side.tables, project.countries.languages)
    return Side(side.system, tables, side.sources, (*side.notes, *notes))


def load_finops(folder: str | Path, company: str, project: Project | None = None) -> Side:
    """Load the F&O side from a folder of exports.

    Parameters
    ----------
    folder
        Holds ``CustomersV2`` and ``CDSContactPersons``; ``CustomerGroups`` if exported.
    company
        Legal entity that rows without a company column belong to (data management exports have none).
    project
        As in `load_sales`.

    Raises
    ------
    InputError
        Names file, column or row, and what to do.
    """
    project = project or Project()
    side = _load("Fin and Ops", Path(folder), finops_tables(_tasks(project)), project.finops)
    check_company(side.tables, company)
    tables, notes = {}, list(side.notes)
    for name, table in side.tables.items():
        tables[name] = table
        if COMPANY not in table.columns:
            tables[name] = table.assign(**{COMPANY: pd.Series(company, index=table.index, dtype="str")})
            notes.append(f"{name}: no company column ({COMPANY}); all {len(table)} rows count as company {company}.")
    return Side(side.system, tables, side.sources, tuple(notes))


def check_company(tables: Mapping[str, pd.DataFrame], company: str) -> None:
    """Fail when the tables that name a company don't name this one, and list those that they name.

    Raises
    ------
    InputError
        The company is unknown; tables without any row know no company and pass.
    """
    named = [pc.unique(trim(text(table[COMPANY]))).to_pylist() for table in tables.values() if COMPANY in table.columns]
    present = {name.lower() for names in named for name in names if name}
    if present and company.strip().casefold() not in {name.casefold() for name in present}:
        raise InputError(f"company {company!r}: no row of the F&O side belongs to it. Companies there: {', '.join(sorted(present))}.")


def _tasks(project: Project) -> Iterable[Task]:
    return main_tasks(load_tasks(project)).values()


def _load(system: str, folder: Path, tables: tuple[Table, ...], settings: SideSettings) -> Side:
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.is_file() else "no such folder"
        raise InputError(f"{folder}: {what}. Give the folder that holds the {system} exports, one file a table.")
    _check_settings(system, tables, settings)
    files, notes = _assign(folder, tables, settings)
    loaded: dict[str, pd.DataFrame] = {}
    sources = []
    for table in tables:
        if table.name not in files:
            continue
        path = files[table.name]
        with ThreadPoolExecutor(1) as hashing:
            digest = hashing.submit(_sha256, path)
            loaded[table.name], ignored, said = _read(path, table, settings)
            notes += said
            sources.append(Source(table.name, path.name, len(loaded[table.name]), digest.result(), ignored))
    return Side(system, loaded, tuple(sources), tuple(notes))


def _check_settings(system: str, tables: tuple[Table, ...], settings: SideSettings) -> None:
    """Fail on a table or column name in the project file that no table of the side has."""
    side = "sales" if system == "Sales" else "finops"
    columns = {table.name: table.columns for table in tables}
    for part, names in (("files", settings.files), ("labels", settings.labels), ("choices", settings.choices)):
        for name in names:
            if name not in columns:
                hint = did_you_mean(name, columns)
                raise ProjectError(f"project file: [{side}.{part}] {name}: no such table{hint}. Tables: {', '.join(columns)}.")
    named = [("labels", table, column) for table, labels in settings.labels.items() for column in labels.values()]
    named += [("choices", table, column) for table, choices in settings.choices.items() for column in choices]
    for part, table, column in named:
        if column not in columns[table]:
            hint = did_you_mean(column, columns[table])
            raise ProjectError(
                f"project file: [{side}.{part}.{table}]: no rule and no mapping reads a column {column!r}{hint}. Correct it."
            )


def _assign(folder: Path, tables: tuple[Table, ...], settings: SideSettings) -> tuple[dict[str, Path], list[str]]:
    """Find each table's file; say which files belong to no table."""
    by_name = {_plain(name): table.name for table in tables for name in (table.name, *table.other_names)}
    own = {file.casefold(): table for table, file in settings.files.items()}
    found: dict[str, Path] = {}
    others = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~$")) or not path.is_file():
            continue
        table = own.get(path.name.casefold())
        if table is None and path.suffix.casefold() in ENDINGS:
            table = by_name.get(_plain(DATE_STAMP.sub("", path.stem)))
            table = None if table in settings.files else table
        if table is None:
            others.append(path.name)
        elif table in found:
            raise InputError(f"{folder}: {found[table].name} and {path.name} both hold {table}. Keep one of them in the folder.")
        else:
            found[table] = path
    for wanted in tables:
        if wanted.name not in found and (not wanted.optional or wanted.name in settings.files):
            there = f" The folder holds: {', '.join(others[:10])}." if others else ""
            name = settings.files.get(wanted.name, f"{wanted.name}.csv (or .xlsx, .parquet)")
            raise InputError(f"{folder}: required file {name} is missing.{there} Export it, or name its file in the project file.")
    return found, [f"{name}: not a table of this side, not read." for name in others]


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(path: Path, table: Table, settings: SideSettings) -> tuple[pd.DataFrame, tuple[str, ...], list[str]]:
    opened: CsvFile | ExcelFile | ParquetFile
    suffix = path.suffix.casefold()
    if suffix == ".xlsx":
        opened = open_excel(path)
    elif suffix == ".parquet":
        opened = open_parquet(path)
    else:
        opened = open_csv(path, settings.encoding)
    header = read_header(table, opened.names, path.name, settings.labels.get(table.name, {}))
    names, positions = list(header.columns), list(header.columns.values())
    # Only numbers get the side's decimal sign: a typed 12.5 in a column of text is 12.5 everywhere.
    decimals = [settings.decimal if name in table.numbers else "." for name in names]
    arrays = opened.read(positions) if isinstance(opened, CsvFile) else opened.read(positions, decimals)
    columns = {name: joined(array) for name, array in zip(names, arrays, strict=True)}
    notes = [f"{path.name}: sheet {name!r} is not read; only the first sheet is." for name in getattr(opened, "other_sheets", ())]
    columns, left_out = _without_blank_rows(columns)
    if left_out:
        notes.append(f"{path.name}: {left_out} rows are blank in every column that is read; left out.")
    columns = _choices_as_values(columns, table, settings)
    return frame(columns), header.ignored, notes


def _without_blank_rows(columns: dict[str, pa.Array]) -> tuple[dict[str, pa.Array], int]:
    """Leave out rows that hold nothing at all: spreadsheets end in them."""
    empty = np.ones(len(next(iter(columns.values()), ())), dtype=bool)
    for array in columns.values():
        empty &= blank(trim(array))
        if not empty.any():
            return columns, 0
    keep = pa.array(~empty)
    return {name: pc.filter(array, keep) for name, array in columns.items()}, int(empty.sum())


def _choices_as_values(columns: dict[str, pa.Array], table: Table, settings: SideSettings) -> dict[str, pa.Array]:
    """Turn choice labels (Active, Male) into the values of the Web API; other texts stay as they are."""
    shipped, own = shipped_choices(table.name), settings.choices.get(table.name, {})
    changed = dict(columns)
    for name in columns.keys() & (shipped.keys() | own.keys()):
        labels = {label.strip().casefold(): value for label, value in {**shipped.get(name, {}), **own.get(name, {})}.items()}
        coded = columns[name].dictionary_encode()
        values = [labels.get(value.strip().casefold(), value) for value in coded.dictionary.to_pylist()]
        changed[name] = pc.take(pa.array(values, pa.large_string()), coded.indices)
    return changed
