"""The workbook's time and memory against openpyxl's write-only mode for the bare cells of the same findings.

    python tests/benchmarks/workbook.py [--rows 100000 ...] [--repeat 3]

Every measurement is a fresh process that reads the findings from Parquet first. The bare cells are the texts that the
sheets show, without styles, Decision, Comment and row key; so the workbook does strictly more. "Grown by" is the peak
resident memory beyond the loaded findings, the last column the size of the file. Linux and macOS only.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from openpyxl import Workbook

from p2c_recon.reports.cell_text import COLUMNS, FIELDS, display_names
from p2c_recon.reports.workbook import write_workbook

SHARES = {"blocked": 0.06, "wrong_entity": 0.02, "missing": 0.05, "mismatched": 0.8, "extra": 0.04, "flag_disagrees": 0.03}
SUMMARY: dict[str, Any] = {
    "run_id": "0" * 16,
    "company": "usmf",
    "version": "0",
    "sources": {"sales": [], "finops": []},
    "left_out": [],
    "warnings": [],
    "tasks": [],
    "categories": {},
    "columns": [],
    "finops": [],
    "conservation": [],
}


def make_findings(rows: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return findings with the lengths of real ones, and the names of their records."""
    random = np.random.default_rng(7)
    numbers = pd.Series(np.arange(rows)).astype(str).str.zfill(12)
    category = pd.Series(random.choice(list(SHARES), rows, p=list(SHARES.values())), dtype="str")
    compared = category.isin(["mismatched", "flag_disagrees"])
    explained = category.isin(["blocked", "extra"])
    frame = pd.DataFrame(
        {
            "task": random.choice(["Accounts - Customers", "ContactToCustomer", "Contacts"], rows),
            "category": category,
            "company": "usmf",
            "key": "CON-" + numbers.str[-8:] + "-BVRCPS",
            "source_id": ("0a1b2c3d-4e5f-6071-8293-" + numbers).mask(category == "extra", ""),
            "field": pd.Series(random.choice(["PrimaryContactEmail", "AddressStreet", "PersonLastName"], rows)).where(compared, ""),
            "expected": ("Oudegracht " + numbers.str[-4:] + ", 3511 AB Utrecht").where(compared, ""),
            "actual": ("OUDEGRACHT " + numbers.str[-4:] + " 3511AB Utrecht").where(compared, ""),
            "reason": pd.Series("no Sales record", index=category.index).where(explained, ""),
        },
        dtype="str",
    )
    names = pd.DataFrame({"source_id": frame["source_id"], "name": "Maria van den Berg " + numbers.str[-6:]}, dtype="str")
    return frame.sort_values(list(frame.columns), ignore_index=True), names


def write_bare(path: Path, findings: pd.DataFrame, names: pd.DataFrame) -> None:
    """Write what the sheets show, as openpyxl writes it when nothing more is asked for."""
    findings = findings.assign(name=display_names(findings["source_id"], names))
    book = Workbook(write_only=True)
    for category, headers in COLUMNS.items():
        sheet = book.create_sheet(category)
        sheet.append(headers)
        part = findings[findings["category"] == category]
        for row in zip(*(part[FIELDS[header]].tolist() for header in headers), strict=True):
            sheet.append([value or None for value in row])
    book.save(path)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)


def measure(way: str, folder: Path) -> dict[str, float]:
    findings, names = (pd.read_parquet(folder / f"{name}.parquet") for name in ("findings", "names"))
    path = folder / f"{way}.xlsx"
    before, start = peak_mb(), time.perf_counter()
    if way == "bare":
        write_bare(path, findings, names)
    else:
        write_workbook(path, findings, SUMMARY, names=names)
    return {"seconds": time.perf_counter() - start, "peak": peak_mb(), "loaded": before, "size": path.stat().st_size / 2**20}


def compare(rows: int, repeat: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for frame, title in zip(make_findings(rows), ("findings", "names"), strict=True):
            frame.to_parquet(folder / f"{title}.parquet")
        runs: dict[str, list[dict[str, float]]] = {"bare": [], "workbook": []}
        for _ in range(repeat):
            for way, results in runs.items():
                command = [sys.executable, __file__, "--measure", way, name]
                results.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    seconds = {way: statistics.median(result["seconds"] for result in results) for way, results in runs.items()}
    for way, results in runs.items():
        peak, loaded = max(result["peak"] for result in results), max(result["loaded"] for result in results)
        print(
            f"| {rows:>9,} | {way:8} | {seconds[way]:7.2f} | {seconds[way] / seconds['bare']:5.2f} "
            f"| {peak:8.0f} | {peak - loaded:8.0f} | {results[0]['size']:6.1f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--measure", nargs=2, metavar=("WAY", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure[0], Path(options.measure[1]))))
        return
    print(f"Python {platform.python_version()}, openpyxl {version('openpyxl')}, {os.cpu_count()} cores, median of {options.repeat}\n")
    print("|  findings | way      | seconds | ratio | peak MiB | grown by | MiB    |")
    print("|----------:|----------|--------:|------:|---------:|---------:|-------:|")
    for rows in options.rows:
        compare(rows, options.repeat)


if __name__ == "__main__":
    main()
