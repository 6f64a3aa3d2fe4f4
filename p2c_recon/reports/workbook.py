"""The workbook in which data stewards decide: a summary, a sheet per category, and what reading it back needs.

openpyxl, in write-only mode, makes everything but the findings' rows: styles, headers, tables, drop-downs, chart.
The rows are streamed as XML into the sheet's part of the archive while it is saved, which takes a tenth of the time
that openpyxl needs for a cell and no memory, and gives the same bytes whether lxml is installed or not.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from html import escape
from os import PathLike, fspath
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import numpy.typing as npt
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.writer.excel import ExcelWriter

from p2c_recon.reports.cell_text import (
    COLUMNS,
    DECISIONS,
    EFFECTS,
    FIELDS,
    cell_text,
    display_names,
    row_key,
)
from p2c_recon.reports.sheet_style import GREY, LINE, STATUS_COLOURS, make_cell, make_header, set_up_page
from p2c_recon.reports.summary_sheet import write_summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["SCHEMA", "SCHEMA_VERSION", "write_workbook"]

SCHEMA = "p2c_recon/workbook"
SCHEMA_VERSION = "1"
ROWS_PER_SHEET = 65_000  # below Excel's 1,048,576 rows, and below its 65,530 links should every row get one

_KEYED = ("category", "task", "company", "key", "source_id", "field", "expected", "actual", "reason")
_WIDTHS = {"Decision": 19, "Comment": 28, "Task": 21, "Key": 22, "Name": 27, "Column": 34, "Expected": 34, "Actual": 34}
_WIDTHS |= {"Reason": 36, "Source id": 39, "Row key": 36}
_WRAPPED = ("Comment", "Name", "Expected", "Actual", "Reason")
_LINE_HEIGHT, _MOST_LINES = 15, 8  # a longer text is cut off at the cell's edge: one description must not fill the screen

_FILLS = {"Decision": "FFF8DC", "Comment": "FFF8DC", "Expected": "E4F2E0", "Actual": "FBE4E1"}
_EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001 - the oldest time that a zip archive holds, in no zone
_BLOCK = 2_000
_QUIET = b'<ignoredErrors><ignoredError sqref="A1:Z1048576" numberStoredAsText="1"/></ignoredErrors>'


@dataclass(frozen=True)
class _Sheet:
    """The findings of one sheet: where they stand in the frame, and their keys."""

    title: str
    category: str
    positions: npt.NDArray[np.intp]
    keys: npt.NDArray[np.bytes_]

    @property
    def headers(self) -> tuple[str, ...]:
        return ("Decision", "Comment", *COLUMNS[self.category], "Row key")

    @property
    def content(self) -> str:
        """Hash of all rows in whatever order, for stewards sort."""
        return hashlib.sha256(b"\n".join(np.sort(self.keys).tolist())).hexdigest()


@dataclass(frozen=True)
class _Body:
    """A sheet's rows as XML, made when they are written, and how many bytes they are at most."""

    rows: Iterator[bytes]
    most_bytes: int


def write_workbook(
    path: str | PathLike[str], findings: pd.DataFrame, summary: dict[str, Any], *, names: pd.DataFrame | None = None
) -> list[str]:
    """Write the findings as a workbook in which people decide, row by row.

    Parameters
    ----------
    path
        The file to write; an existing one is replaced.
    findings
        The run's findings, all columns text.
    summary
        What ``summary.json`` holds.
    names
        Display names of Sales records: columns ``source_id`` and ``name``.

    Returns
    -------
    list of str
        The titles of the sheets that a reader sees, in their order.
    """
    shown = findings.assign(name=display_names(findings["source_id"], names))
    sheets = list(_plan(shown))
    book = Workbook(write_only=True)
    book.properties.title = cell_text(f"Prospect to cash, {summary['company']}, run {summary['run_id']}")
    book.properties.creator = "p2c_recon"
    book.properties.created = book.properties.modified = _EPOCH
    write_summary(book.create_sheet("Summary"), summary, [(sheet.title, sheet.category, len(sheet.positions)) for sheet in sheets])
    bodies = {}
    for number, sheet in enumerate(sheets, start=1):
        styles = _write_frame(book.create_sheet(sheet.title), sheet, number)
        bodies[f"xl/worksheets/sheet{number + 1}.xml"] = _Body(_rows(shown, sheet, styles), _most_bytes(shown, sheet))
    _write_meta(book.create_sheet("_meta"), summary, sheets)
    for page in book.worksheets:
        page.close()  # else a full disk below would leave its writer open, and loud
    with _Archive(fspath(path), bodies) as archive:
        ExcelWriter(book, archive).save()
    return [title for title in book.sheetnames if not title.startswith("_")]


