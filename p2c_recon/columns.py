"""Text columns between pandas and Arrow, and what "trimmed" and "case-insensitive" mean.

Frames hold text as pandas' own ``str`` columns, which are Arrow arrays underneath; the rules work on those arrays. Trimming is that of
``str.strip`` and folding that of ``str.casefold`` to the letter: Arrow's own versions differ on tabs, no-break spaces and ``İ``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.canonical import canonical_array, canonical_value

__all__ = [
    "WHITE_SPACE",
    "Positions",
    "blank",
    "constant",
    "find",
    "first_of",
    "fold",
    "frame",
    "isin",
    "joined",
    "pick",
    "text",
    "texts",
    "trim",
]

Positions = npt.NDArray[np.int64]

WHITE_SPACE = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""Every character for which ``str.isspace`` holds."""


def text(series: pd.Series[Any]) -> pa.Array:
    """Return a column as one Arrow array of canonical text: no nulls, numbers and dates written out."""
    if series.dtype == object:
        return pa.array([canonical_value(value) for value in series.tolist()], pa.large_string())
    array = canonical_array(pa.chunked_array(pa.array(series, from_pandas=True)))
    return joined(array)


def texts(table: pd.DataFrame, names: Iterable[str]) -> dict[str, pa.Array]:
    """Return the named columns that the table has."""
    return {name: text(table[name]) for name in names if name in table.columns}


def joined(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return a column in one piece: Arrow takes from one piece three times faster than from many."""
    if not isinstance(array, pa.ChunkedArray):
        return array
    if array.num_chunks == 1:
        return array.chunk(0)
    return pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)


def frame(columns: Mapping[str, pa.Array]) -> pd.DataFrame:
    """Return a frame of ``str`` columns over these arrays, without copying them."""
    made: pd.DataFrame = pa.table(dict(columns)).to_pandas()
    return made


def constant(value: str, rows: int) -> pa.Array:
    """Return a column that holds the same text in every row."""
    return pa.repeat(pa.scalar(value, pa.large_string()), rows)


def first_of(cases: Sequence[tuple[npt.NDArray[np.bool_], str]], otherwise: str) -> pa.Array:
    """Return for each row the text of the first case that holds there."""
    which = np.select([mask for mask, _ in cases], list(range(len(cases))), len(cases))
    return pc.take(pa.array([*(name for _, name in cases), otherwise], pa.large_string()), pa.array(which))


def trim(array: pa.Array) -> pa.Array:
    """Trim as ``str.strip`` does."""
    return pc.utf8_trim(array, characters=WHITE_SPACE)


def fold(array: pa.Array) -> pa.Array:
    """Trim and fold case, as keys are compared."""
    trimmed = trim(array)
    ascii_only = pc.string_is_ascii(trimmed)
    if pc.all(ascii_only, min_count=0).as_py():
        return pc.ascii_lower(trimmed)
    other = pc.invert(ascii_only)
    distinct = pc.filter(trimmed, other).dictionary_encode()
    folded = pa.array([value.casefold() for value in distinct.dictionary.to_pylist()], pa.large_string())
    return pc.replace_with_mask(pc.ascii_lower(trimmed), other, pc.take(folded, distinct.indices))


def blank(array: pa.Array) -> npt.NDArray[np.bool_]:
    """Return where a trimmed column is empty."""
    mask: npt.NDArray[np.bool_] = pc.equal(pc.binary_length(array), 0).to_numpy(zero_copy_only=False)
    return mask


def find(keys: pa.Array, within: pa.Array) -> Positions:
    """Return for each key the first position where it stands in `within`, or -1; a blank key is nowhere."""
    found: Positions = pc.fill_null(pc.index_in(keys, value_set=within), -1).to_numpy(zero_copy_only=False).astype(np.int64)
    found[blank(keys)] = -1
    return found


def isin(keys: pa.Array, within: pa.Array) -> npt.NDArray[np.bool_]:
    """Return where a key stands in `within`; a blank key stands nowhere."""
    return find(keys, within) >= 0


def pick(array: pa.Array, positions: Positions) -> pa.Array:
    """Take by position; a position of -1 gives an empty text."""
    if len(positions) and positions.min() < 0:
        return pc.fill_null(pc.take(array, pa.array(positions, mask=positions < 0)), "")
    return pc.take(array, pa.array(positions))
