"""Findings and ledger as Parquet and CSV, the same bytes for the same rows.

CSV is UTF-8 with commas, LF and quotes only where needed; a cell that a spreadsheet would take for a formula gets a leading ``'``. Parquet
holds the raw text.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from p2c_recon.columns import raw_bytes, text

__all__ = ["write_csv", "write_parquet"]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NEEDS_QUOTES = '",\r\n'
OWN_TO_EACH_ROW = ("source_id", "key")
"""Columns of as many values as rows, for which Parquet's dictionaries are in vain."""

ROWS_AT_ONCE = 100_000


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """Write a frame of text columns as CSV."""
    columns = [text(table[name]) for name in table.columns]
    with path.open("wb") as file:
        file.write((",".join(table.columns) + "\n").encode())
        for start in range(0, len(table), ROWS_AT_ONCE):
            cells = [_cells(column.slice(start, ROWS_AT_ONCE)) for column in columns]
            lines = pc.binary_join_element_wise(*cells, _large(","))
            whole = pa.LargeListArray.from_arrays(pa.array([0, len(lines)], pa.int64()), lines)
            file.write(pc.binary_join(whole, _large("\n"))[0].as_buffer())
            file.write(b"\n")


def write_parquet(path: Path, table: pd.DataFrame) -> None:
    """Write a frame of text columns as Parquet, without pandas' own metadata."""
    columns = pa.table({name: text(table[name]) for name in table.columns})
    few = [name for name in table.columns if name not in OWN_TO_EACH_ROW]
    pq.write_table(columns, path, compression="snappy", use_dictionary=few, store_schema=False)


def _cells(column: pa.Array) -> pa.Array:
    """Guard and quote; both are looked for in the column's bytes first, for most columns need neither."""
    if _starts_with_sign(column):
        signs = "^[" + "".join(re.escape(sign) for sign in FORMULA_STARTS) + "]"
        formula = pc.match_substring_regex(column, signs)
        column = pc.if_else(formula, pc.binary_join_element_wise(_large("'"), column, _large("")), column)
    if _holds(column, NEEDS_QUOTES):
        quoted = pc.match_substring_regex(column, f"[{NEEDS_QUOTES}]")
        doubled = pc.replace_substring(column, '"', '""')
        column = pc.if_else(quoted, pc.binary_join_element_wise(_large('"'), doubled, _large('"'), _large("")), column)
    return column


def _starts_with_sign(column: pa.Array) -> bool:
    starts, data = raw_bytes(column)
    filled = starts[:-1][starts[1:] > starts[:-1]]
    signs = np.zeros(256, dtype=bool)
    signs[np.frombuffer("".join(FORMULA_STARTS).encode(), dtype=np.uint8)] = True
    return bool(signs[data[filled]].any())


def _holds(column: pa.Array, characters: str) -> bool:
    starts, data = raw_bytes(column)
    used = data[starts[0] : starts[-1]] if len(column) else data[:0]
    return any(bool((used == ord(character)).any()) for character in characters)


def _large(value: str) -> pa.Scalar:
    return pa.scalar(value, pa.large_string())
