"""Measure the kernel and the whole reconcile against datacompy and the floor: same data, same run, ratios and peak memory.

    python tests/benchmarks/compare.py --rows 1000000 --write

makes the data, sets up the peers' environment (datacompy needs an older pandas), runs every contender in turns in processes of their own,
and writes the table into tests/benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from p2c_recon.sandbox.generator import generate
from p2c_recon.systems.tables import CUSTOMER, PARENT
from p2c_recon.templates import load_tasks
from p2c_recon.transform.mapping import map_task, with_parent_number

HERE = Path(__file__).parent
PEERS = HERE / "peers.py"
REQUIREMENTS = ("datacompy==1.1.0", "pandas<3.1", "polars<1.45", "pyarrow")
DIFFERING = 0.05


def make_data(folder: Path, rows: int, *, shuffled: bool) -> None:
    """Contacts that all become contact persons, 23 mapped columns, one row in twenty with a differing cell.

    Both exports are in the order of their numbers, or the F&O side is shuffled. Blanks are nulls in the files, as exports have them.
    """
    rng = np.random.default_rng(1)
    made = generate(rows, seed=1)
    accounts, customers = made.sales["accounts"], made.finops["CustomersV2"]
    synchronized = accounts[
        accounts["accountnumber"].isin(set(customers.loc[customers["dataAreaId"].eq("usmf"), "CustomerAccount"].tolist()))
    ]
    chosen = synchronized["accountid"].take(rng.integers(0, len(synchronized), rows)).set_axis(range(rows))
    numbers = pd.Series(pa.array([f"CON-{number:08d}-BVRCPS" for number in range(rows)], pa.large_string()).to_pandas(), dtype="str")
    contacts = made.sales["contacts"].assign(
        msdynce_contactnumber=numbers, msdynce_isactivecustomer="false", msdynce_iscompanyanaccount="true"
    )
    contacts[PARENT.value] = chosen
    contacts[PARENT.kind] = pd.Series("account", index=contacts.index, dtype="str")
    task = next(task for task in load_tasks() if task.name == "Contacts")
    expected = map_task(with_parent_number(contacts, accounts), task)
    actual = spoiled(expected, rng)
    if shuffled:
        actual = actual.take(rng.permutation(rows)).reset_index(drop=True)
    documents = {name: made.sales[name][made.sales[name][CUSTOMER.kind].eq("account")] for name in ("quotes", "salesorders", "invoices")}
    save(folder / "sales", {"contacts": contacts, "accounts": accounts, **documents})
    save(
        folder / "finops",
        {
            "CustomersV2": customers[customers["PartyType"].eq("Organization")],
            "CDSContactPersons": actual.assign(dataAreaId="usmf"),
            "CustomerGroups": made.finops["CustomerGroups"],
        },
    )
    save(folder, {"expected": expected, "actual": actual})


def spoiled(expected: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    changed = {}
    kept = ("ContactPersonPartyNumber", "AssociatedPartyNumber", "IsContactPersonExternallyMaintained")
    names = [name for name in expected.columns if name not in kept]
    rows = rng.permutation(len(expected))[: int(len(expected) * DIFFERING)]
    for name, part in zip(names, np.array_split(rows, len(names)), strict=True):
        values = expected[name].to_numpy(dtype=object, copy=True)
        values[part] = values[part] + "~"
        changed[name] = pd.Series(values, dtype="str")
    # White space that makes no difference: whoever compares must see that.
    city = expected["PrimaryAddressCity"]
    padded = city.where((rng.random(len(city)) > 0.01) | city.eq(""), city + " ")
    changed["PrimaryAddressCity"] = padded.where(changed["PrimaryAddressCity"].eq(city), changed["PrimaryAddressCity"])
    return expected.assign(**changed)


def save(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        nulls = table.mask((table == "").to_numpy())
        pq.write_table(pa.Table.from_pandas(nulls, preserve_index=False), folder / f"{name}.parquet")


def peers_python(folder: Path) -> Path:
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
    return python


def run_once(python: Path | str, name: str, folder: Path) -> dict[str, Any]:
    done = subprocess.run([python, PEERS, name, folder], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def versions(python: Path | str) -> str:
    code = (
        "from importlib.metadata import version, PackageNotFoundError as E\n"
        "for n in ('pandas','pyarrow','polars','datacompy'):\n"
        " try: print(n, version(n), end=', ')\n except E: pass"
    )
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.rstrip(", ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where data and environment are kept between runs")
    parser.add_argument("--write", action="store_true", help="put the table into README.md beside this file")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp())
    peers = peers_python(folder / "peers")
    who = {"floor": sys.executable, "kernel": sys.executable, "reconcile": sys.executable}
    who |= {"datacompy_pandas": str(peers), "datacompy_polars": str(peers)}
    tables = [f"{options.rows:,} × {options.rows:,} rows, 23 columns, 1 row in 20 differs; median of {options.repeat} turns."]
    tables.append(f"{versions(sys.executable)}; peers: {versions(peers)}.")
    for order in ("in the same order", "shuffled"):
        data = folder / f"data-{options.rows}-{order.replace(' ', '-')}"
        if not (data / "actual.parquet").exists():
            make_data(data, options.rows, shuffled=order == "shuffled")
        results: dict[str, list[dict[str, Any]]] = {name: [] for name in who}
        for turn in range(options.repeat):
            for name, python in who.items():
                results[name].append(run_once(python, name, data))
                print(f"{order}, {turn + 1}/{options.repeat}, {results[name][-1]}", file=sys.stderr)
        tables.append(f"The two sides {order}:\n\n{report(results)}")
    text = "\n\n".join(tables)
    print(text)
    if options.write:
        write_section("compare", text)


def report(results: dict[str, list[dict[str, Any]]]) -> str:
    seconds = {name: statistics.median(one["seconds"] for one in runs) for name, runs in results.items()}
    lines = ["| what | times the floor | times our kernel | peak MB over the loaded frames | found |", "|---|---|---|---|---|"]
    for name, runs in results.items():
        over = max(one["peak_mb"] - one["loaded_mb"] for one in runs)
        lines.append(
            f"| {name.replace('_', ', ')} | {seconds[name] / seconds['floor']:.2f} | {seconds[name] / seconds['kernel']:.2f} "
            f"| {over:,} | {runs[0]['found']:,} |"
        )
    return "\n".join(lines)


def write_section(name: str, table: str) -> None:
    path = HERE / "README.md"
    text = path.read_text("utf-8")
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, after = text[: text.index(start)], text[text.index(end) :]
    path.write_text(f"{before}{start}\n{table}\n{after}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
