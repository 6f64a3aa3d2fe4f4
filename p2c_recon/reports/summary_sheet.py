"""The workbook's first sheet: the run at a glance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from openpyxl.cell import Cell
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink

from p2c_recon.reports.cell_text import CATEGORIES, FINOPS_STATUSES, STATUSES
from p2c_recon.reports.sheet_style import GREY, LINE, LINK, NAVY, STATUS_COLOURS, in_table, make_cell, make_header, set_up_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["write_summary"]


def write_summary(sheet: Worksheet, summary: dict[str, Any], parts: Sequence[tuple[str, str, int]]) -> None:
    """Write the first sheet: what the run found, and where in the workbook it stands.

    Parameters
    ----------
    summary
        What ``summary.json`` holds.
    parts
        Title, category and rows of every sheet of findings.
    """
    page = _Page(sheet)
    findings = sum(rows for _, _, rows in parts)
    page.text("Prospect to cash: what differs between Sales and Finance and Operations", size=18, bold=True, color=NAVY)
    page.text(f"Company {summary['company']}   ·   run {summary['run_id']}   ·   p2c_recon {summary['version']}", color=GREY)
    page.text(
        f"This workbook holds every difference that the run found, {findings:,} findings in all, a sheet per category. "
        "Pick a Decision in each row (filter, then fill down), comment where it helps, save, and hand the file back."
        if findings
        else "The run found no difference: there is nothing to decide."
    )

    page.section("Is everything accounted for?")
    page.table(
        ("Side", "Table", "Rows read", "Accounted for", "Proof"),
        [(row["side"], row["table"], row["rows_read"], row["rows_accounted"], _proof(row)) for row in summary["conservation"]],
    )

    page.section("Sales records by task and status")
    top = page.table(
        ("Task", "Records", *STATUSES.values()),
        [(task["task"], task["total"], *(task["statuses"].get(key, 0) for key in STATUSES)) for task in summary["tasks"]],
    )
    if summary["tasks"]:
        page.chart(_status_chart(sheet, top, len(summary["tasks"])))

    page.section("Findings, a row each")
    page.table(
        ("Category", "Findings", "Sheet", "What it means"),
        [(category, rows, _link(sheet, title), CATEGORIES[category]) for title, category, rows in parts],
    )
    page.section("Columns that differ most")
    page.table(
        ("Task", "Mismatches", "Column"),
        [(column["task"], column["mismatched"], column["field"]) for column in summary["columns"][:20]],
    )
    page.section("Finance and Operations rows by status")
    page.table(
        ("Table", "Rows", *FINOPS_STATUSES.values()),
        [(row["table"], row["rows"], *(row["statuses"].get(key, 0) for key in FINOPS_STATUSES)) for row in summary["finops"]],
    )
    page.section("What was left out")
    page.table(("What", "Why"), [(left["what"], left["why"]) for left in summary["left_out"]])
    page.section("Warnings")
    page.table(("Warning",), [(warning,) for warning in summary["warnings"]])
    page.section("Where the rows came from")
    page.table(
        ("Table", "Rows", "File"),
        [
            (f"{side}: {source['table']}", source["rows"], f"{source['file']} (SHA-256 {source['sha256']})")
            for side, sources in (("Sales", summary["sources"]["sales"]), ("F&O", summary["sources"]["finops"]))
            for source in sources
        ],
    )


def _proof(row: dict[str, Any]) -> str:
    return "adds up" if row["rows_read"] == row["rows_accounted"] else "DOES NOT ADD UP"


def _link(sheet: Worksheet, title: str) -> Cell:
    cell = make_cell(sheet, title, font=Font(name="Calibri", color=LINK, underline="single"))
    cell.hyperlink = Hyperlink(ref="", location=f"'{title}'!A1", display=title)
    return cell


def _status_chart(sheet: Worksheet, top: int, tasks: int) -> BarChart:
    """Return a bar per task, the shares of its statuses one after the other."""
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "percentStacked", 100, 45
    chart.add_data(Reference(sheet, min_col=3, max_col=2 + len(STATUSES), min_row=top, max_row=top + tasks), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=top + 1, max_row=top + tasks))
    for series, status in zip(chart.series, STATUSES, strict=True):
        series.graphicalProperties.solidFill = STATUS_COLOURS[status]
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.number_format, chart.y_axis.majorGridlines = "0%", None
    chart.x_axis.delete = chart.y_axis.delete = False  # openpyxl hides both unless told
    chart.legend.position = "b"
    chart.height, chart.width = 3 + tasks, 29
    return chart


class _Page:
    """Writes the Summary from top to bottom and knows the row it is at."""

    _WIDTHS = (30, *[18] * 7)

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet, self._row = sheet, 0
        for index, width in enumerate(self._WIDTHS, start=1):
            sheet.column_dimensions[get_column_letter(index)].width = width
        sheet.sheet_view.showGridLines = False
        sheet.sheet_properties.tabColor = NAVY
        set_up_page(sheet)

    def text(self, text: str, *, size: int = 11, **font: Any) -> None:
        """Write a paragraph over the whole width."""
        cell = make_cell(self._sheet, text, font=Font(name="Calibri", size=size, **font))
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        self._append([cell], wide=True, scale=size / 11)

    def section(self, title: str) -> None:
        """Write a heading with room above it."""
        self._append([])
        self._append([make_cell(self._sheet, title, font=Font(name="Calibri", size=13, bold=True, color=NAVY))])

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
        """Write a table and return its header's row; a last column of text reaches to the page's edge."""
        if not rows:
            self.text("None.", color=GREY)
            return self._row
        wide = isinstance(rows[0][-1], str)
        sides = ["right" if isinstance(value, int) else "left" for value in rows[0]]
        self._append([make_header(self._sheet, *pair) for pair in zip(headers, sides, strict=True)], wide=wide)
        top = self._row
        for row in rows:
            cells = [value if isinstance(value, Cell) else make_cell(self._sheet, value) for value in row]
            cells += [make_cell(self._sheet) for _ in range(len(self._WIDTHS) - len(row) if wide else 0)]
            for cell in cells:
                cell.border = Border(bottom=Side("thin", LINE))
                cell.alignment = in_table("right" if isinstance(cell.value, int) else "left")
            self._append(cells, wide=wide, columns=len(row))
        return top

    def chart(self, chart: BarChart) -> None:
        """Place a chart and leave the rows under it empty."""
        self._append([])
        self._sheet.add_chart(chart, f"A{self._row + 1}")
        for _ in range(math.ceil(chart.height / 0.6) + 1):  # centimetres of the chart over those of a row
            self._append([])

    def _append(self, cells: Sequence[Cell], *, wide: bool = False, columns: int = 0, scale: float = 1) -> None:
        """Append a row as high as its longest text needs: rows with merged cells don't grow by themselves."""
        self._row += 1
        columns = columns or len(cells)
        widths = [*self._WIDTHS[: columns - 1], sum(self._WIDTHS[columns - 1 :])] if wide else self._WIDTHS
        lines = [math.ceil(len(str(cell.value or "")) * scale / (1.15 * width)) for cell, width in zip(cells, widths, strict=False)]
        self._sheet.row_dimensions[self._row].height = min(15.5 * scale * max([1, *lines]) + 3, 400)
        self._sheet.append(list(cells))
        if wide and columns < len(self._WIDTHS):
            self._sheet.merged_cells.add(f"{get_column_letter(columns)}{self._row}:{get_column_letter(len(self._WIDTHS))}{self._row}")
