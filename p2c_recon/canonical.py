"""Typed values as canonical text: the form in which every value is read, whatever the file held.

Numbers have neither exponent nor trailing zeros, dates are ISO 8601, yes/no is ``true``/``false``, and nothing is an empty text.
Source of the rule: *Inputs* in the reference of a run (docs/semantics.md).
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["canonical_array", "canonical_value", "plain_number", "valid_text", "without_surrogates"]

_SURROGATE = re.compile("[\ud800-\udfff]")


def without_surrogates(text: str) -> str:
    """Replace unpaired surrogates, which no UTF-8 file can hold, by U+FFFD; paired ones become their character."""
    if _SURROGATE.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def canonical_value(value: object, decimal: str = ".") -> str:
    """Return the canonical text of one value, as it comes from a cell of a workbook or an object column.

    Parameters
    ----------
    value
        Text, number, yes/no, date, time, or nothing (``None``, NaN, NaT).
    decimal
        Decimal sign of the side's files, so that typed numbers read like the same numbers in its CSV.
    """
    if isinstance(value, str):
        return without_surrogates(value)
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return _iso(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    number = Decimal(repr(float(value))) if isinstance(value, float | np.floating) else value
    if isinstance(number, Decimal) and number.is_finite():
        return plain_number(number).replace(".", decimal)
    return "" if str(number) == "NaN" else str(number)


def canonical_array(values: pa.Array | pa.ChunkedArray, decimal: str = ".") -> pa.ChunkedArray:
    """Return a typed Arrow column as canonical text (large_string, no nulls), without per-row Python where the type allows it."""
    chunked = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
    kind = chunked.type
    if pa.types.is_dictionary(kind):
        return pa.chunked_array([_decoded(chunk, decimal) for chunk in chunked.chunks], pa.large_string())
    if (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_null(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_boolean(kind)
    ):
        text = chunked.cast(pa.large_string())
    elif pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        text = _numbers(chunked, decimal)
    else:
        text = pa.chunked_array([pa.array([canonical_value(value, decimal) for value in chunked.to_pylist()], pa.large_string())])
    return pc.fill_null(text, "") if text.null_count else text


def valid_text(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Replace bytes that are no UTF-8, which Arrow itself doesn't look for when it reads Parquet, by U+FFFD."""
    return pa.chunked_array([_valid(chunk) for chunk in text.chunks], pa.large_string())


def _valid(chunk: pa.Array) -> pa.Array:
    if pc.all(pc.string_is_ascii(chunk), min_count=0).as_py():
        return chunk
    try:
        chunk.validate(full=True)
    except pa.ArrowInvalid:
        return pa.array([value.decode("utf-8", "replace") for value in chunk.cast(pa.large_binary()).to_pylist()], pa.large_string())
    return chunk


def _decoded(chunk: pa.DictionaryArray, decimal: str) -> pa.Array:
    """Write each value of the dictionary once, and an empty text behind them for the nulls."""
    values = pa.concat_arrays([*canonical_array(chunk.dictionary, decimal).chunks, pa.array([""], pa.large_string())])
    return pc.take(values, pc.fill_null(chunk.indices.cast(pa.int64()), len(values) - 1))


def _numbers(values: pa.ChunkedArray, decimal: str) -> pa.ChunkedArray:
    """Write each distinct number once."""
    if pa.types.is_float32(values.type):
        values = values.cast(pa.string()).cast(pa.float64())  # 10.1 stays 10.1, not the nearest double of it
    if pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)
    distinct = values.combine_chunks().dictionary_encode()
    if isinstance(distinct, pa.ChunkedArray):
        distinct = distinct.unify_dictionaries().combine_chunks()
    texts = pa.array([canonical_value(value, decimal) for value in distinct.dictionary.to_pylist()], pa.large_string())
    return pa.chunked_array([pc.take(texts, distinct.indices)])


def plain_number(number: Decimal) -> str:
    """Write a finite number without exponent, trailing zeros, sign of plus, or minus zero."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _iso(value: dt.datetime) -> str:
    if value.tzinfo is not None:
        value = value.astimezone(dt.UTC).replace(tzinfo=None)
        return value.isoformat() + "Z"
    return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