def _plan(findings: pd.DataFrame) -> Iterator[_Sheet]:
    """Yield the sheets: one per category that has findings, more where one can't hold them all."""
    for category in COLUMNS:
        positions = np.flatnonzero(findings["category"].eq(category).to_numpy(dtype=bool))
        for part, start in enumerate(range(0, len(positions), ROWS_PER_SHEET), start=1):
            title = category if part == 1 else f"{category} {part}"
            some = positions[start : start + ROWS_PER_SHEET]
            yield _Sheet(title, category, some, _row_keys(findings, category, some))


def _row_keys(findings: pd.DataFrame, category: str, positions: npt.NDArray[np.intp]) -> npt.NDArray[np.bytes_]:
    """Return each row's key, made of what its sheet shows, so that a reader can make it again."""
    visible = {"category", "company", *(FIELDS[header] for header in COLUMNS[category])}
    keys = np.empty(len(positions), dtype="S32")
    blocks = _blocks(findings, [field if field in visible else None for field in _KEYED], positions)
    keys[:] = [row_key(values) for block in blocks for values in block]
    return keys


def _blocks(findings: pd.DataFrame, fields: Sequence[str | None], positions: npt.NDArray[np.intp]) -> Iterator[Iterable[tuple[str, ...]]]:
    """Yield the rows' safe texts block by block; a field of None is blank."""
    rows = findings.take(positions)  # once a sheet: each take looks through all chunks of the Arrow arrays
    for start in range(0, len(rows), _BLOCK):
        block = rows.iloc[start : start + _BLOCK]
        blank = [""] * len(block)
        yield zip(*([cell_text(text) for text in block[field].tolist()] if field else blank for field in fields), strict=True)


def _rows(findings: pd.DataFrame, sheet: _Sheet, styles: list[int]) -> Iterator[bytes]:
    """Yield the XML of a sheet's rows, block by block."""
    blanks, filled = [], []
    for index, style in enumerate(styles, start=1):
        letter = get_column_letter(index)
        blanks.append(f'<c r="{letter}%d" s="{style}"/>')
        # inlineStr is text whatever it looks like: =1+1 stays four characters
        filled.append(f'<c r="{letter}%d" s="{style}" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>')
    fields = [None, None, *(FIELDS[header] for header in COLUMNS[sheet.category])]
    wrapped = [(index, _WIDTHS[header]) for index, header in enumerate(sheet.headers) if header in _WRAPPED]
    number = 1
    for block in _blocks(findings, fields, sheet.positions):
        xml = []
        for values in block:
            key = sheet.keys[number - 1].decode()
            number += 1
            xml.append(f'<row r="{number}"{_height(values, wrapped)}>')
            xml += [
                full % (number, escape(value, quote=False)) if value else blank % number
                for full, blank, value in zip(filled, blanks, (*values, key), strict=True)
            ]
            xml.append("</row>")
        yield "".join(xml).encode()


def _most_bytes(findings: pd.DataFrame, sheet: _Sheet) -> int:
    fields = [FIELDS[header] for header in COLUMNS[sheet.category]]
    characters = sum(int(findings[field].iloc[sheet.positions].str.len().sum()) for field in fields)
    return 4 * characters + 100 * len(sheet.positions) * len(sheet.headers)


