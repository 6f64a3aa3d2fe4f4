"""Which records the integration would refuse now, with every reason.

Sources: the preconditions of the *Contacts to Customer* and *Accounts* templates, the alternate key's rules for numbers, and F&O's lengths.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.columns import Positions, blank, fold, isin, raw_bytes
from p2c_recon.templates import Task
from p2c_recon.transform.mapping import Mapped

__all__ = ["ACCOUNT_NOT_SYNCHRONIZED", "Reasons", "blocked_reasons", "reason_texts"]

Mask = npt.NDArray[np.bool_]

NUMBER_LENGTH = 20
RESERVED = r"/<>*%&:\?+"
"""Characters that can't stand in a key of a Web API address."""

ACCOUNT_NOT_SYNCHRONIZED = "account not synchronized"
REQUIRED_BLANK = "required column blank"
NOT_MAPPED = "value not mapped"
NOT_READABLE = "value not readable"
TOO_LONG = "value too long"


@dataclass
class Reasons:
    """Reasons of blocked records, gathered in the order in which they are told.

    Attributes
    ----------
    rows, order, names, fields
        Parallel lists of parts: record positions; the reason's place; the reason; the destination column or a blank.
    """

    rows: list[Positions] = field(default_factory=list)
    order: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)

    def add(self, order: int, name: str, where: Mask, column: str = "") -> None:
        """Note one reason for all records where the mask holds."""
        rows = np.flatnonzero(where)
        if len(rows):
            self.rows.append(rows)
            self.order.append(order)
            self.names.append(name)
            self.fields.append(column)

    def table(self) -> pd.DataFrame:
        """Return a row per record and reason: ``row``, ``reason``, ``field``, in the order of records, reasons and columns."""
        if not self.rows:
            return pd.DataFrame({"row": np.zeros(0, dtype=np.int64), "reason": pd.Series(dtype="str"), "field": pd.Series(dtype="str")})
        kinds = sorted(zip(self.order, self.fields, self.names, self.rows, strict=True), key=lambda kind: kind[:3])
        places = np.repeat(np.arange(len(kinds)), [len(kind[3]) for kind in kinds])
        rows = np.concatenate([kind[3] for kind in kinds])
        told = np.lexsort((places, rows))
        kind_of = pa.array(places[told])
        return pd.DataFrame(
            {
                "row": rows[told],
                "reason": pc.take(pa.array([kind[2] for kind in kinds], pa.large_string()), kind_of).to_pandas(),
                "field": pc.take(pa.array([kind[1] for kind in kinds], pa.large_string()), kind_of).to_pandas(),
            }
        )


def blocked_reasons(
    task: Task,
    mapped: Mapped,
    numbers: pa.Array,
    duplicate: Mask,
    references: Mapping[str, pa.Array],
    account_missing: Mask | None = None,
) -> Reasons:
    """Find every reason for which the integration would refuse a record.

    Parameters
    ----------
    task
        Task of the records.
    mapped
        The expected rows, of the columns that both sides have.
    numbers
        Trimmed business number of each record.
    duplicate
        Where the number is shared with another record of the table.
    references
        Table -> folded values of the company, for columns that must stand in it; an absent table is not checked.
    account_missing
        Where the parent account is unknown, has no number, or is no customer of the company (task *Contacts* only).
    """
    reasons = Reasons()
    noun = "account number" if task.source_set == "accounts" else "contact number"
    missing = blank(numbers)
    too_long = _longer(numbers, NUMBER_LENGTH)
    reserved = _holds_any(numbers, RESERVED)
    reasons.add(0, f"{noun} missing", missing)
    reasons.add(1, f"{noun} invalid", too_long | reserved)
    reasons.add(2, f"duplicate {noun}", duplicate & ~missing)
    if account_missing is not None:
        reasons.add(3, ACCOUNT_NOT_SYNCHRONIZED, account_missing)
    for column in task.columns:
        if column.name not in mapped.columns:
            continue
        values, unmapped = mapped.columns[column.name], mapped.unmapped.get(column.name)
        known = ~unmapped if unmapped is not None else True
        if column.required:
            reasons.add(4, REQUIRED_BLANK, blank(values) & known, column.name)
        elif column.required_with:
            needed = _any_filled(mapped.columns, column.required_with, len(numbers))
            reasons.add(4, REQUIRED_BLANK, blank(values) & needed & known, column.name)
        if unmapped is not None:
            reasons.add(5, NOT_MAPPED, unmapped, column.name)
        if column.name in mapped.unreadable:
            reasons.add(6, NOT_READABLE, mapped.unreadable[column.name], column.name)
        if column.length is not None and column.name != task.match:
            reasons.add(7, TOO_LONG, _longer(values, column.length), column.name)
        if column.reference is not None and column.reference in references:
            there = isin(fold(values), references[column.reference])
            reasons.add(8, f"value not in {column.reference}", ~blank(values) & ~there, column.name)
    return reasons


def reason_texts(reasons: pd.DataFrame) -> tuple[Positions, pa.Array]:
    """Return the blocked records and, for each, its reasons in one text: joined by ``; ``, with ``: <column>`` where there is one."""
    if reasons.empty:
        return np.zeros(0, dtype=np.int64), pa.array([], pa.large_string())
    said = pa.array(reasons["reason"], pa.large_string())
    fields = pa.array(reasons["field"], pa.large_string())
    full = pc.if_else(pc.equal(fields, ""), said, pc.binary_join_element_wise(said, fields, pa.scalar(": ", pa.large_string())))
    rows, starts = np.unique(reasons["row"].to_numpy(), return_index=True)
    lists = pa.LargeListArray.from_arrays(pa.array(np.append(starts, len(full)), pa.int64()), full)
    return rows, pc.binary_join(lists, pa.scalar("; ", pa.large_string()))


def _holds_any(values: pa.Array, characters: str) -> Mask:
    among = np.zeros(256, dtype=bool)
    among[np.frombuffer(characters.encode(), dtype=np.uint8)] = True
    if not among[raw_bytes(values)[1]].any():
        return np.zeros(len(values), dtype=bool)
    escaped = "".join("\\" + character for character in characters)
    mask: Mask = pc.match_substring_regex(values, f"[{escaped}]").to_numpy(zero_copy_only=False)
    return mask


def _longer(values: pa.Array, length: int) -> Mask:
    if (pc.max(pc.binary_length(values)).as_py() or 0) <= length:
        return np.zeros(len(values), dtype=bool)
    mask: Mask = pc.greater(pc.utf8_length(values), length).to_numpy(zero_copy_only=False)
    return mask


def _any_filled(columns: Mapping[str, pa.Array], names: Iterable[str], rows: int) -> Mask:
    filled = np.zeros(rows, dtype=bool)
    for name in names:
        if name in columns:
            filled |= ~blank(columns[name])
    return filled
