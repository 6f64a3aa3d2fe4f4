"""Cells and colours that the workbook's sheets share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill

from p2c_recon.reports.cell_text import cell_text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["GREY", "LINE", "LINK", "NAVY", "STATUS_COLOURS", "in_table", "make_cell", "make_header", "set_up_page"]

NAVY, GREY, LINE, LINK = "1F3B57", "5B6770", "D5DAE0", "0B5CAD"
STATUS_COLOURS = {
    "in_sync": "3B8D5A",
    "mismatched": "E0A030",
    "missing": "C8503C",
    "wrong_entity": "8A63B8",
    "blocked": "4A5A6A",
    "not_synchronized": "B7C0C8",
}


def make_cell(sheet: Worksheet, value: str | int | None = None, **style: Any) -> Cell:
    """Return a styled cell; text is never a formula, and stays text when a person edits it."""
    cell = WriteOnlyCell(sheet)
    if isinstance(value, str) or value is None:
        cell.number_format, cell.quotePrefix = "@", True
        if value:
            cell.value = cell_text(value)
            cell.data_type = "s"
    else:
        cell.value, cell.number_format = value, "#,##0"
    for attribute, setting in style.items():
        setattr(cell, attribute, setting)
    return cell


def make_header(sheet: Worksheet, text: str, horizontal: str = "left") -> Cell:
    """Return a column's header."""
    # Coloured by hand: LibreOffice and previewers ignore the styles of tables.
    return make_cell(
        sheet,
        text,
        font=Font(name="Calibri", bold=True, color="FFFFFF"),
        fill=PatternFill("solid", fgColor=NAVY),
        alignment=in_table(horizontal),
    )


def in_table(horizontal: str) -> Alignment:
    """Return how a table's cells are aligned."""
    return Alignment(horizontal=horizontal, vertical="center", indent=int(horizontal == "left"), wrap_text=True)


def set_up_page(sheet: Worksheet) -> None:
    """Let a sheet print in landscape, as wide as the paper, with its name and page numbers."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    margins = sheet.page_margins
    margins.left, margins.right, margins.top, margins.bottom, margins.footer = 0.4, 0.4, 0.5, 0.7, 0.3
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&A", "Page &P of &N"  # type: ignore[union-attr]