def _height(values: tuple[str, ...], wrapped: list[tuple[int, int]]) -> str:
    """Return the height attribute of a row that needs more than a line: LibreOffice doesn't find out by itself."""
    if not any(len(values[index]) > width or "\n" in values[index] for index, width in wrapped):
        return ""
    lines = max(sum(1 + len(line) // width for line in values[index].split("\n")) for index, width in wrapped)
    return f' ht="{_LINE_HEIGHT * min(lines, _MOST_LINES)}" customHeight="1"'


class _Archive(ZipFile):
    """A zip archive without clock or host in it, which puts streamed rows into the sheets that openpyxl wrote."""

    def __init__(self, path: str, bodies: dict[str, _Body]) -> None:
        super().__init__(path, "w", ZIP_DEFLATED)
        self._bodies = bodies

    def writestr(self, name: str | ZipInfo, data: Any, *_: Any) -> None:
        with self._entry(str(name)) as entry:
            entry.write(data.encode() if isinstance(data, str) else data)

    def write(self, filename: Any, arcname: Any = None, *_: Any) -> None:
        part = Path(filename).read_bytes()
        body = self._bodies.get(arcname)
        if body is None:
            self.writestr(arcname, part)
            return
        head, end, tail = part.partition(b"</sheetData>")
        with self._entry(arcname, body.most_bytes) as entry:
            entry.write(head)
            for rows in body.rows:
                entry.write(rows)
            # No green corner on every account number; openpyxl has no word for this.
            entry.write(end + tail.replace(b"<tableParts", _QUIET + b"<tableParts", 1))

    def _entry(self, name: str, most_bytes: int = 0) -> IO[bytes]:
        info = ZipInfo(name, _EPOCH.timetuple()[:6])
        info.compress_type, info.create_system = ZIP_DEFLATED, 0
        info.file_size = most_bytes  # decides about ZIP64, which Excel likes only where it is needed
        return self.open(info, "w")


def _write_frame(sheet: Worksheet, part: _Sheet, number: int) -> list[int]:
    """Write all of a category's sheet but its rows, and return the rows' style for each column."""
    headers, last = part.headers, len(part.positions) + 1
    for index, header in enumerate(headers, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = _WIDTHS[header]
    sheet.column_dimensions[get_column_letter(len(headers))].hidden = True
    sheet.freeze_panes = "C2"
    sheet.row_dimensions[1].height = 22
    sheet.print_title_rows = "1:1"
    sheet.sheet_properties.tabColor = STATUS_COLOURS.get(part.category, GREY)
    set_up_page(sheet)
    sheet.append([make_header(sheet, header) for header in headers])

    reference = f"A1:{get_column_letter(len(headers))}{last}"
    # The table brings its own filter buttons; the sheet must not have any besides.
    table = Table(displayName=f"Findings{number}", ref=reference, autoFilter=AutoFilter(ref=reference))
    table.tableColumns = [TableColumn(id=index, name=header) for index, header in enumerate(headers, start=1)]
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.tables.add(table)  # add_table warns in write-only mode even when the columns are there

    offered = DECISIONS[part.category]
    choice = DataValidation(type="list", formula1=f'"{",".join(offered)}"', allow_blank=True, showErrorMessage=True, showInputMessage=True)
    choice.errorTitle, choice.error = "Decision", "Pick one of: " + ", ".join(offered)
    choice.promptTitle, choice.prompt = "Decision", EFFECTS[part.category]
    choice.add(f"A2:A{last}")
    sheet.data_validations.append(choice)
    return [_row_style(sheet, header, coloured="Expected" in headers) for header in headers]


def _row_style(sheet: Worksheet, header: str, *, coloured: bool) -> int:
    cell = make_cell(
        sheet,
        font=Font(name="Calibri", color=GREY if header == "Source id" else None),
        alignment=Alignment(horizontal="left", vertical="top", indent=1, wrap_text=header in _WRAPPED),
        border=Border(bottom=Side("thin", LINE), right=Side("thin", LINE)),
    )
    if header in _FILLS and (coloured or header != "Actual"):
        cell.fill = PatternFill("solid", fgColor=_FILLS[header])
    return cell.style_id


def _write_meta(sheet: Worksheet, summary: dict[str, Any], parts: Sequence[_Sheet]) -> None:
    """Write the hidden sheet that reading back checks the others against: what, which, and its values."""
    sheet.sheet_state = "hidden"
    rows = [("schema", SCHEMA, SCHEMA_VERSION), ("run", summary["run_id"]), ("company", summary["company"])]
    rows += [("decision", category, text) for category, offered in DECISIONS.items() for text in offered]
    rows += [("sheet", part.title, part.category, str(len(part.positions)), part.content) for part in parts]
    for row in rows:
        sheet.append([make_cell(sheet, text) for text in row])
