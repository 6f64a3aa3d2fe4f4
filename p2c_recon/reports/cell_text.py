"""What both reports share: text that is safe to show, its canonical form, and plain words for statuses and categories."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_UNITS = 32_767  # what a cell of Excel holds, counted in UTF-16 units

STATUSES = {
    "in_sync": "in sync",
    "mismatched": "mismatched",
    "missing": "missing",
    "wrong_entity": "wrong entity",
    "blocked": "blocked",
    "not_synchronized": "not synchronized",
}
FINOPS_STATUSES = {
    "matched": "matched",
    "wrong_entity": "wrong entity",
    "extra": "extra",
    "out_of_scope": "F&O's own",
    "other_company": "other company",
}
CATEGORIES = {
    "blocked": "The integration would refuse this record now; Reason says why.",
    "wrong_entity": "F&O has this number, but as the other kind: customer instead of contact person, or the reverse.",
    "missing": "Sales has the record, F&O has it nowhere.",
    "mismatched": "Both have the record, and this column differs.",
    "extra": "F&O says that Sales keeps this row, but no Sales record leads to it.",
    "flag_disagrees": "A flag stored in Sales contradicts the record's own parent, quotes, orders or invoices.",
}

_SALES, _FINOPS, _ACCEPT, _IGNORE = "Sales is right", "F&O is right", "accept difference", "ignore for now"
DECISIONS = {
    # What blocks a record is corrected at its source: neither system's value can simply be taken over.
    "blocked": (_ACCEPT, _IGNORE),
    "wrong_entity": (_SALES, _FINOPS, _ACCEPT, _IGNORE),
    # Taking F&O's side would mean to delete, or to make up, a record in Sales: no backfill does that.
    "missing": (_SALES, _ACCEPT, _IGNORE),
    "mismatched": (_SALES, _FINOPS, _ACCEPT, _IGNORE),
    "extra": (_SALES, _ACCEPT, _IGNORE),
    "flag_disagrees": (_SALES, _ACCEPT, _IGNORE),  # both values come from Sales
}
_STAY = "\nAccept difference: both stay as they are."
EFFECTS = {
    "blocked": "A blocked record is corrected at its source: in Sales, in the mapping or in the set-up of F&O." + _STAY,
    "wrong_entity": "Sales is right: F&O gets the kind of record that Sales routes to.\nF&O is right: the flag in Sales changes." + _STAY,
    "missing": "Sales is right: the record is created in F&O." + _STAY,
    "mismatched": "Sales is right: Expected is written to F&O.\nF&O is right: Actual is written to Sales." + _STAY,
    "extra": "Sales is right: the row loses its mark 'externally maintained'. Nothing is deleted." + _STAY,
    "flag_disagrees": "Sales is right: the flag is set to Expected, which follows from the other records in Sales." + _STAY,
}

FIELDS = {
    "Task": "task",
    "Key": "key",
    "Name": "name",
    "Column": "field",
    "Expected": "expected",
    "Actual": "actual",
    "Reason": "reason",
    "Source id": "source_id",
}
COLUMNS = {
    "blocked": ("Task", "Key", "Name", "Column", "Reason", "Source id"),
    "wrong_entity": ("Task", "Key", "Name", "Source id"),
    "missing": ("Task", "Key", "Name", "Source id"),
    "mismatched": ("Task", "Key", "Name", "Column", "Expected", "Actual", "Source id"),
    "extra": ("Task", "Key", "Column", "Actual", "Reason"),
    "flag_disagrees": ("Task", "Key", "Name", "Column", "Expected", "Actual", "Source id"),
}

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_SURROGATE = re.compile("[\ud800-\udfff]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_ESCAPE_START = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_SUSPECT = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")


def legal(text: str) -> str:
    """Replace what XML and HTML can't hold by U+FFFD, and write every line end as LF.

    Parameters
    ----------
    text
        Any text; halves of a surrogate pair that stand together are joined.
    """
    if not _SUSPECT.search(text):
        return text
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _ILLEGAL.sub(_REPLACEMENT, text.replace("\r\n", "\n").replace("\r", "\n"))


def cell_text(text: str) -> str:
    """Return `text` as it may stand in a worksheet: legal XML, no accidental escapes, not too long.

    Programs read ``_x000D_`` in a cell as a carriage return, so its first character is written as the escape of
    an underscore. Text beyond `MAX_UNITS` ends in a mark with its full length and a digest, so that two long texts
    that differ only behind the cut still differ.
    """
    if len(text) <= MAX_UNITS // 2 and not _SUSPECT.search(text):
        return text
    shown = _ESCAPE_START.sub("_x005F_", legal(text))
    units = shown.encode("utf-16-le")
    if len(units) <= 2 * MAX_UNITS:
        return shown
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    mark = f"… [cut: {len(text):,} characters, {digest}]"
    return units[: 2 * (MAX_UNITS - len(mark))].decode("utf-16-le", "ignore") + mark


def canonical(text: str) -> str:
    """Return the form of a cell's text that is the same whichever program saved the file.

    Programs differ in whether they decode ``_xHHHH_`` on reading and encode it on writing, and in line ends.
    """
    if not _SUSPECT.search(text):
        return text
    before = ""
    while text != before:
        before, text = text, _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return legal(text)


def row_key(values: Iterable[str]) -> str:
    """Return the key that binds a decision to a finding's content: 32 hexadecimal digits.

    Parameters
    ----------
    values
        The finding's values as the worksheet shows them, blank where it doesn't.
    """
    # The separator can't occur in a value, for canonical text holds no control characters.
    return hashlib.sha256("\x1f".join(map(canonical, values)).encode()).hexdigest()[:32]


def display_names(source_ids: pd.Series, names: pd.DataFrame | None) -> pd.Series:
    """Return the display name of each Sales record, blank where there is none.

    Parameters
    ----------
    source_ids
        Ids as the findings write them.
    names
        Columns ``source_id`` and ``name``.
    """
    if names is None or names.empty:
        return pd.Series("", index=source_ids.index, dtype="str")
    known = pa.array(names["source_id"], type=pa.large_string(), from_pandas=True)
    shown = pa.array(names["name"], type=pa.large_string(), from_pandas=True)
    found: Any = shown.take(pc.index_in(pa.array(source_ids, type=pa.large_string()), value_set=known))
    return pd.Series(found.fill_null("").to_pandas(), index=source_ids.index, dtype="str")
