"""One number space for both systems: every business number becomes an integer once, and all matching is arithmetic on integers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.columns import Positions, all_distinct, blank, fold, pick, text
from p2c_recon.errors import InputError

__all__ = ["Codes", "check_ids", "check_keys", "encode", "first_by_code", "mark_codes", "person_rows"]


@dataclass(frozen=True)
class Codes:
    """Numbers as integers: equal codes are equal numbers, whatever their case and surrounding blanks; -1 is a blank number."""

    of: dict[str, npt.NDArray[np.signedinteger]]
    size: int


def encode(numbers: Mapping[str, pa.Array]) -> Codes:
    """Give every distinct number of all these columns (folded by `fold`) one integer."""
    coded = pa.chunked_array(list(numbers.values())).dictionary_encode()
    dictionary = coded.chunk(0).dictionary if coded.num_chunks else pa.array([], pa.large_string())
    empty = pc.index(dictionary, pa.scalar("", pa.large_string())).as_py()
    parts: dict[str, npt.NDArray[np.signedinteger]] = {}
    for name, chunk in zip((name for name, array in numbers.items() if len(array)), coded.chunks, strict=True):
        codes = chunk.indices.to_numpy(zero_copy_only=False)
        parts[name] = np.where(codes == empty, -1, codes) if empty >= 0 else codes
    return Codes({name: parts.get(name, np.zeros(0, dtype=np.int32)) for name in numbers}, len(dictionary))


def mark_codes(codes: Positions, size: int) -> npt.NDArray[np.bool_]:
    """Return a table by code: whether the number occurs. Its last element stands for the blank number and is always False."""
    marks = np.zeros(size + 1, dtype=bool)
    marks[codes] = True
    marks[-1] = False
    return marks


def first_by_code(codes: Positions, size: int) -> Positions:
    """Return a table by code: the first row that bears the number, or -1; its last element stands for the blank number."""
    first = np.full(size + 1, -1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    first[-1] = -1
    return first


def person_rows(wanted: Positions, accounts: pa.Array, codes: Positions, associated: pa.Array, size: int) -> Positions:
    """Choose the contact-person row of each Sales contact.

    Parameters
    ----------
    wanted, accounts
        Number code and expected account of each Sales contact.
    codes, associated
        Number code and ``AssociatedPartyNumber`` of each contact-person row.
    size
        Of the number space.

    Returns
    -------
    array of int
        Row per contact, -1 for none. Where several rows carry the number, the one under the expected account wins, else the first by
        ``AssociatedPartyNumber``, blank first.
    """
    first = first_by_code(codes, size)
    chosen = first[wanted]
    if np.count_nonzero(first >= 0) == np.count_nonzero(codes >= 0):
        return chosen
    several = np.bincount(codes[codes >= 0], minlength=size + 1) > 1
    rows = np.flatnonzero(several[codes] & (codes >= 0))
    people = pd.DataFrame({"code": codes[rows], "account": fold(pick(associated, rows)).to_pandas(), "row": rows})
    ordered = people.sort_values(["code", "account"])
    contacts = np.flatnonzero(several[wanted] & (wanted >= 0))
    asked = pd.DataFrame({"code": wanted[contacts], "account": fold(pick(accounts, contacts)).to_pandas()})
    exact = asked.merge(people, on=["code", "account"], how="left")["row"].to_numpy(dtype=float, na_value=np.nan)
    default = ordered.groupby("code")["row"].first().reindex(asked["code"]).to_numpy(dtype=float, na_value=np.nan)
    best = np.where(np.isnan(exact), default, exact)
    chosen = chosen.copy()
    chosen[contacts] = best.astype(np.int64)
    return chosen


def check_ids(table: pd.DataFrame, column: str, table_name: str) -> None:
    """Check that each record of a Sales table has an id of its own.

    Raises
    ------
    InputError
        Names the table, the id and its rows.
    """
    ids = fold(text(table[column]))
    empty = np.flatnonzero(blank(ids))
    if len(empty):
        raise InputError(f"{table_name}: {column} is blank in data row {empty[0] + 1} ({len(empty)} rows). Export the ids of all records.")
    if not all_distinct(ids):
        twins = _first_twins(pd.DataFrame({"id": ids.to_pandas()}))
        raise InputError(
            f"{table_name}: {column} {str(table[column].iloc[twins[0]])!r} stands in data rows {twins[0] + 1} and {twins[1] + 1}. "
            "Export each record once."
        )


def check_keys(table: pd.DataFrame, columns: tuple[str, ...], codes: Positions, table_name: str) -> None:
    """Check that no key of an F&O table stands there twice, trimmed and without regard to case.

    Parameters
    ----------
    columns
        Key columns, the company among them.
    codes
        Number code of each row: only rows that share a number can share a key.

    Raises
    ------
    InputError
        Names the table, the key and its rows.
    """
    rows = np.flatnonzero(np.bincount(codes + 1)[codes + 1] > 1) if len(codes) else np.zeros(0, dtype=np.int64)
    if not len(rows):
        return
    keys = pd.DataFrame({column: fold(text(table[column].iloc[rows])).to_pandas() for column in columns})
    twins = _first_twins(keys)
    if len(twins):
        shown = ", ".join(f"{column} {str(table[column].iloc[rows[twins[0]]])!r}" for column in columns)
        raise InputError(
            f"{table_name}: the key {shown} stands in data rows {rows[twins[0]] + 1} and {rows[twins[1]] + 1}. "
            "F&O keys are unique: export the table again, each row once."
        )


def _first_twins(keys: pd.DataFrame) -> Positions:
    """Positions of the first two rows that are equal; empty if none are."""
    repeated = np.flatnonzero(keys.duplicated(keep=False))
    if not len(repeated):
        return repeated
    same = (keys.iloc[repeated] == keys.iloc[repeated[0]]).all(axis=1).to_numpy()
    twins: Positions = repeated[same][:2]
    return twins
