"""The vectorised kernel against the naive oracle, on generated cases."""

from __future__ import annotations

from collections import Counter
from typing import Any

import oracle
import pandas as pd
import pytest
from cases import EVERYTHING, Case, cases, describe
from hypothesis import Phase, given, settings

from p2c_recon.compare.reconcile import reconcile
from p2c_recon.errors import P2CError, TemplateError
from p2c_recon.project import Project
from p2c_recon.systems.files import Side
from p2c_recon.templates import load_tasks


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


@settings(max_examples=300)
@given(cases())
def test_kernel_and_oracle_agree(case: Case) -> None:
    sales, finops, company, options = case
    try:
        load_tasks(project(options))
    except TemplateError as exc:
        assert 'unmapped = "default" needs default' in str(exc)  # noqa: PT017 - the drawn options decide whether it is raised
        return
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


def test_the_cases_show_everything_that_a_run_can_say() -> None:
    """Else an agreement on them would prove little."""
    seen: Counter[str] = Counter()

    @settings(max_examples=300, derandomize=True, phases=[Phase.generate], database=None)
    @given(cases())
    def look(case: Case) -> None:
        try:
            seen.update(describe(oracle.reconcile(*case)))
        except oracle.RunFails:
            seen["a failing run"] += 1

    look()
    assert sorted(EVERYTHING - seen.keys()) == []
    assert seen["a failing run"]
