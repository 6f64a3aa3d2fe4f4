"""The summary of a run: counts, what was left out, and the proof that no row was lost. Deterministic: clock and timings are not in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.columns import text
from p2c_recon.compare.findings import CATEGORIES
from p2c_recon.compare.reconcile import Reconciliation
from p2c_recon.compare.status import FINOPS_STATUSES, STATUSES
from p2c_recon.systems.files import Side, Source

__all__ = ["summarise"]


def summarise(result: Reconciliation, sales: Side, finops: Side, run_id: str, version: str) -> dict[str, Any]:
    """Return the content of ``summary.json``.

    Returns
    -------
    dict
        ``run_id, version, company, sources, warnings, left_out, tasks, categories, columns, finops, conservation``; every list in a fixed
        order.
    """
    return {
        "run_id": run_id,
        "version": version,
        "company": result.company,
        "sources": {name: [_source(source) for source in side.sources] for name, side in (("sales", sales), ("finops", finops))},
        "warnings": [*sales.notes, *finops.notes],
        "left_out": [{"what": what, "why": why} for what, why in result.left_out],
        "tasks": _tasks(result.ledger),
        "categories": _categories(result.findings),
        "columns": _columns(result.findings),
        "finops": [{"table": table, "rows": sum(counts.values()), "statuses": _known(counts)} for table, counts in result.finops.items()],
        "conservation": list(result.conservation),
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "table": source.table,
        "file": source.file,
        "rows": source.rows,
        "sha256": source.sha256,
        "ignored_columns": list(source.ignored),
    }


def _known(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: counts[name] for name in FINOPS_STATUSES}


def _counts(table: pd.DataFrame, names: list[str]) -> list[dict[str, Any]]:
    columns = pa.table({name: text(table[name]).dictionary_encode() for name in names})
    counted = columns.group_by(names).aggregate([([], "count_all")])
    rows: list[dict[str, Any]] = counted.to_pylist()
    return sorted(rows, key=lambda row: [row[name] for name in names])


def _tasks(ledger: pd.DataFrame) -> list[dict[str, Any]]:
    tasks: dict[str, dict[str, int]] = {}
    for row in _counts(ledger, ["task", "status"]):
        tasks.setdefault(row["task"], dict.fromkeys(STATUSES, 0))[row["status"]] = row["count_all"]
    return [{"task": task, "total": sum(counts.values()), "statuses": counts} for task, counts in tasks.items()]


def _categories(findings: pd.DataFrame) -> dict[str, dict[str, int]]:
    tasks: dict[str, dict[str, int]] = {}
    for row in _counts(findings, ["task", "category"]):
        tasks.setdefault(row["task"], dict.fromkeys(CATEGORIES, 0))[row["category"]] = row["count_all"]
    return tasks


def _columns(findings: pd.DataFrame) -> list[dict[str, Any]]:
    mismatched = findings[pc.equal(text(findings["category"]), "mismatched").to_numpy(zero_copy_only=False)]
    counted = [
        {"task": row["task"], "field": row["field"], "mismatched": row["count_all"]} for row in _counts(mismatched, ["task", "field"])
    ]
    return sorted(counted, key=lambda row: (-row["mismatched"], row["task"], row["field"]))
