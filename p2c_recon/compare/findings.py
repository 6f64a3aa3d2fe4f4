"""Gather findings and ledger rows, and put them into the order and the form of the output files."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.columns import Positions, constant, frame, pick

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
        tables = []
        for task in sorted(self._parts):
            part = {name: pa.concat_arrays([piece[name] for piece in self._parts[task]]) for name in LEDGER_COLUMNS[1:]}
            order: Positions = pc.sort_indices(part["source_id"]).to_numpy()
            ordered = {name: pick(array, order) for name, array in part.items()}
            tables.append(pa.table({"task": constant(task, len(order)), **ordered}))
        empty = pa.table({name: pa.array([], pa.large_string()) for name in LEDGER_COLUMNS})
        book = pa.concat_tables([empty, *tables]).combine_chunks()
        return frame(dict(zip(LEDGER_COLUMNS, book.columns, strict=True)))
