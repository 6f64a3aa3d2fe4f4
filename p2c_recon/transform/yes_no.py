"""Yes/no columns in every spelling that exports have."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.columns import blank, by_distinct, fold, text
from p2c_recon.errors import InputError

__all__ = ["NO_WORDS", "YES_WORDS", "read_yes_no", "yes_no_names"]

YES_WORDS = ("true", "1", "yes")
NO_WORDS = ("false", "0", "no")
UNKNOWN, YES, NO, BLANK = range(4)


def read_yes_no(table: pd.DataFrame, column: str, table_name: str) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Read a flag that decides where a record goes.

    Returns
    -------
    tuple of two boolean arrays
        Where the flag is Yes, and where it is blank; as long as the table.

    Raises
    ------
    InputError
        A value is neither yes, no nor blank: a guess here would send the record to the wrong entity.
    """
    meaning = by_distinct(text(table[column]), _meaning)
    yes, empty, wrong = meaning == YES, meaning == BLANK, meaning == UNKNOWN
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        value = str(table[column].iloc[row])[:40]
        raise InputError(
            f"{table_name}: {column}: data row {row + 1} holds {value!r}, which is neither yes nor no ({int(wrong.sum())} rows do). "
            "Use true/false, 1/0 or Yes/No, or name the label under choices in the project file."
        )
    return yes, empty


def yes_no_names(folded: pa.Array) -> pa.Array:
    """Turn every folded spelling of yes and no into ``yes`` and ``no``; other texts stay as they are."""
    words = pa.array((*YES_WORDS, *NO_WORDS), pa.large_string())
    names = pa.array(["yes"] * len(YES_WORDS) + ["no"] * len(NO_WORDS), pa.large_string())
    found = pc.index_in(folded, value_set=words)
    return pc.coalesce(pc.take(names, found), folded)


def _meaning(words: pa.Array) -> npt.NDArray[np.int8]:
    folded = fold(words)
    cases = [np.isin(folded, YES_WORDS), np.isin(folded, NO_WORDS), blank(folded)]
    return np.select(cases, [YES, NO, BLANK], UNKNOWN).astype(np.int8)
