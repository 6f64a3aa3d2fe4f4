"""Numbers in text columns: which can be read, their canonical form, and whether two are equal to the cent.

Nothing goes through a float that could lose a cent: floats only sort out the clear cases, and what stands near the tolerance is judged
with fractions.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.canonical import plain_number
from p2c_recon.columns import pick, trim
from p2c_recon.project import NumberFormat

__all__ = ["TOLERANCE", "canonical_numbers", "differ", "point_text", "readable"]

TOLERANCE = Decimal("0.005")
MOST_CHARACTERS = 300
"""A longer text is no number that anybody meant."""

READABLE = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"


def point_text(array: pa.Array, numbers: NumberFormat) -> pa.Array:
    """Trim, and write numbers of the side's format with a point; null where no number can be read, blank stays blank."""
    trimmed = trim(array)
    if numbers.thousands == " ":  # French and Nordic systems write a no-break space
        trimmed = pc.replace_substring_regex(trimmed, "[\u00a0\u202f]", " ")
    if numbers.thousands:
        grouped = rf"^[+-]?[0-9]{{1,3}}(\{numbers.thousands}[0-9]{{3}})+(\{numbers.decimal}[0-9]*)?$"
        plain = pc.replace_substring(trimmed, numbers.thousands, "")
        trimmed = pc.if_else(pc.match_substring_regex(trimmed, grouped), plain, trimmed)
    if numbers.decimal != ".":
        pointed = pc.replace_substring(trimmed, numbers.decimal, ".")
        trimmed = pc.if_else(pc.match_substring(trimmed, "."), pa.scalar(None, pa.large_string()), pointed)
    if _all_floats(trimmed):
        return trimmed
    short = pc.less_equal(pc.binary_length(trimmed), MOST_CHARACTERS)
    good = pc.or_(pc.match_substring_regex(trimmed, READABLE), pc.equal(pc.binary_length(trimmed), 0))
    return pc.if_else(pc.fill_null(pc.and_(good, short), False), trimmed, pa.scalar(None, pa.large_string()))


def _all_floats(trimmed: pa.Array) -> bool:
    """Whether every value is a plain finite number: the common case, found without a regular expression."""
    if (pc.max(pc.binary_length(trimmed)).as_py() or 0) > MOST_CHARACTERS:
        return False
    filled = pc.if_else(pc.equal(pc.binary_length(trimmed), 0), "0", trimmed)
    try:
        return bool(pc.all(pc.is_finite(pc.cast(filled, pa.float64())), min_count=0).as_py()) and trimmed.null_count == 0
    except pa.ArrowInvalid:
        return False


def readable(points: pa.Array) -> npt.NDArray[np.bool_]:
    """Return where `point_text` could read the value (blank counts as readable)."""
    mask: npt.NDArray[np.bool_] = pc.is_valid(points).to_numpy(zero_copy_only=False)
    return mask


def differ(expected: pa.Array, actual: pa.Array, tolerance: Decimal = TOLERANCE) -> npt.NDArray[np.bool_]:
    """Return where two columns of `point_text` differ by more than the tolerance; blank equals 0, unreadable equals nothing."""
    known = readable(expected) & readable(actual)
    left, right = _floats(expected), _floats(actual)
    gap = np.abs(left - right)
    with np.errstate(invalid="ignore"):
        margin = (np.abs(left) + np.abs(right)) * 1e-15 + 1e-18
        clear = np.isfinite(gap) & (np.abs(gap - float(tolerance)) > margin + float(tolerance) * 1e-15)
    result = np.where(clear, gap > float(tolerance), True)
    close = np.flatnonzero(known & ~clear)
    if len(close):
        pairs = zip(pick(expected, close).to_pylist(), pick(actual, close).to_pylist(), strict=True)
        result[close] = [abs(Fraction(a or 0) - Fraction(b or 0)) > Fraction(tolerance) for a, b in pairs]
    return np.where(known, result, True)


def canonical_numbers(points: pa.Array, original: pa.Array) -> pa.Array:
    """Write numbers without exponent, sign of plus or needless zeros; blank stays blank, unreadable text stays as it stands.

    Meant for the few cells of findings: it writes them one by one.
    """
    texts = [
        raw if point is None else plain_number(Decimal(point)) if point else ""
        for point, raw in zip(points.to_pylist(), original.to_pylist(), strict=True)
    ]
    return pa.array(texts, pa.large_string())


def _floats(points: pa.Array) -> npt.NDArray[np.float64]:
    filled = pc.if_else(pc.fill_null(pc.equal(pc.binary_length(points), 0), True), "0", points)
    try:
        values = pc.cast(filled, pa.float64())
    except pa.ArrowInvalid:
        values = pc.cast(pc.replace_substring_regex(filled, r"^\+|\.$", ""), pa.float64())
    floats: npt.NDArray[np.float64] = values.to_numpy(zero_copy_only=False)
    return floats
