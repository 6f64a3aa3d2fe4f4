"""Compare cells: take one side into the order of the other, compare raw, and normalise only what differs raw.

Most cells of two systems agree to the byte, so trimming, folding and decimals are spent on the few that don't.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.columns import WHITE_SPACE, Positions, fold, joined, pick, side_by_side, trim
from p2c_recon.project import NumberFormat
from p2c_recon.templates import Column
from p2c_recon.transform.mapping import Mapped
from p2c_recon.transform.numbers import TOLERANCE, canonical_numbers, differ, point_text
from p2c_recon.transform.yes_no import yes_no_names

__all__ = ["Cells", "compare_cells"]

ANY_WHITE_SPACE = "[" + WHITE_SPACE + "]+"


@dataclass(frozen=True)
class Cells:
    """Differing cells of one column.

    Attributes
    ----------
    rows
        Positions of the Sales records.
    expected, actual
        What F&O should hold, and what it holds: trimmed, numbers in canonical form.
    """

    column: str
    rows: Positions
    expected: pa.Array
    actual: pa.Array


def compare_cells(
    mapped: Mapped,
    actual: Mapping[str, pa.Array],
    matches: Positions,
    columns: tuple[Column, ...],
    sales: NumberFormat,
    finops: NumberFormat,
) -> list[Cells]:
    """Compare the matched records, column by column.

    Parameters
    ----------
    mapped
        The expected rows.
    actual
        F&O column -> text as read; a column that is missing here or in `mapped` is not compared.
    matches
        F&O row of each expected row; -1 where there is none to compare with.
    columns
        What to compare, each with its kind and the project's options.
    sales, finops
        How each side writes numbers.

    Returns
    -------
    list of Cells
        One per compared column, in the order of `columns`.
    """
    rows = np.flatnonzero(matches >= 0)
    every = len(rows) == len(matches)
    left, right = pa.array(rows), pa.array(matches[rows])

    def compare(column: Column) -> Cells:
        expected = mapped.columns[column.name] if every else pc.take(mapped.columns[column.name], left)
        found = joined(pc.take(actual[column.name], right))
        here = np.flatnonzero(pc.not_equal(expected, found).to_numpy(zero_copy_only=False))
        if column.kind == "number" and sales != finops:
            here = np.arange(len(rows))
        skip = mapped.unmapped.get(column.name), mapped.unreadable.get(column.name)
        for mask in skip:
            here = here if mask is None else here[~mask[rows[here]]]
        cells = Cells(column.name, rows[here], pick(expected, here), trim(pick(found, here)))
        return _numbers(cells, column, sales, finops) if column.kind == "number" else _texts(cells, column)

    wanted = [column for column in columns if column.name in mapped.columns and column.name in actual]
    return side_by_side(compare, wanted)


def _texts(cells: Cells, column: Column) -> Cells:
    left, right = _normal(cells.expected, column), _normal(cells.actual, column)
    return _only(cells, np.flatnonzero(pc.not_equal(left, right).to_numpy(zero_copy_only=False)))


def _normal(values: pa.Array, column: Column) -> pa.Array:
    if column.kind in ("enum", "yes/no"):
        folded = fold(values)
        return yes_no_names(folded) if column.kind == "yes/no" else folded
    if column.compare.ignore_whitespace:
        values = pc.replace_substring_regex(values, ANY_WHITE_SPACE, "")
    return fold(values) if column.compare.ignore_case else values


def _numbers(cells: Cells, column: Column, sales: NumberFormat, finops: NumberFormat) -> Cells:
    tolerance = TOLERANCE if column.compare.tolerance is None else Decimal(str(column.compare.tolerance))
    left, right = point_text(cells.expected, sales), point_text(cells.actual, finops)
    here = np.flatnonzero(differ(left, right, tolerance))
    shown = _only(cells, here)
    return Cells(
        shown.column,
        shown.rows,
        canonical_numbers(pick(left, here), shown.expected),
        canonical_numbers(pick(right, here), shown.actual),
    )


def _only(cells: Cells, here: Positions) -> Cells:
    return Cells(cells.column, cells.rows[here], pick(cells.expected, here), pick(cells.actual, here))
