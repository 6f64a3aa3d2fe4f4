"""Yes/no columns in every spelling that exports have."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.columns import blank, fold, text
from p2c_recon.errors import InputError

__all__ = ["NO_WORDS", "YES_WORDS", "read_yes_no", "yes_no_names"]

YES_WORDS = ("true", "1", "yes")
NO_WORDS = ("false", "0", "no")


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
    folded = fold(text(table[column]))
    yes = _among(folded, YES_WORDS)
    empty = blank(folded)
    wrong = ~(yes | empty | _among(folded, NO_WORDS))
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


def _among(folded: pa.Array, words: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    mask: npt.NDArray[np.bool_] = pc.is_in(folded, value_set=pa.array(words, pa.large_string())).to_numpy(zero_copy_only=False)
    return mask
