"""Workbooks (.xlsx) as exports: the first visible sheet that holds anything, its first row as headers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from p2c_recon.canonical import canonical_value
from p2c_recon.errors import InputError

__all__ = ["ExcelFile", "open_excel"]

OLE = bytes.fromhex("D0CF11E0A1B11AE1")
"""First bytes of the container that encrypted workbooks and old .xls files come in."""


@dataclass(frozen=True)
class ExcelFile:
    """A workbook that was read: its headers, its rows, and the other sheets that hold something."""

    path: Path
    names: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    other_sheets: tuple[str, ...]

    def read(self, positions: Sequence[int], decimals: Sequence[str]) -> list[pa.ChunkedArray]:
        """Return the columns at these positions as canonical text; typed numbers get each column's decimal sign."""
        columns = []
        for position, decimal in zip(positions, decimals, strict=True):
            values = [canonical_value(row[position], decimal) for row in self.rows]
            columns.append(pa.chunked_array([pa.array(values, pa.large_string())]))
        return columns


def open_excel(path: Path) -> ExcelFile:
    """Read a workbook.

    Raises
    ------
    InputError
        The workbook is encrypted, broken, or empty.
    """
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        with path.open("rb") as file:
            head = file.read(len(OLE))
    except OSError as exc:
        raise InputError(f"{path.name}: cannot be read ({exc.strerror}). Check the file and its permissions.") from None
    if not head:
        raise InputError(f"{path.name}: the file is empty. Export it again, or remove it.")
    if head == OLE:
        raise InputError(f"{path.name}: the workbook is encrypted or in the old .xls format. Remove the password, and save it as .xlsx.")
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            sheets = {
                meta.name: book.get_sheet_by_name(meta.name).to_python(skip_empty_area=True)
                for meta in book.sheets_metadata
                if meta.visible == SheetVisibleEnum.Visible and meta.typ == SheetTypeEnum.WorkSheet
            }
    except (CalamineError, OSError) as exc:
        raise InputError(f"{path.name}: not a readable workbook ({exc}). Open it in Excel, and save it again as .xlsx.") from None
    filled = [name for name, rows in sheets.items() if rows]
    if not filled:
        raise InputError(f"{path.name}: the workbook holds no visible sheet with a header row. Export it again, or remove it.")
    rows = sheets[filled[0]]
    return ExcelFile(path, tuple(canonical_value(cell) for cell in rows[0]), rows[1:], tuple(filled[1:]))
