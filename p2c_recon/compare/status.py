"""One status for every record of either side, and the proof that none was lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.columns import Positions, first_of
from p2c_recon.errors import ConservationError

__all__ = ["FINOPS_STATUSES", "STATUSES", "count_statuses", "extra_reasons", "finops_status", "prove_conservation", "sales_status"]

Mask = npt.NDArray[np.bool_]

STATUSES = ("in_sync", "mismatched", "missing", "wrong_entity", "blocked", "not_synchronized")
FINOPS_STATUSES = ("matched", "wrong_entity", "extra", "out_of_scope", "other_company")


def sales_status(blocked: Mask, found: Mask, elsewhere: Mask, differs: Mask) -> pa.Array:
    """Give each Sales record that is routed somewhere the first status that applies."""
    return first_of([(blocked, "blocked"), (~found & elsewhere, "wrong_entity"), (~found, "missing"), (differs, "mismatched")], "in_sync")


def finops_status(in_company: Mask, matched: Mask, wrong_entity: Mask, marked: Mask) -> pa.Array:
    """Give each F&O row the first status that applies; a row of another company is never judged."""
    cases = [(~in_company, "other_company"), (matched, "matched"), (wrong_entity, "wrong_entity"), (marked, "extra")]
    return first_of(cases, "out_of_scope")


def extra_reasons(codes: Positions, matched_numbers: Mask, routed_away: Mask, away: str, not_routed: Mask) -> pa.Array:
    """Say of each extra row why it is one, the first reason that applies.

    Parameters
    ----------
    codes
        Number code of each extra row.
    matched_numbers, routed_away, not_routed
        By code: another row of the number is matched; a Sales contact of the number is routed to the other entity; one is routed nowhere.
    away
        ``now a customer`` or ``now a contact``.
    """
    cases = [(matched_numbers[codes], "stale association"), (routed_away[codes], away), (not_routed[codes], "not routed here")]
    return first_of(cases, "no Sales record")


def count_statuses(status: pa.Array, known: Sequence[str]) -> dict[str, int]:
    """Count each known status, zeros included, in their order."""
    counts = {str(item["values"]): int(item["counts"]) for item in pc.value_counts(status).to_pylist()}
    return {name: counts.get(name, 0) for name in known}


def prove_conservation(read: Mapping[tuple[str, str], int], accounted: Mapping[tuple[str, str], int]) -> list[dict[str, object]]:
    """Compare the rows read with the rows accounted for, per side and table.

    Raises
    ------
    ConservationError
        They differ: a row was lost or counted twice.
    """
    proof: list[dict[str, object]] = []
    for (side, table), rows in read.items():
        total = accounted.get((side, table), 0)
        if total != rows:
            raise ConservationError(
                f"{side} {table}: {rows} rows were read, but {total} are accounted for. Please report this with the data that shows it."
            )
        proof.append({"side": side, "table": table, "rows_read": rows, "rows_accounted": total})
    return proof
