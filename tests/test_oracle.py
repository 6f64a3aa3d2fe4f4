"""The vectorised kernel against the naive oracle, on generated cases."""

from __future__ import annotations

from typing import Any

import oracle
import pandas as pd
import pytest
from cases import Case, cases
from hypothesis import HealthCheck, given, settings

from p2c_recon.compare.reconcile import reconcile
from p2c_recon.errors import P2CError
from p2c_recon.project import Project
from p2c_recon.systems.files import Side


def side(system: str, tables: oracle.Tables) -> Side:
    frames = {name: pd.DataFrame(list(rows), columns=oracle.columns(rows), dtype="str") for name, rows in tables.items()}
    return Side(system, frames)


def project(options: oracle.Options) -> Project:
    tasks: dict[str, dict[str, Any]] = {}
    for part, by_task in (("columns", options.columns), ("lengths", options.lengths), ("compare", options.compare)):
        for task, lines in by_task.items():
            tasks.setdefault(task, {})[part] = {
                column: {key.rstrip("_"): value for key, value in line.items()} if isinstance(line, dict) else line
                for column, line in lines.items()
            }
            for line in tasks[task][part].values():
                if isinstance(line, dict) and "tolerance" in line:
                    line["tolerance"] = float(line["tolerance"])
    return Project.model_validate({"maps": options.maps, "tasks": tasks})


def rows(table: pd.DataFrame) -> list[tuple[str, ...]]:
    return list(table.itertuples(index=False, name=None))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_kernel_and_oracle_agree(case: Case) -> None:
    sales, finops, company, options = case
    try:
        expected = oracle.reconcile(sales, finops, company, options)
    except oracle.RunFails:
        with pytest.raises(P2CError):
            reconcile(side("Sales", sales), side("Fin and Ops", finops), company, project(options))
        return
    found = reconcile(side("Sales", sales), side("Fin and Ops", finops), company, project(options))
    assert rows(found.ledger) == expected.ledger
    assert rows(found.findings) == expected.findings
    assert {name: found.finops[name] for name in expected.finops} == expected.finops
