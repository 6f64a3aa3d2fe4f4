"""Text columns as Arrow arrays, and how the generator makes, takes and changes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = [
    "Column",
    "Columns",
    "Mask",
    "Rows",
    "as_frame",
    "as_mask",
    "blank_unless",
    "column_of",
    "constant",
    "digits",
    "either",
    "equals",
    "filled",
    "fixed_width",
    "generated_numbers",
    "guids",
    "joined",
    "put",
    "ranks",
    "taken",
]


Column: TypeAlias = Any
"""A ``pyarrow.StringArray``; PyArrow ships no types."""
Columns = dict[str, Column]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def column_of(values: Sequence[str]) -> Column:
    """Return texts as a column."""
    return pa.array(values, pa.string())


def taken(column: Column, rows: Rows) -> Column:
    """Return the values of some rows."""
    return column.take(pa.array(rows))


def constant(text: str, size: int) -> Column:
    """Return a column of one text."""
    return pa.repeat(pa.scalar(text, pa.string()), size)


def joined(*pieces: Any, between: str = "") -> Column:
    """Join columns and texts row by row."""
    return pc.binary_join_element_wise(*pieces, between)


def either(which: Mask, yes: str, no: str) -> Column:
    """Return one of two texts by a mask."""
    return pc.if_else(pa.array(which), yes, no)


def blank_unless(kept: Mask, column: Column) -> Column:
    """Return the column, blank where it is not kept."""
    return pc.if_else(pa.array(kept), column, "")


def filled(column: Column) -> Mask:
    """Return where the column is not blank."""
    return ~as_mask(equals(column, ""))


def equals(column: Column, text: str) -> Column:
    """Return where the column is a text."""
    return pc.equal(column, pa.scalar(text))


def as_mask(values: Column) -> Mask:
    """Return an Arrow column of truth values for NumPy."""
    return np.asarray(values.to_numpy(zero_copy_only=False))


def digits(numbers: Rows, width: int = 0) -> Column:
    """Return numbers as text, with leading zeros up to a width."""
    return pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")


def fixed_width(codes: npt.NDArray[np.uint8]) -> Column:
    """Return a column of texts of one length from a matrix of ASCII codes, a row per text."""
    size, width = codes.shape
    offsets = np.arange(size + 1, dtype=np.int32) * np.int32(width)
    return pa.StringArray.from_buffers(size, pa.py_buffer(offsets.tobytes()), pa.py_buffer(codes.tobytes()))


def guids(rng: np.random.Generator, size: int) -> Column:
    """Return random ids."""
    raw = rng.integers(0, 256, (size, 16), dtype=np.uint8)
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    hexes = np.frombuffer(b"0123456789abcdef", np.uint8)[np.stack([raw >> 4, raw & 15], axis=2).reshape(size, 32)]
    return fixed_width(np.insert(hexes, [8, 12, 16, 20], ord("-"), axis=1))


def generated_numbers(rng: np.random.Generator, prefix: str, ordinals: Rows) -> Column:
    """Return numbers as the solution generates them: ``CON-01000-BVRCPS``."""
    alphabet = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", np.uint8)
    return joined(prefix, digits(ordinals, 5), fixed_width(alphabet[rng.integers(0, 36, (len(ordinals), 6))]), between="-")


def ranks(keys: Rows) -> Rows:
    """Return how many earlier rows have the row's key."""
    order = np.argsort(keys, kind="stable")
    sorted_keys = keys[order]
    start = np.flatnonzero(np.r_[True, sorted_keys[1:] != sorted_keys[:-1]])
    ranks = np.empty(len(keys), dtype=np.int64)
    ranks[order] = np.arange(len(keys)) - np.repeat(start, np.diff(np.r_[start, len(keys)]))
    return ranks


def put(columns: Columns, name: str, rows: Rows, values: Column | str) -> None:
    """Replace the values of some rows, given in rising order."""
    if len(rows):
        where = np.zeros(len(columns[name]), dtype=bool)
        where[rows] = True
        values = constant(values, len(rows)) if isinstance(values, str) else values
        columns[name] = pc.replace_with_mask(columns[name], pa.array(where), values)


def as_frame(columns: Columns, *first: str) -> pd.DataFrame:
    """Return a frame of the columns that are no helpers, some of them first."""
    order = dict.fromkeys((*first, *columns))
    frame: pd.DataFrame = pa.table({name: columns[name] for name in order if "<" not in name}).to_pandas()
    return frame
