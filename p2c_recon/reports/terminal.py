"""What a run says on the terminal: one screen of counts, and where the files are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from p2c_recon.compare.status import STATUSES
from p2c_recon.templates.listing import describe_fn
from p2c_recon.templates.model import Task

__all__ = ["print_mappings", "print_run", "print_story", "progress"]

COLOURS = {
    "in_sync": "green",
    "mismatched": "yellow",
    "missing": "red",
    "wrong_entity": "red",
    "blocked": "magenta",
    "not_synchronized": "dim",
}
HEADS = {"in_sync": "in\nsync", "mismatched": "mis-\nmatched", "wrong_entity": "wrong\nentity", "not_synchronized": "not\nsynced"}
TOP = 10
MOST_WARNINGS = 5


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Show what a run is doing in one line that goes away; on a pipe or a file, nothing."""
    console = Console(stderr=True)
    with console.status("starting") as status:
        yield lambda what: status.update(what)


def print_run(summary: dict[str, Any], folder: Path) -> None:
    """Print counts per task and status, the columns that differ most, and the files."""
    console = Console(highlight=False)
    statuses = Table(title=f"Sales records of company {escape(summary['company'])}", title_justify="left", box=SIMPLE_HEAD, padding=0)
    statuses.add_column("task", no_wrap=True)
    statuses.add_column("records", justify="right")
    for name in STATUSES:
        statuses.add_column(HEADS.get(name, name), justify="right", style=COLOURS[name])
    for task in summary["tasks"]:
        statuses.add_row(task["task"], f"{task['total']:,}", *(_count(task["statuses"][name]) for name in STATUSES))
    console.print(statuses)
    finops = ", ".join(
        f"{table['table']}: " + ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in table["statuses"].items() if count)
        for table in summary["finops"]
    )
    console.print(f"F&O rows: {finops}", soft_wrap=True)
    if summary["columns"]:
        columns = Table(title="Columns that differ most", title_justify="left", box=SIMPLE_HEAD, padding=0)
        for name in ("task", "column"):
            columns.add_column(name)
        columns.add_column("records", justify="right")
        for row in summary["columns"][:TOP]:
            columns.add_row(row["task"], row["field"], f"{row['mismatched']:,}")
        console.print(columns)
    _print_notes(console, summary)
    rows = sum(part["rows_read"] for part in summary["conservation"])
    total = sum(sum(counts.values()) for counts in summary["categories"].values())
    console.print(f"All {rows:,} rows read are accounted for. {total:,} findings in {escape(str(folder))}:", soft_wrap=True)
    console.print("  " + ", ".join(path.name for path in sorted(folder.iterdir())), soft_wrap=True)


def print_story(summary: dict[str, Any], ledger: pd.DataFrame) -> None:
    """Say in plain words what was found in the sample data."""
    console = Console(highlight=False)
    counts = {task["task"]: task["statuses"] for task in summary["tasks"]}
    total = {name: sum(statuses[name] for statuses in counts.values()) for name in STATUSES}
    contacts = ledger[ledger["task"].ne("Accounts - Customers")]
    routes = contacts["route"].value_counts()
    extra = sum(categories["extra"] for categories in summary["categories"].values())
    flags = sum(categories["flag_disagrees"] for categories in summary["categories"].values())
    console.print(
        f"Of {len(contacts):,} Sales contacts, {routes.get('customer', 0):,} become customers, {routes.get('contact', 0):,} become "
        f"contact persons and {routes.get('none', 0):,} go nowhere. Together with {len(ledger) - len(contacts):,} accounts:"
    )
    for name, words in (
        ("in_sync", "agree with F&O in every column"),
        ("mismatched", "are there, but at least one column differs"),
        ("missing", "are missing in F&O"),
        ("wrong_entity", "are there under the other entity"),
        ("blocked", "would be refused by the integration; every reason is listed"),
        ("not_synchronized", "are not synchronized at all"),
    ):
        console.print(f"  {total[name]:>5,} {words}")
    console.print(f"  {extra:>5,} rows of F&O claim to come from Sales, but don't; {flags:,} flags disagree with the data")
    console.print()


def print_mappings(tasks: Iterable[Task]) -> None:
    """Print each task like the mapping screen of Data Integrator: source, map type, destination."""
    console = Console(highlight=False)
    for task in tasks:
        way = f"{task.source_entity} ({task.source_system}) → {task.destination_entity} ({task.destination_system})"
        title = f"{task.template}\n{task.name}: {way}"
        table = Table(title=title, title_justify="left", caption=_caption(task), caption_justify="left")
        for name in ("source", "map", "destination", "what else"):
            table.add_column(name, overflow="fold")
        for column in task.columns:
            key = " (key)" if column.name == task.match else ""
            table.add_row(column.source or "", column.map_type, column.name + key, escape(describe_fn(column)))
        console.print(table)
        console.print()


def _print_notes(console: Console, summary: dict[str, Any]) -> None:
    ignored = sorted({name for side in summary["sources"].values() for source in side for name in source["ignored_columns"]})
    if ignored:
        shown = ", ".join(ignored[:8]) + (f", … {len(ignored)} in all (summary.json)" if len(ignored) > 8 else "")
        console.print(f"Columns that nobody maps: {escape(shown)}", soft_wrap=True, style="dim")
    if summary["left_out"]:
        console.print(f"Not compared or checked: {len(summary['left_out'])} (summary.json, report.html say what and why)", style="dim")
    for warning in summary["warnings"][:MOST_WARNINGS]:
        console.print(f"Note: {escape(warning)}", style="yellow", soft_wrap=True)
    if len(summary["warnings"]) > MOST_WARNINGS:
        console.print(f"… and {len(summary['warnings']) - MOST_WARNINGS} more notes in summary.json", style="yellow")


def _caption(task: Task) -> str:
    said = [f"filter: {task.filter}"] if task.filter else []
    said += [f"run first: {', '.join(task.needs)}"] if task.needs else []
    return escape("; ".join(said))


def _count(number: int) -> str:
    return f"{number:,}" if number else "·"
