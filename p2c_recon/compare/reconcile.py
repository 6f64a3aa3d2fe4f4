"""Reconcile accounts and contacts of one legal entity: frames in; ledger, findings and counts out.

The steps are those of the reference (docs/semantics.md), in its order: route, map, match, compare, status, then the F&O side's own rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.columns import Positions, at_once, constant, pick, text, texts, trim
from p2c_recon.compare.blocked import blocked_reasons, reason_texts
from p2c_recon.compare.findings import Findings, Ledger
from p2c_recon.compare.finops import account_for, judge_rows
from p2c_recon.compare.kernel import compare_cells
from p2c_recon.compare.keys import check_ids, person_rows
from p2c_recon.compare.prepare import (
    Entity,
    Group,
    accounts_group,
    check_numbers,
    contact_groups,
    encode_numbers,
    entity_of,
    file_of,
    left_out,
    references_of,
    routed,
    taking_part,
)
from p2c_recon.compare.status import (
    sales_status,
)
from p2c_recon.project import Project
from p2c_recon.systems.files import Side, check_company
from p2c_recon.templates import ACCOUNTS, CONTACTS, CUSTOMERS, load_tasks, main_tasks
from p2c_recon.transform.countries import country_codes
from p2c_recon.transform.flags import ACTIVITY_TABLES, check_flags, has_unknown_customers, usable_activity
from p2c_recon.transform.mapping import PARENT_NUMBER, map_arrays, parent_accounts, with_parent_number
from p2c_recon.transform.routing import ACTIVE, route_contacts

__all__ = ["Reconciliation", "reconcile"]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Reconciliation:
    """What a run found.

    Attributes
    ----------
    company
        Legal entity, in lower case.
    ledger
        A row per Sales record: ``task, source_id, key, route, status, reason``.
    findings
        A row per finding: ``task, category, company, key, source_id, field, expected, actual, reason``.
    finops
        F&O table -> status -> rows.
    left_out
        What was not compared or checked, and why.
    conservation
        Rows read and rows accounted for, per side and table.
    """

    company: str
    ledger: pd.DataFrame
    findings: pd.DataFrame
    finops: dict[str, dict[str, int]]
    left_out: tuple[tuple[str, str], ...]
    conservation: tuple[dict[str, object], ...]


def reconcile(sales: Side, finops: Side, company: str, project: Project | None = None) -> Reconciliation:
    """Reconcile the accounts and contacts of both sides.

    Parameters
    ----------
    sales, finops
        Both sides as loaded; they are not changed.
    company
        The legal entity (``dataAreaId``), in any case.
    project
        What the project file says; ``None`` for the templates as shipped.

    Raises
    ------
    InputError
        The data can't be used: unknown company, repeated keys or ids, unreadable flags or numbers.
    ConservationError
        A row was lost: never expected.
    """
    project = project or Project()
    tasks = main_tasks(load_tasks(project))
    check_company(finops.tables, company)
    contacts, accounts = sales["contacts"], sales["accounts"]
    codes, parents = at_once(
        partial(encode_numbers, sales, finops),
        partial(parent_accounts, contacts, accounts),
        partial(check_ids, contacts, "contactid", file_of(sales, "contacts")),
        partial(check_ids, accounts, "accountid", file_of(sales, "accounts")),
        partial(country_codes, tuple(project.countries.languages)),
    )[:2]
    customers = entity_of("CustomersV2", finops, codes, tasks[CUSTOMERS], company)
    persons = entity_of("CDSContactPersons", finops, codes, tasks[CONTACTS], company)
    present = {name: taking_part(task, sales, finops) for name, task in tasks.items()}
    check_numbers(tasks, present, sales, finops, project)

    routes = route_contacts(contacts)
    contacts = with_parent_number(contacts, accounts, parents)
    findings, ledger = Findings(company.strip().lower()), Ledger()
    groups = [accounts_group(tasks[ACCOUNTS], accounts, codes), *contact_groups(tasks, contacts, parents, routes, codes, customers)]
    references = references_of(finops, company)
    for group in groups:
        records = accounts if group.task.source_set == "accounts" else contacts
        own, other = (persons, customers) if group.route == "contact" else (customers, persons)
        matches = _match(group, records, own, codes.size)
        _judge(group, records, own, other, matches, present[group.task.name], references, project, findings, ledger)
    _not_routed(contacts, routes, ledger)
    flags = _flags(sales, contacts, routes, findings)

    counts = {
        "CustomersV2": judge_rows(customers, tasks, routes, codes, findings),
        "CDSContactPersons": judge_rows(persons, tasks, routes, codes, findings),
    }
    book = ledger.table()
    return Reconciliation(
        company=company.strip().lower(),
        ledger=book,
        findings=findings.table(),
        finops=counts,
        left_out=(*left_out(tasks, present, finops, project), *flags),
        conservation=tuple(account_for(sales, finops, book, counts)),
    )


def _match(group: Group, records: pd.DataFrame, own: Entity, size: int) -> Positions:
    if group.route == "customer":
        return own.first[group.codes]
    expected = pick(text(records[PARENT_NUMBER]), group.rows)
    return person_rows(group.codes, expected, own.codes, text(own.table["AssociatedPartyNumber"]), size)


def _judge(
    group: Group,
    records: pd.DataFrame,
    own: Entity,
    other: Entity,
    matches: Positions,
    present: tuple[str, ...],
    references: dict[str, pa.Array],
    project: Project,
    findings: Findings,
    ledger: Ledger,
) -> None:
    """Give each record of the group its status, and write its findings and its ledger row."""
    task = group.task
    mapped = map_arrays(records, task, project, present, group.rows)
    reasons = blocked_reasons(task, mapped, group.keys, group.duplicate, references, group.account_missing).table()
    blocked_rows, reason_text = reason_texts(reasons)
    blocked = np.zeros(len(group.rows), dtype=bool)
    blocked[blocked_rows] = True

    found = matches >= 0
    own.matched[matches[found]] = True
    compared = tuple(column for column in task.columns if column.name in present and column.name != task.match and not column.compare.skip)
    actual = texts(own.table, (column.name for column in compared))
    judged = np.where(group.duplicate, -1, matches)
    cells = compare_cells(mapped, actual, judged, compared, project.sales, project.finops)
    differs = np.zeros(len(group.rows), dtype=bool)
    for column in cells:
        differs[column.rows] = True
    status = sales_status(blocked, found, other.first[group.codes] >= 0, differs)

    reason_at = np.full(len(group.rows), -1, dtype=np.int64)
    reason_at[blocked_rows] = np.arange(len(blocked_rows))
    ledger.add(task.name, group.ids, group.keys, group.route, status, pick(reason_text, reason_at))

    rows = reasons["row"].to_numpy()
    findings.add(
        task.name,
        "blocked",
        pick(group.keys, rows),
        pick(group.ids, rows),
        field=text(reasons["field"]),
        reason=text(reasons["reason"]),
    )
    for category in ("wrong_entity", "missing"):
        rows = np.flatnonzero(pc.equal(status, category).to_numpy(zero_copy_only=False))
        findings.add(task.name, category, pick(group.keys, rows), pick(group.ids, rows))
        if category == "wrong_entity":
            other.wrong_entity[group.codes[rows]] = True
    for column in cells:
        findings.add(
            task.name,
            "mismatched",
            pick(group.keys, column.rows),
            pick(group.ids, column.rows),
            field=column.column,
            expected=column.expected,
            actual=column.actual,
        )


def _not_routed(contacts: pd.DataFrame, routes: pd.DataFrame, ledger: Ledger) -> None:
    rows = routed(routes, "none")
    ids, keys = (trim(pick(text(contacts[name]), rows)) for name in ("contactid", "msdynce_contactnumber"))
    ledger.add(CONTACTS, ids, keys, "none", constant("not_synchronized", len(rows)), pick(text(routes["reason"]), rows))


def _flags(sales: Side, contacts: pd.DataFrame, routes: pd.DataFrame, findings: Findings) -> list[tuple[str, str]]:
    """Write the disagreements of the flags; return what could not be checked."""
    activity = usable_activity(sales.tables)
    wrong = check_flags(contacts, activity)
    ids, keys, tasks = text(contacts["contactid"]), text(contacts["msdynce_contactnumber"]), text(routes["task"])
    for task in (CONTACTS, CUSTOMERS):
        here = wrong[pick(tasks, wrong["row"].to_numpy()).to_pandas().eq(task).to_numpy()]
        rows = here["row"].to_numpy()
        findings.add(
            task,
            "flag_disagrees",
            trim(pick(keys, rows)),
            trim(pick(ids, rows)),
            field=text(here["field"]),
            expected=text(here["expected"]),
            actual=text(here["actual"]),
        )
    missing = [name for name in ACTIVITY_TABLES if name not in activity]
    if not missing:
        vague = [name for name, table in activity.items() if has_unknown_customers(table)]
        why = f"{', '.join(vague)}: some customers come as names that could not be resolved: only No although there is activity can be told"
        return [(f"flag {ACTIVE}", why)] if vague else []
    told = "only No although there is activity can be told" if activity else "nothing can be told"
    return [(f"flag {ACTIVE}", f"{', '.join(missing)} not loaded, or without the customer's id and type: {told}")]
