"""A run: load both sides, reconcile, and write everything into a folder of its own, whole or not at all."""

from __future__ import annotations

import dataclasses
import datetime as dt
import errno
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from p2c_recon.columns import at_once, side_by_side
from p2c_recon.compare.reconcile import Reconciliation, reconcile
from p2c_recon.errors import OutputError, ProjectError
from p2c_recon.project import Project, load_project
from p2c_recon.reports.html import write_report
from p2c_recon.reports.summary import summarise
from p2c_recon.reports.tables import write_csv, write_parquet
from p2c_recon.reports.workbook import write_workbook
from p2c_recon.systems.files import Side, load_finops, load_sales
from p2c_recon.templates import Task, load_tasks

__all__ = ["Run", "reconcile_folders", "run_id", "write_run"]

RUN_FILE = "run.json"


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes
    ----------
    folder
        Where its files are.
    result
        Ledger, findings and counts.
    summary
        The content of ``summary.json``.
    """

    folder: Path
    result: Reconciliation
    summary: dict[str, Any]


def reconcile_folders(
    sales: str | Path,
    finops: str | Path,
    *,
    company: str | None = None,
    out: str | Path | None = None,
    config: str | Path | None = None,
    workbook: bool = True,
    say: Callable[[str], None] = lambda _: None,
) -> Run:
    """Reconcile two folders of exports and write the run folder.

    Parameters
    ----------
    sales, finops
        Folders with the exports of each side.
    company
        Legal entity; the project file may name it instead.
    out
        Run folder; by default ``runs/<company>-<run id>``. A folder that an earlier run wrote and nobody touched since is replaced.
    config
        Project file.
    workbook
        Whether to write ``mismatches.xlsx`` and ``report.html`` besides the tables.
    say
        Told what is going on, for a progress line.

    Raises
    ------
    P2CError
        Something is wrong with the project file, the data or the output folder; nothing is left behind.
    """
    started = time.perf_counter()
    _keep_memory()
    project = load_project(config)
    entity = company or project.company
    if not entity or not entity.strip():
        raise ProjectError('no company given. Use --company, or write company = "usmf" into the project file.')
    say("reading both sides")
    sales_side, finops_side = at_once(partial(load_sales, sales, project), partial(load_finops, finops, entity, project))
    say("reconciling")
    result = reconcile(sales_side, finops_side, entity, project)
    identity = run_id(sales_side, finops_side, result.company, project, load_tasks(project))
    folder = Path(out) if out is not None else Path("runs") / f"{result.company}-{identity[:12]}"
    say("writing the results")
    summary = write_run(result, sales_side, finops_side, folder, identity, workbook=workbook, started=started)
    return Run(folder, result, summary)


def _keep_memory() -> None:
    """Let Arrow keep the memory that it frees for a second: handing it back at once costs a run a fifth of its time."""
    if "ARROW_DEFAULT_MEMORY_POOL" not in os.environ and "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())


def run_id(sales: Side, finops: Side, company: str, project: Project, tasks: tuple[Task, ...]) -> str:
    """Return the hash of everything that decides a run's findings: inputs, templates and configuration."""
    content = {
        "company": company,
        "inputs": [[side.system, source.table, source.sha256] for side in (sales, finops) for source in side.sources],
        "templates": [dataclasses.asdict(task) for task in tasks],
        "project": project.model_dump(),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=_plain).encode()).hexdigest()


def write_run(
    result: Reconciliation, sales: Side, finops: Side, folder: Path, identity: str, *, workbook: bool = True, started: float | None = None
) -> dict[str, Any]:
    """Write the run folder: into a temporary folder beside it first, which takes its name at the end.

    Returns
    -------
    dict
        The content of ``summary.json``.

    Raises
    ------
    OutputError
        The folder holds something else, or can't be written; what was begun is removed.
    """
    started = time.perf_counter() if started is None else started
    folder = folder.resolve()
    _check_free(folder)
    summary = summarise(result, sales, finops, identity, version("p2c-recon"))
    temporary = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        _write_files(temporary, result, sales, summary, workbook)
        _write_json(temporary / RUN_FILE, _clock(temporary, started))
        temporary.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        temporary.replace(folder)
    except OSError as exc:
        remedy = "Free some space, or" if exc.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else "Check its permissions, or"
        raise OutputError(
            f"{folder}: the results can't be written ({exc.strerror or exc}). {remedy} choose another folder with --out."
        ) from exc
    finally:
        if temporary is not None and temporary.exists():
            shutil.rmtree(temporary, ignore_errors=True)
    return summary


def _write_files(folder: Path, result: Reconciliation, sales: Side, summary: dict[str, Any], workbook: bool) -> None:
    wanted = [(write, form, name) for name in ("ledger", "findings") for write, form in ((write_csv, "csv"), (write_parquet, "parquet"))]
    tables = {"findings": result.findings, "ledger": result.ledger}
    side_by_side(lambda job: job[0](folder / f"{job[2]}.{job[1]}", tables[job[2]]), wanted)
    _write_json(folder / "summary.json", summary)
    if workbook:
        names = _names(sales)
        write_workbook(folder / "mismatches.xlsx", result.findings, summary, names=names)
        write_report(folder / "report.html", result.findings, result.ledger, summary, names=names)


def _names(sales: Side) -> pd.DataFrame:
    """Display names of the Sales records, for people who don't know them by id."""
    parts = [
        pd.DataFrame({"source_id": sales[table][key].str.strip(), "name": sales[table][name].str.strip()})
        for table, key, name in (("contacts", "contactid", "fullname"), ("accounts", "accountid", "name"))
        if name in sales[table].columns
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"source_id": [], "name": []}, dtype="str")


def _clock(folder: Path, started: float) -> dict[str, Any]:
    names = sorted(path.name for path in folder.iterdir())
    return {
        "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "seconds": round(time.perf_counter() - started, 3),
        "files": dict(zip(names, side_by_side(lambda name: _sha256(folder / name), names), strict=True)),
    }


def _check_free(folder: Path) -> None:
    """Refuse to replace anything but an earlier run that nobody has touched: a steward may have decided in its workbook."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise OutputError(f"{folder}: is a file. Choose another folder with --out.")
    there = {path.name: path for path in folder.iterdir()}
    if not there:
        return
    try:
        wrote = json.loads((folder / RUN_FILE).read_text("utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        raise OutputError(f"{folder}: holds files that no run wrote. Choose another folder with --out.") from None
    touched = sorted(name for name in there if name != RUN_FILE and (name not in wrote or _sha256(there[name]) != wrote[name]))
    if touched:
        raise OutputError(
            f"{folder}: {', '.join(touched)} was added or changed since the run that wrote this folder. "
            "Keep it, and choose another folder with --out."
        )


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def _plain(value: Any) -> Any:
    return value.model_dump() if hasattr(value, "model_dump") else dict(value)
