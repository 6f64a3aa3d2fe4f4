"""Gather findings and ledger rows, and put them into the order and the form of the output files."""

from __future__ import annotations

from functools import partial

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.columns import Positions, constant, frame, joined, pick, side_by_side, sort_order

__all__ = ["CATEGORIES", "FINDING_COLUMNS", "LEDGER_COLUMNS", "Findings", "Ledger"]

CATEGORIES = ("blocked", "wrong_entity", "missing", "mismatched", "extra", "flag_disagrees")
FINDING_COLUMNS = ("task", "category", "company", "key", "source_id", "field", "expected", "actual", "reason")
LEDGER_COLUMNS = ("task", "source_id", "key", "route", "status", "reason")


class Findings:
    """Findings as they are found.

    Parameters
    ----------
    company
        Legal entity, in lower case.
    """

    def __init__(self, company: str) -> None:
        self._company = company
        self._parts: list[pa.Table] = []

    def add(
        self,
        task: str,
        category: str,
        key: pa.Array,
        source_id: pa.Array | str = "",
        *,
        field: pa.Array | str = "",
        expected: pa.Array | str = "",
        actual: pa.Array | str = "",
        reason: pa.Array | str = "",
    ) -> None:
        """Add one finding per key; a plain text stands for all of them."""
        if not len(key):
            return
        values = (task, category, self._company, key, source_id, field, expected, actual, reason)
        columns = [constant(value, len(key)) if isinstance(value, str) else value for value in values]
        self._parts.append(pa.table(columns, names=FINDING_COLUMNS))

    def table(self) -> pd.DataFrame:
        """Return all findings, sorted by all their columns in order, by code point."""
        empty = pa.table({name: pa.array([], pa.large_string()) for name in FINDING_COLUMNS})
        table = pa.concat_tables([empty, *self._parts]).combine_chunks()
        order = pc.sort_indices(table, sort_keys=[(name, "ascending") for name in FINDING_COLUMNS])
        ordered = table.take(order)
        return frame(dict(zip(FINDING_COLUMNS, ordered.columns, strict=True)))


class Ledger:
    """One row per Sales record, gathered task by task."""

    def __init__(self) -> None:
        self._parts: dict[str, list[dict[str, pa.Array]]] = {}

    def add(
        self, task: str, source_id: pa.Array, key: pa.Array, route: pa.Array | str, status: pa.Array, reason: pa.Array | str = ""
    ) -> None:
        """Add the records of one task; a plain text stands for all of them."""
        values = dict(zip(LEDGER_COLUMNS[1:], (source_id, key, route, status, reason), strict=True))
        filled = {name: constant(value, len(key)) if isinstance(value, str) else value for name, value in values.items()}
        self._parts.setdefault(task, []).append(filled)

    def table(self) -> pd.DataFrame:
        """Return the ledger, sorted by all its columns in order: by task and id, for a record's id is its own."""
        parts: dict[str, list[pa.Array]] = {name: [pa.array([], pa.large_string())] for name in LEDGER_COLUMNS}
        for task, pieces in sorted(self._parts.items()):
            part = {name: joined(pa.chunked_array([piece[name] for piece in pieces])) for name in LEDGER_COLUMNS[1:]}
            order = sort_order(part["source_id"])
            for name, column in zip(part, side_by_side(partial(_ordered, part, order), part), strict=True):
                parts[name].append(column)
            parts["task"].append(constant(task, len(order)))
        return frame(dict(zip(parts, side_by_side(pa.concat_arrays, parts.values()), strict=True)))


def _ordered(part: dict[str, pa.Array], order: Positions, name: str) -> pa.Array:
    """Put a column into order; one of few values by its codes, for integers move faster than texts."""
    if name in ("source_id", "key"):
        return pick(part[name], order)
    coded = part[name].dictionary_encode()
    return pc.take(coded.dictionary, pc.take(coded.indices, pa.array(order)))
