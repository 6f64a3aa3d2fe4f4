"""Faults: who gets one, and what each cause does to a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.sandbox.arrays import Column, Columns, Mask, Rows, as_mask, column_of, constant, equals, filled, joined, put, taken
from p2c_recon.sandbox.people import word_pools

__all__ = ["CAUSES", "Picker", "Spoiler", "unreadable"]


_TEMPLATE_DEFAULTS = {"10": "20", "en-us": "nl", "1": "2", "13": "24", "Business": "Invoice", "Yes": "No"}


def _country_id(values: Column) -> Column:
    names = word_pools()
    return pc.fill_null(names.iso3.take(pc.index_in(values, value_set=names.iso)), "")


def _other_default(values: Column) -> Column:
    known, others = column_of(list(_TEMPLATE_DEFAULTS)), column_of(list(_TEMPLATE_DEFAULTS.values()))
    return pc.coalesce(others.take(pc.index_in(values, value_set=known)), values)


def _rounded(values: Column) -> Column:
    numbers = pc.cast(pc.if_else(equals(values, ""), "0", values), pa.float64())
    return pc.cast(pc.cast(pc.round(numbers), pa.int64()), pa.string())


def _mojibake(values: Column) -> Column:
    """Read UTF-8 as Windows-1252; texts with which that fails stay as they are."""

    def misread(text: str) -> str:
        try:
            return text.encode().decode("cp1252")
        except UnicodeDecodeError:
            return text

    return column_of([text if text.isascii() else misread(text) for text in values.to_pylist()])


def unreadable(values: Column) -> Column:
    """Write 12500.5 as 12.500,50; numbers below a thousand stay as they are."""
    signs = str.maketrans(",.", ".,")
    return column_of([f"{float(v):,.2f}".translate(signs) if v and float(v) >= 1000 else v for v in values.to_pylist()])


# Cause -> what it does to F&O's value (nothing here: the value of another record), and the share of a task's records with it.
# The rare conditions come first, for a cell is changed only once.
CAUSES: dict[str, tuple[Callable[[Column], Column] | None, float]] = {
    "not_readable": (unreadable, 0.002),
    "mojibake": (_mojibake, 0.0084),
    "leading_zeros": (lambda v: pc.replace_substring_regex(v, "^0+([0-9]+)$", r"\1"), 0.007),
    "truncated": (lambda v: pc.utf8_rtrim_whitespace(pc.utf8_slice_codeunits(v, 0, 20)), 0.0084),
    "rounding": (_rounded, 0.0084),
    "letter_case": (pc.utf8_upper, 0.0098),
    "white_space": (lambda v: pc.replace_substring(v, " ", "  ", max_replacements=1), 0.0084),
    "punctuation": (lambda v: pc.replace_substring_regex(v, "[.,;&']", ""), 0.0084),
    "phone_format": (lambda v: pc.replace_substring(pc.replace_substring(v, "+", "00"), " ", ""), 0.0112),
    "country_id": (_country_id, 0.0084),
    "preference_inverted": (lambda v: pc.if_else(equals(v, "Yes"), "No", "Yes"), 0.014),
    "template_default": (_other_default, 0.0112),
    "blank": (lambda v: constant("", len(v)), 0.0112),
    "association_moved": (None, 0.014),
    "stale": (None, 0.035),
}
# Values that stand for nothing: to turn one into something is no stale value.
_NOTHING = column_of(["", "0", "Unknown", "None"])


class Picker:
    """Hands out records for faults: each once, in an order that the seed fixes, and never more than 35 of a hundred."""

    def __init__(self, rng: np.random.Generator, size: int) -> None:
        self._order = rng.permutation(size)
        self._left = size * 35 // 100
        self.free = np.ones(size, dtype=bool)

    def take(self, where: Mask, share: float, *, at_least: int = 1, at_most: int | None = None) -> Rows:
        """Take a share of the records of a mask, in rising order."""
        count = min(max(at_least, round(share * np.count_nonzero(where))), self._left)
        rows = self._order[(where & self.free)[self._order]][: count if at_most is None else min(count, at_most)]
        self.free[rows] = False
        self._left -= len(rows)
        return np.sort(rows)


class Spoiler:
    """Makes cells of F&O rows differ, each once, and remembers the cause.

    Faults share rows, as they do in life: most befall a few rows, and only rare conditions are sought in all healthy ones.
    """

    def __init__(self, rng: np.random.Generator, columns: Columns, healthy: Rows) -> None:
        self._rng, self._columns, self._healthy = rng, columns, healthy
        self._few = healthy[: max(4, len(healthy) * 8 // 100)]
        self._touched = {name: np.zeros(len(column), dtype=bool) for name, column in columns.items()}
        self.done: list[tuple[str, str, Rows]] = []

    def spread(self, cause: str, names: str, share: float, *, at_most: int | None = None) -> None:
        """Change a share of the rows, divided over columns."""
        for name, count in self._divided(names, share, at_most):
            rows, values = self._changeable(cause, name, count)
            put(self._columns, name, rows, values)
            self._note(cause, name, rows)

    def lose(self, names: str, share: float) -> Iterator[tuple[str, Rows]]:
        """Choose filled cells that the other side is to lose."""
        for name, count in self._divided(names, share):
            rows, _ = self._changeable("blank", name, count)
            self._note("blank", name, rows)
            yield name, rows

    def swap(self, first: str, second: str, share: float) -> None:
        """Swap two columns."""
        one, other = self._columns[first], self._columns[second]
        distinct = as_mask(pc.not_equal(one, other)) & filled(one) & filled(other)
        rows = self._healthy[(distinct & ~self._touched[first] & ~self._touched[second])[self._healthy]]
        rows = np.sort(rows[: max(1, round(share * len(self._healthy)))])
        for name, values in ((first, other), (second, one)):
            put(self._columns, name, rows, taken(values, rows))
            self._note("swapped", name, rows)

    def add_noise(self, key: str) -> None:
        """Write some values in another way that makes no difference."""
        ways: tuple[tuple[str, Callable[[Column], Column]], ...] = (
            (key, pc.utf8_lower),
            (key, lambda v: joined(v, " ")),
            ("dataAreaId", pc.utf8_upper),
            ("CreditLimit", lambda v: pc.replace_substring_regex(v, "^([0-9]+)$", r"\1.00")),
        )
        for name, how in ways:
            if name in self._columns:
                rows = self._rng.permutation(self._healthy)[: len(self._healthy) // 50]
                rows = np.sort(rows[~self._touched[name][rows]])
                put(self._columns, name, rows, how(taken(self._columns[name], rows)))

    def _divided(self, names: str, share: float, at_most: int | None = None) -> Iterator[tuple[str, int]]:
        """Divide a share of the rows, at least one, over columns in random order; what one can't take goes to the next."""
        order = self._rng.permutation(names.split()).tolist()
        left = max(1, round(share * len(self._healthy)))
        left = left if at_most is None else min(left, at_most)
        while order and left:
            before = len(self.done)
            yield order[-1], -(-left // len(order))
            left -= sum(len(rows) for _, _, rows in self.done[before:])
            order.pop()

    def _changeable(self, cause: str, name: str, count: int) -> tuple[Rows, Column]:
        """Return up to ``count`` untouched rows that the cause would change, in order, and their values then."""
        how = CAUSES[cause][0]
        for candidates in (self._few, self._healthy):
            rows = self._rng.permutation(candidates[~self._touched[name][candidates]])
            old = taken(self._columns[name], rows)
            new = how(old) if how else taken(old, self._rng.permutation(len(rows)))
            differs = pc.and_not(pc.not_equal(old, new), pc.is_in(old, value_set=_NOTHING))
            if cause != "blank":
                differs = pc.and_not(differs, pc.is_in(new, value_set=_NOTHING))
            chosen = np.flatnonzero(as_mask(differs))[:count]
            if len(chosen) == count:
                break
        chosen = chosen[np.argsort(rows[chosen])]
        return rows[chosen], taken(new, chosen)

    def _note(self, cause: str, name: str, rows: Rows) -> None:
        self._touched[name][rows] = True
        self.done.append((cause, name, rows))
