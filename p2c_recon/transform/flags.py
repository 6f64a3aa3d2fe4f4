"""Do the stored flags agree with what the data says? The integration trusts the flags; a steward wants to know where they are wrong."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.columns import Positions, by_distinct, fold, isin, text
from p2c_recon.systems.tables import CUSTOMER, UNKNOWN_PARTY
from p2c_recon.transform.routing import ACTIVE, COMPANY_IS_ACCOUNT, parent_types
from p2c_recon.transform.yes_no import read_yes_no

__all__ = ["ACTIVITY_TABLES", "check_flags", "has_unknown_customers", "usable_activity"]

ACTIVITY_TABLES = ("quotes", "salesorders", "invoices")


def check_flags(contacts: pd.DataFrame, activity: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Compare both flags of every contact with what they should be.

    Parameters
    ----------
    contacts
        Sales contacts.
    activity
        Those of ``quotes``, ``salesorders`` and ``invoices`` that were loaded, with the customer's id and type. With only some of the
        three, only *No although there is activity* can be told; with none of them, nothing.

    Returns
    -------
    DataFrame
        One row per disagreement: ``row`` (position of the contact), ``field`` (Dataverse column), ``expected``, ``actual`` (Yes/No).
    """
    parts = []
    customers = [_contacts_of(activity[name]) for name in ACTIVITY_TABLES if name in activity]
    if customers:
        stored, _ = read_yes_no(contacts, ACTIVE, "contacts")
        active = isin(fold(text(contacts["contactid"])), pc.unique(pa.concat_arrays(customers)))
        complete = len(customers) == len(ACTIVITY_TABLES) and not any(has_unknown_customers(table) for table in activity.values())
        parts += [_rows(active & ~stored, ACTIVE, "Yes"), _rows(~active & stored & complete, ACTIVE, "No")]
    if COMPANY_IS_ACCOUNT in contacts.columns:
        stored, empty = read_yes_no(contacts, COMPANY_IS_ACCOUNT, "contacts")
        to_account, _, unknown = parent_types(contacts)
        told = ~empty & ~unknown
        parts += [
            _rows(told & to_account & ~stored, COMPANY_IS_ACCOUNT, "Yes"),
            _rows(told & ~to_account & stored, COMPANY_IS_ACCOUNT, "No"),
        ]
    return pd.concat([_rows(np.zeros(0, dtype=bool), ACTIVE, "Yes"), *parts], ignore_index=True)


def usable_activity(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the activity tables that tell their customer's id and type; others say nothing about a contact."""
    return {
        name: tables[name] for name in ACTIVITY_TABLES if name in tables and {CUSTOMER.value, CUSTOMER.kind} <= set(tables[name].columns)
    }


def has_unknown_customers(table: pd.DataFrame) -> bool:
    """Return whether a customer came as a name that could not be resolved: it may be any contact then."""
    return bool(by_distinct(text(table[CUSTOMER.kind]), lambda kinds: np.asarray(kinds) == UNKNOWN_PARTY).any())


def _contacts_of(table: pd.DataFrame) -> pa.Array:
    is_contact = pc.equal(fold(text(table[CUSTOMER.kind])), "contact")
    return pc.filter(fold(text(table[CUSTOMER.value])), is_contact)


def _rows(where: npt.NDArray[np.bool_], field: str, expected: str) -> pd.DataFrame:
    rows: Positions = np.flatnonzero(where)
    actual = "No" if expected == "Yes" else "Yes"
    said = {"field": field, "expected": expected, "actual": actual}
    return pd.DataFrame({"row": rows, **{name: pd.Series(value, index=range(len(rows)), dtype="str") for name, value in said.items()}})
