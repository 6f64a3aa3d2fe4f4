"""The row that F&O should hold: a task's column mappings applied to Sales records.

``=`` copies the trimmed value. ``Fn`` looks the trimmed text up in the value map, case-insensitively; a blank gets the value for blank,
else the default; what the map doesn't know blocks the record, is kept, or gets the default, as the template says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.columns import Positions, blank, by_distinct, constant, find, fold, frame, pick, side_by_side, text, trim
from p2c_recon.errors import InputError
from p2c_recon.project import NumberFormat, Project
from p2c_recon.systems.tables import PARENT
from p2c_recon.templates import COUNTRY_MAP, Column, Task
from p2c_recon.transform.countries import country_codes
from p2c_recon.transform.numbers import point_text, readable
from p2c_recon.transform.routing import parent_types
from p2c_recon.transform.yes_no import yes_no_names

__all__ = ["PARENT_NUMBER", "Mapped", "check_readable", "map_arrays", "map_task", "parent_accounts", "with_parent_number"]

PARENT_NUMBER = "parentcustomerid.Account(accountnumber).Contact(msdynce_contactnumber)"


@dataclass(frozen=True)
class Mapped:
    """Sales records as F&O should hold them.

    Attributes
    ----------
    columns
        Destination column -> text; blank where the value could not be mapped.
    unmapped
        Column -> rows whose text its value map doesn't know.
    unreadable
        Column -> rows whose number can't be read.
    """

    columns: dict[str, pa.Array]
    unmapped: dict[str, npt.NDArray[np.bool_]]
    unreadable: dict[str, npt.NDArray[np.bool_]]


def map_task(records: pd.DataFrame, task: Task, project: Project | None = None) -> pd.DataFrame:
    """Return the rows that F&O should hold for these Sales records.

    Parameters
    ----------
    records
        Records of the task's source, columns by their Web API names; contacts with `with_parent_number` where the parent account's number
        is wanted.
    task
        One of the tasks of accounts and contacts.

    Returns
    -------
    DataFrame
        A row per record, same index; a column per mapped column whose source the records have. A value that can't be mapped is blank here;
        the run reports it as blocked.
    """
    return frame(map_arrays(records, task, project or Project()).columns).set_axis(records.index)


def map_arrays(
    records: pd.DataFrame, task: Task, project: Project, present: Iterable[str] | None = None, rows: Positions | None = None
) -> Mapped:
    """Map every column of a task whose source the records have and, with `present`, whose destination is among these.

    With `rows`, only these records are mapped, in this order.
    """
    wanted = None if present is None else set(present)
    length = len(records) if rows is None else len(rows)
    columns = [
        column
        for column in task.columns
        if (column.source is None or column.source in records.columns) and (wanted is None or column.name in wanted)
    ]

    def mapped(column: Column) -> tuple[pa.Array, npt.NDArray[np.bool_] | None, npt.NDArray[np.bool_] | None]:
        if column.source is None:
            return constant(column.default or "", length), None, None
        given = text(records[column.source])
        values, unmapped = _map_column(trim(given if rows is None else pick(given, rows)), column, project)
        bad = ~readable(point_text(values, project.sales)) if column.kind == "number" else None
        return values, unmapped, bad

    results = dict(zip([column.name for column in columns], side_by_side(mapped, columns), strict=True))
    return Mapped(
        {name: values for name, (values, _, _) in results.items()},
        {name: unmapped for name, (_, unmapped, _) in results.items() if unmapped is not None and unmapped.any()},
        {name: bad for name, (_, _, bad) in results.items() if bad is not None and bad.any()},
    )


def with_parent_number(contacts: pd.DataFrame, accounts: pd.DataFrame, parents: Positions | None = None) -> pd.DataFrame:
    """Add the number of the parent account, blank where the parent is no account or an unknown one.

    `parents` is what `parent_accounts` returns, if it is known already.
    """
    found = parent_accounts(contacts, accounts) if parents is None else parents
    number = pick(trim(text(accounts["accountnumber"])), found)
    return contacts.assign(**{PARENT_NUMBER: frame({"number": number})["number"].set_axis(contacts.index)})


def parent_accounts(contacts: pd.DataFrame, accounts: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return for each contact the position of its parent account; -1 where the parent is no account or an unknown one."""
    to_account, _, _ = parent_types(contacts)
    found = find(fold(text(contacts[PARENT.value])), fold(text(accounts["accountid"])))
    return np.where(to_account, found, -1)


def check_readable(table: pd.DataFrame, column: str, numbers: NumberFormat, file: str, setting: str) -> None:
    """Fail when more than one in a hundred of a number column's filled values can't be read.

    Parameters
    ----------
    setting
        Table of the project file that holds the decimal setting, ``sales`` or ``finops``.

    Raises
    ------
    InputError
        Names file, column, an example, and the setting.
    """
    values = text(table[column])
    bad = np.flatnonzero(~by_distinct(values, lambda distinct: readable(point_text(distinct, numbers))))
    if not len(bad):
        return
    filled = int(np.count_nonzero(~blank(trim(values))))
    if len(bad) * 100 > filled:
        example = str(table[column].iloc[int(bad[0])]).strip()[:40]
        raise InputError(
            f"{file}: {column}: {len(bad)} of {filled} filled values can't be read as numbers, e.g. {example!r} in data row {bad[0] + 1}. "
            f"They are read with decimal = {numbers.decimal!r} and thousands = {numbers.thousands!r}; "
            f"set decimal under [{setting}] in the project file."
        )


def _map_column(trimmed: pa.Array, column: Column, project: Project) -> tuple[pa.Array, npt.NDArray[np.bool_] | None]:
    if not column.fn:
        return trimmed, None
    for_blank = column.blank if column.blank is not None else column.default or ""
    if column.value_map is None:
        return (pc.if_else(pc.equal(pc.binary_length(trimmed), 0), for_blank, trimmed) if for_blank else trimmed), None
    known = column.value_map
    if column.map_name == COUNTRY_MAP:
        known = {**country_codes(tuple(project.countries.languages)), **known}
    coded = trimmed.dictionary_encode()
    distinct = coded.dictionary
    keys = yes_no_names(fold(distinct)) if known.keys() <= {"yes", "no", ""} else fold(distinct)
    targets = []
    for key, original in zip(keys.to_pylist(), distinct.to_pylist(), strict=True):
        if not original:
            targets.append(for_blank)
        elif key in known:
            targets.append(known[key])
        else:
            targets.append({"keep": original, "default": column.default, "block": None}[column.unmapped])
    values = pc.take(pa.array(targets, pa.large_string()), coded.indices)
    if not values.null_count:
        return values, None
    return pc.fill_null(values, ""), pc.is_null(values).to_numpy(zero_copy_only=False)
