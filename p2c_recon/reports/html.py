"""The report of a run as one HTML file: opens offline, asks nobody for anything, and shows data as text only."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from p2c_recon.reports.cell_text import CATEGORIES, FINOPS_STATUSES, STATUSES, display_names, legal

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd

__all__ = ["write_report"]

MOST_FINDINGS = 5_000
_MOST_COLUMNS = 20
_LONGEST_TEXT = 300
_ACCOUNTS = "Accounts - Customers"
_ROUTES = {"customer": "become a customer", "contact": "become a contact person", "none": "are not synchronized"}

_SCRIPT = """
(() => {
  const search = document.getElementById("search"), count = document.getElementById("count");
  const rows = [...document.querySelectorAll("#findings tbody tr")];
  const texts = rows.map(row => [...row.cells].map(cell => cell.textContent).join("\\n").toLowerCase());
  const filter = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, index) => {
      row.hidden = !words.every(word => texts[index].includes(word));
      shown += !row.hidden;
    });
    count.textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows shown`;
  };
  search.addEventListener("input", filter);
  document.getElementById("filter").hidden = false;
  filter();
})();
"""


def write_report(
    path: str | PathLike[str],
    findings: pd.DataFrame,
    ledger: pd.DataFrame,
    summary: dict[str, Any],
    *,
    names: pd.DataFrame | None = None,
) -> None:
    """Write the report of a run.

    Parameters
    ----------
    path
        The file to write; an existing one is replaced.
    findings, ledger
        The run's findings and ledger, all columns text.
    summary
        What ``summary.json`` holds.
    names
        Display names of Sales records: columns ``source_id`` and ``name``.
    """
    # finalize reaches every value that the template prints: nothing gets past it or past the escaping
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: legal(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
    )
    environment.filters["number"] = lambda count: f"{count:,}"
    script_hash = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
    page = environment.from_string(_resource("report.html.jinja")).render(
        summary=summary,
        sections=_SECTIONS,
        style=Markup(_resource("report.css")),  # noqa: S704 - our own file
        script=Markup(_SCRIPT),  # noqa: S704 - our own text
        script_hash=script_hash,
        **_first_screen(summary),
        **_statuses(summary),
        **_routing(ledger),
        **_columns(summary),
        **_categories(findings, summary),
        **_rows(findings, names),
    )
    Path(path).write_bytes(page.encode())


_SECTIONS = {
    "statuses": "Sales records by status",
    "accounted": "Is everything accounted for?",
    "routing": "Where the records go",
    "columns": "Columns that differ",
    "categories": "What was found, and why",
    "left-out": "What was left out",
    "all": "Findings",
}


def _share(part: int, whole: int) -> str:
    """Return a percentage, rounded down: all but one is not 100 %."""
    return f"{1000 * part // whole / 10:.1f} %" if whole else "–"


def _first_screen(summary: dict[str, Any]) -> dict[str, Any]:
    """Return what a manager reads first: one sentence, the proof, four numbers."""
    counts = {status: sum(task["statuses"].get(status, 0) for task in summary["tasks"]) for status in STATUSES}
    total = sum(counts.values())
    stay_out, agree = counts.pop("not_synchronized"), counts.pop("in_sync")
    due, attention = total - stay_out, sum(counts.values())
    by_task = summary["categories"].values()
    extra = sum(categories.get("extra", 0) for categories in by_task)

    title = f"{agree:,} of {due:,} Sales records that belong in Finance and Operations agree with it."
    text = "None of them needs attention."
    if attention:
        kinds = ", ".join(f"{count:,} {STATUSES[status]}" for status, count in counts.items() if count)
        text = f"{attention:,} {'needs' if attention == 1 else 'need'} attention: {kinds}."
    if extra:
        text += f" F&O holds {extra:,} {'row' if extra == 1 else 'rows'} that no Sales record leads to."
    if stay_out:
        text += f" {stay_out:,} more {'is' if stay_out == 1 else 'are'} not synchronized: flags and parents say so."

    rows: dict[str, int] = {}
    for row in summary["conservation"]:
        rows[row["side"]] = rows.get(row["side"], 0) + row["rows_read"]
    read = " and ".join(f"{count:,} rows of {side}" for side, count in rows.items())
    holds = all(row["rows_read"] == row["rows_accounted"] for row in summary["conservation"])
    return {
        "headline": {"title": title if due else "No Sales record belongs in Finance and Operations.", "text": text},
        "proof": {"holds": holds, "text": f"{'Everything is' if holds else 'NOT everything is'} accounted for: {read}."},
        "tiles": [
            ("Sales records", f"{total:,}"),
            ("In sync, of those due", _share(agree, due)),
            ("Need attention", f"{attention:,}"),
            ("Findings", f"{sum(sum(categories.values()) for categories in by_task):,}"),
        ],
    }


def _statuses(summary: dict[str, Any]) -> dict[str, Any]:
    """Return a bar per task of Sales records, and one per table of F&O."""

    def parts(counts: dict[str, int], labels: dict[str, str]) -> list[tuple[str, str, int]]:
        return [(status, label, counts.get(status, 0)) for status, label in labels.items()]

    return {
        "statuses": [(task["task"], task["total"], parts(task["statuses"], STATUSES)) for task in summary["tasks"]],
        "finops": [(table["table"], table["rows"], parts(table["statuses"], FINOPS_STATUSES)) for table in summary["finops"]],
    }


def _routing(ledger: pd.DataFrame) -> dict[str, Any]:
    """Count where the contacts go, and why some stay out."""
    is_account = ledger["task"].eq(_ACCOUNTS)
    routes = ledger.loc[~is_account, "route"].value_counts()
    return {
        "contacts": [(words, "", int(routes[route])) for route, words in _ROUTES.items() if route in routes.index],
        "stay_out": _count(ledger[ledger["route"].eq("none")], ["reason"]),
        "accounts": int(is_account.sum()),
    }


def _columns(summary: dict[str, Any]) -> dict[str, Any]:
    columns = [(column["field"], column["task"], column["mismatched"]) for column in summary["columns"]]
    return {"columns": columns[:_MOST_COLUMNS], "more_columns": len(columns[_MOST_COLUMNS:])}


def _categories(findings: pd.DataFrame, summary: dict[str, Any]) -> dict[str, Any]:
    """Count the findings by category and task, and by reason where they have one."""
    tasks = list(summary["categories"])
    rows = []
    for name, meaning in CATEGORIES.items():
        counts = [summary["categories"][task].get(name, 0) for task in tasks]
        if any(counts):
            rows.append((name, sum(counts), counts, meaning))
    return {
        "tasks": tasks,
        "categories": rows,
        "blocked": _count(findings[findings["category"].eq("blocked")], ["reason", "field"]),
        "extra": _count(findings[findings["category"].eq("extra")], ["reason", "task"]),
    }


def _count(frame: pd.DataFrame, by: list[str]) -> list[tuple[str, str, int]]:
    """Return label, note and number of rows, the most frequent first."""
    sizes = frame.groupby(by, sort=True).size().sort_values(ascending=False, kind="stable")
    keys = [key if isinstance(key, tuple) else (key,) for key in sizes.index]
    return [(str(key[0]), str(key[1]) if len(key) > 1 else "", int(size)) for key, size in zip(keys, sizes, strict=True)]


def _rows(findings: pd.DataFrame, names: pd.DataFrame | None) -> dict[str, Any]:
    """Return the table of findings, cut to what a browser shows at once."""
    first = findings.head(MOST_FINDINGS)
    columns = {
        "Category": first["category"],
        "Task": first["task"],
        "Key": first["key"],
        "Name": display_names(first["source_id"], names),
        "Column": first["field"],
        "Expected": first["expected"],
        "Actual": first["actual"],
        "Reason": first["reason"],
        "Source id": first["source_id"],
    }
    note = (
        f"All {len(findings):,} findings are below"
        if len(first) == len(findings)
        else f"The first {len(first):,} of {len(findings):,} findings"
    )
    return {
        "headers": list(columns),
        "rows": list(zip(*([_clip(text) for text in column.tolist()] for column in columns.values()), strict=True)),
        "findings_note": f"{note}; findings.csv and the workbook hold them all." if len(findings) else "There are none.",
    }


def _clip(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}… ({len(text):,} characters)"


def _resource(name: str) -> str:
    return files("p2c_recon.reports").joinpath(name).read_text("utf-8")
