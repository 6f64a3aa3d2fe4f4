"""One timed contender on the benchmark's files, in a process of its own; prints a line of JSON.

Runs in the peers' environment too, so it imports p2c_recon only where that is measured.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

KEY = "ContactPersonPartyNumber"
TOLERANCE = 0.005


def peak_mb() -> int:
    """Peak memory of this process; ru_maxrss would start from the parent's on Linux."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def floor(folder: Path) -> Callable[[], int]:
    """What nothing can beat that aligns by key: find the keys, take one side into order, compare all cells for equality."""
    import pyarrow as pa
    import pyarrow.compute as pc

    expected, actual = our_frames(folder)

    def arrow(frame: Any, name: str) -> pa.Array:
        chunked = pa.chunked_array(pa.array(frame[name]))
        return chunked.chunk(0) if chunked.num_chunks == 1 else pa.concat_arrays(chunked.chunks)

    columns = {name: (arrow(expected, name), arrow(actual, name)) for name in expected.columns}

    def work() -> int:
        at = pc.index_in(columns[KEY][0], value_set=columns[KEY][1])
        differ = 0
        for name, (left, right) in columns.items():
            if name != KEY:
                differ += pc.sum(pc.not_equal(left, pc.take(right, at))).as_py() or 0
        return differ

    return work


def kernel(folder: Path) -> Callable[[], int]:
    """Ours: numbers into codes, contact persons chosen, cells compared, findings in long form."""
    import numpy as np
    import pyarrow as pa

    from p2c_recon.columns import fold, pick, side_by_side, text, texts
    from p2c_recon.compare.findings import Findings
    from p2c_recon.compare.kernel import compare_cells
    from p2c_recon.compare.keys import encode, person_rows
    from p2c_recon.project import NumberFormat
    from p2c_recon.templates import load_tasks
    from p2c_recon.transform.mapping import Mapped

    task = next(task for task in load_tasks() if task.name == "Contacts")
    expected, actual = our_frames(folder)
    compared = tuple(column for column in task.columns if column.name != KEY)

    def work() -> int:
        left, right = texts(expected, expected.columns), texts(actual, actual.columns)
        numbers = side_by_side(fold, (left[KEY], right[KEY]))
        codes = encode(dict(zip(("expected", "actual"), numbers, strict=True)))
        under = "AssociatedPartyNumber"
        matches = person_rows(codes.of["expected"], left[under], codes.of["actual"], right[under], codes.size)
        parts = compare_cells(Mapped(left, {}, {}), right, matches, compared, NumberFormat(), NumberFormat())
        findings = Findings("usmf")
        keys: pa.Array = text(expected[KEY])
        for cells in parts:
            findings.add(task.name, "mismatched", pick(keys, cells.rows), field=cells.column, expected=cells.expected, actual=cells.actual)
        missing = np.count_nonzero(matches < 0)
        return len(findings.table()) + int(missing)

    return work


def reconcile(folder: Path) -> Callable[[], int]:
    """Ours, whole: read Parquet, route, map, flags, compare, ledger, write findings and ledger; no workbook."""
    from p2c_recon.run import reconcile_folders

    def work() -> int:
        run = reconcile_folders(folder / "sales", folder / "finops", company="usmf", out=folder / "run", workbook=False)
        return int((run.result.findings["category"] == "mismatched").sum())

    return work


def datacompy_pandas(folder: Path) -> Callable[[], int]:
    """datacompy's pandas class: construct, and all mismatching rows."""
    import datacompy
    import pandas as pd

    expected, actual = (pd.read_parquet(folder / f"{name}.parquet") for name in ("expected", "actual"))
    compare = getattr(datacompy, "PandasCompare", None) or datacompy.Compare

    def work() -> int:
        done = compare(expected, actual, join_columns=[KEY], abs_tol=TOLERANCE, ignore_spaces=True)
        return len(done.all_mismatch())

    return work


def datacompy_polars(folder: Path) -> Callable[[], int]:
    """datacompy's polars class: construct, and all mismatching rows."""
    import datacompy
    import polars

    expected, actual = (polars.read_parquet(folder / f"{name}.parquet") for name in ("expected", "actual"))

    def work() -> int:
        done = datacompy.PolarsCompare(expected, actual, join_columns=[KEY], abs_tol=TOLERANCE, ignore_spaces=True)
        return len(done.all_mismatch())

    return work


def our_frames(folder: Path) -> tuple[Any, Any]:
    """Both sides as p2c_recon's own reader hands them over: text, blank instead of null, each column in one piece."""
    import pyarrow.parquet as pq

    from p2c_recon.canonical import canonical_array
    from p2c_recon.columns import frame, joined

    def one(name: str) -> Any:
        table = pq.read_table(folder / f"{name}.parquet")
        return frame({field: joined(canonical_array(table.column(field))) for field in table.column_names})

    return one("expected"), one("actual")


CONTENDERS = {each.__name__: each for each in (floor, kernel, reconcile, datacompy_pandas, datacompy_polars)}


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    work = CONTENDERS[name](folder)
    loaded = peak_mb()
    started = time.perf_counter()
    found = work()
    seconds = time.perf_counter() - started
    print(json.dumps({"name": name, "seconds": seconds, "loaded_mb": loaded, "peak_mb": peak_mb(), "found": found}))


if __name__ == "__main__":
    main()
