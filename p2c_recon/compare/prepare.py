"""Prepare a run: which columns take part, which numbers are the same, which records go to which entity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.columns import Positions, fold, pick, side_by_side, text, trim
from p2c_recon.compare.keys import Codes, check_keys, encode, first_by_code
from p2c_recon.project import Project
from p2c_recon.systems.files import Side
from p2c_recon.systems.tables import COMPANY
from p2c_recon.templates import CONTACTS, CUSTOMERS, REFERENCES, Task
from p2c_recon.transform.mapping import check_readable

__all__ = [
    "Entity",
    "Group",
    "accounts_group",
    "check_numbers",
    "contact_groups",
    "encode_numbers",
    "entity_of",
    "file_of",
    "left_out",
    "references_of",
    "routed",
    "taking_part",
]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Group:
    """The records of one Sales table that go to one F&O entity."""

    task: Task
    rows: Positions
    codes: Positions
    ids: pa.Array
    keys: pa.Array
    route: str
    duplicate: Mask
    account_missing: Mask | None = None


@dataclass(frozen=True)
class Entity:
    """One F&O table: its rows of the company by number."""

    name: str
    table: pd.DataFrame
    codes: Positions
    """Number code of each row; -1 for rows of other companies."""
    in_company: Mask
    first: Positions
    """By code: the first row of the company that bears the number."""
    matched: Mask
    """Rows that a Sales record matches; filled while the Sales side is judged."""
    wrong_entity: Mask
    """By code: a Sales record of status wrong_entity bears the number; filled likewise."""


def encode_numbers(sales: Side, finops: Side) -> Codes:
    """Put the business numbers of all four tables into one number space."""
    columns = {
        "contacts": sales["contacts"]["msdynce_contactnumber"],
        "accounts": sales["accounts"]["accountnumber"],
        "CustomersV2": finops["CustomersV2"]["CustomerAccount"],
        "CDSContactPersons": finops["CDSContactPersons"]["ContactPersonPartyNumber"],
    }
    folded = side_by_side(lambda column: fold(text(column)), columns.values())
    return encode(dict(zip(columns, folded, strict=True)))


def entity_of(name: str, finops: Side, codes: Codes, task: Task, company: str) -> Entity:
    """Look at one F&O table: its keys, its rows of the company, and where each number stands among them."""
    table = finops[name]
    check_keys(table, task.keys, codes.of[name], file_of(finops, name))
    in_company: Mask = pc.equal(fold(text(table[COMPANY])), company.strip().casefold()).to_numpy(zero_copy_only=False)
    own = np.where(in_company, codes.of[name], -1)
    return Entity(
        name=name,
        table=table,
        codes=own,
        in_company=in_company,
        first=first_by_code(own, codes.size),
        matched=np.zeros(len(table), dtype=bool),
        wrong_entity=np.zeros(codes.size + 1, dtype=bool),
    )


def taking_part(task: Task, sales: Side, finops: Side) -> tuple[str, ...]:
    """Destination columns that take part: what is absent on either side is neither compared nor checked."""
    there, here = finops[task.destination_set].columns, sales[task.source_set].columns
    return tuple(
        column.name
        for column in task.columns
        if column.name in there and (column.source is None or column.source in here or "(" in column.source)
    )


def check_numbers(tasks: dict[str, Task], present: dict[str, tuple[str, ...]], sales: Side, finops: Side, project: Project) -> None:
    """Fail when a number column that takes part can mostly not be read: the decimal setting is wrong then."""
    checked = set()
    for task in tasks.values():
        for column in task.columns:
            if column.kind != "number" or column.name not in present[task.name]:
                continue
            for side, settings, setting, table, name in (
                (sales, project.sales, "sales", task.source_set, column.source),
                (finops, project.finops, "finops", task.destination_set, column.name),
            ):
                if name is not None and (table, name) not in checked:
                    checked.add((table, name))
                    check_readable(side[table], name, settings, file_of(side, table), setting)


def file_of(side: Side, table: str) -> str:
    """Return the file that a table came from, or the table's name."""
    return next((source.file for source in side.sources if source.table == table), table)


def _duplicates(codes: Positions, size: int) -> Mask:
    counts = np.bincount(codes[codes >= 0], minlength=size + 1)
    shared: Mask = (counts > 1)[codes] & (codes >= 0)
    return shared


def accounts_group(task: Task, accounts: pd.DataFrame, codes: Codes) -> Group:
    """Return all accounts: every one is routed to customer."""
    own = codes.of["accounts"]
    return Group(
        task=task,
        rows=np.arange(len(accounts)),
        codes=own,
        ids=trim(text(accounts["accountid"])),
        keys=trim(text(accounts["accountnumber"])),
        route="customer",
        duplicate=_duplicates(own, codes.size),
    )


def contact_groups(
    tasks: dict[str, Task], contacts: pd.DataFrame, parents: Positions, routes: pd.DataFrame, codes: Codes, customers: Entity
) -> list[Group]:
    """Return the contacts that become customers, and those that become contact persons; `parents` are their accounts' positions."""
    ids, keys = trim(text(contacts["contactid"])), trim(text(contacts["msdynce_contactnumber"]))
    duplicate = _duplicates(codes.of["contacts"], codes.size)
    groups = []
    for name, route in ((CUSTOMERS, "customer"), (CONTACTS, "contact")):
        rows = routed(routes, route)
        account_missing = None
        if route == "contact":
            numbers = np.append(codes.of["accounts"], -1)  # what a position of -1 finds
            account_missing = customers.first[numbers[parents[rows]]] < 0
        groups.append(
            Group(
                task=tasks[name],
                rows=rows,
                codes=codes.of["contacts"][rows],
                ids=pick(ids, rows),
                keys=pick(keys, rows),
                route=route,
                duplicate=duplicate[rows],
                account_missing=account_missing,
            )
        )
    return groups


def routed(routes: pd.DataFrame, route: str) -> Positions:
    """Return the positions of the contacts with this route."""
    return np.flatnonzero(pc.equal(text(routes["route"]), route).to_numpy(zero_copy_only=False))


def references_of(finops: Side, company: str) -> dict[str, pa.Array]:
    """Folded values of the company in each reference table that was loaded."""
    found = {}
    for name, key in REFERENCES.items():
        if name in finops and key in finops[name].columns:
            table = finops[name]
            own = pc.equal(fold(text(table[COMPANY])), company.strip().casefold())
            values = fold(text(table[key]))
            check_keys(table, (COMPANY, key), encode({name: values}).of[name], name)
            found[name] = pc.filter(values, own)
    return found


def left_out(tasks: dict[str, Task], present: dict[str, tuple[str, ...]], finops: Side, project: Project) -> list[tuple[str, str]]:
    """Say which mapped columns were not compared or checked, and why."""
    absent: list[tuple[str, str]] = []
    for task in tasks.values():
        for column in task.columns:
            what = f"{task.name}: {column.name}"
            if column.name not in finops[task.destination_set].columns:
                absent.append((what, f"{task.destination_set} has no column {column.name}"))
            elif column.name not in present[task.name]:
                absent.append((what, f"{task.source_set} has no column {column.source}"))
            elif column.compare.skip:
                absent.append((what, f"left out of comparing by {project.name}"))
            elif column.reference and (
                column.reference not in finops or REFERENCES[column.reference] not in finops[column.reference].columns
            ):
                absent.append(
                    (f"{what} in {column.reference}", f"{column.reference} not loaded, or without {REFERENCES[column.reference]}")
                )
    return absent
