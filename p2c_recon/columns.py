"""Text columns between pandas and Arrow, and what "trimmed" and "case-insensitive" mean.

Frames hold text as pandas' own ``str`` columns, which are Arrow arrays underneath; the rules work on those arrays. Trimming is that of
``str.strip`` and folding that of ``str.casefold`` to the letter: Arrow's own versions differ on tabs, no-break spaces and ``İ``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.canonical import canonical_array, canonical_value

__all__ = [
    "WHITE_SPACE",
    "Positions",
    "all_distinct",
    "at_once",
    "blank",
    "by_distinct",
    "constant",
    "find",
    "first_of",
    "fold",
    "frame",
    "isin",
    "joined",
    "pick",
    "raw_bytes",
    "side_by_side",
    "sort_order",
    "text",
    "texts",
    "trim",
]

Positions = npt.NDArray[np.int64]
Item = TypeVar("Item")
Answer = TypeVar("Answer")

THREADS = 2

WHITE_SPACE = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""Every character for which ``str.isspace`` holds."""

DOUBTFUL = np.array([byte >= 0x80 or chr(byte) in WHITE_SPACE for byte in range(256)])
"""By byte: whether a text that begins or ends in it may have to be trimmed."""


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
    """Trim as ``str.strip`` does; a column that needs none is returned as it is."""
    return pc.utf8_trim(array, characters=WHITE_SPACE) if _ends_doubtfully(array) else array


def _ends_doubtfully(array: pa.Array) -> bool:
    """Whether some text begins or ends in ASCII white space, or outside ASCII, where white space may be."""
    starts, data = raw_bytes(array)
    filled = starts[1:] > starts[:-1]
    return any(bool(DOUBTFUL[data[places]].any()) for places in (starts[:-1][filled], starts[1:][filled] - 1))


def raw_bytes(array: pa.Array) -> tuple[Positions, npt.NDArray[np.uint8]]:
    """Return where each text starts in the column's bytes (and, last, where they end), and the bytes."""
    _, offsets, data = array.buffers()
    starts: Positions = np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    return starts, np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, dtype=np.uint8)


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


def by_distinct(array: pa.Array, judge: Callable[[pa.Array], npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Judge each distinct text once, and return the judgement for every row: for columns of few values, such as flags."""
    coded = array.dictionary_encode()
    answer: npt.NDArray[Any] = judge(coded.dictionary)[coded.indices.to_numpy(zero_copy_only=False)]
    return answer


def pick(array: pa.Array, positions: Positions) -> pa.Array:
    """Take by position; a position of -1 gives an empty text."""
    if len(positions) == len(array) and bool((positions == np.arange(len(array))).all()):
        return array
    if len(positions) and positions.min() < 0:
        return pc.fill_null(pc.take(array, pa.array(positions, mask=positions < 0)), "")
    return pc.take(array, pa.array(positions))


def side_by_side(work: Callable[[Item], Answer], items: Iterable[Item]) -> list[Answer]:
    """Work on columns, or whatever else takes its time in Arrow, on two threads: its functions let go of the interpreter."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, items))


def at_once(*steps: Callable[[], Any]) -> list[Any]:
    """Take steps that don't need each other side by side; the first error is raised."""
    return side_by_side(lambda step: step(), steps)


def sort_order(array: pa.Array) -> Positions:
    """Return the positions that put a column into the order of its code points.

    The first eight bytes of each text are sorted as integers; only texts that share them are compared whole. Where many do, the whole
    column is.
    """
    heads, order, rows = _by_heads(array)
    if len(rows) * 10 > len(order):
        whole: Positions = pc.sort_indices(array).to_numpy().astype(np.int64)
        return whole
    among = pa.table({"head": pa.array(heads[order[rows]]), "text": pick(array, order[rows])})
    order[rows] = order[rows][pc.sort_indices(among, sort_keys=[("head", "ascending"), ("text", "ascending")]).to_numpy()]
    return order


def all_distinct(array: pa.Array) -> bool:
    """Return whether no text stands in the column twice; only texts that share their first eight bytes are compared."""
    _, order, rows = _by_heads(array)
    return int(pc.count_distinct(pick(array, order[rows])).as_py()) == len(rows)


def _by_heads(array: pa.Array) -> tuple[npt.NDArray[np.uint64], Positions, Positions]:
    """Return each text's first eight bytes, the order that they give, and the places in it where neighbours share them."""
    heads = _heads(array)
    order: Positions = np.argsort(heads)
    tied = np.zeros(len(order) + 1, dtype=bool)
    tied[1:-1] = heads[order[1:]] == heads[order[:-1]]
    return heads, order, np.flatnonzero(tied[1:] | tied[:-1])


def _heads(array: pa.Array) -> npt.NDArray[np.uint64]:
    """Return the first eight bytes of each text as one big-endian integer, shorter texts filled up with zeros."""
    starts, data = raw_bytes(array)
    content = np.append(data, np.zeros(8, dtype=np.uint8))
    # Eight bytes can be read from any place: a view of integers that overlap.
    at_every_byte: npt.NDArray[np.uint64] = np.ndarray(shape=(len(content) - 7,), dtype=">u8", buffer=content, strides=(1,))
    heads = at_every_byte[starts[:-1]].astype(np.uint64)
    lengths = np.minimum(starts[1:] - starts[:-1], 8).astype(np.uint64)
    beyond = (np.uint64(8) - lengths) * np.uint64(8)
    return np.where(lengths == 0, np.uint64(0), (heads >> (beyond % np.uint64(64))) << (beyond % np.uint64(64)))
