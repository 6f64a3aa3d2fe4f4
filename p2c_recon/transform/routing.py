"""Where each Sales contact goes: customer, contact person, or nowhere, and why.

The rule is that of the *Contacts* and *Contacts to Customer* templates: the stored flags decide, as the integration itself filters by them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from p2c_recon.columns import blank, by_distinct, first_of, fold, frame, text, trim
from p2c_recon.systems.tables import PARENT
from p2c_recon.templates import CONTACTS, CUSTOMERS
from p2c_recon.transform.yes_no import read_yes_no

__all__ = ["ACTIVE", "COMPANY_IS_ACCOUNT", "parent_types", "route_contacts"]

ACTIVE = "msdynce_isactivecustomer"
COMPANY_IS_ACCOUNT = "msdynce_iscompanyanaccount"

PARENT_IS_CONTACT = "parent is a contact"
NO_PARENT = "no parent"
FLAG_IS_NO = "flag IsCompanyAnAccount is No"


def route_contacts(contacts: pd.DataFrame) -> pd.DataFrame:
    """Route every contact.

    Parameters
    ----------
    contacts
        Sales contacts with the two flags and the parent's id and type. A blank *Is Active Customer* counts as No; a blank or absent
        *IsCompanyAnAccount* is derived from the parent's type.

    Returns
    -------
    DataFrame
        A row per contact, same index: ``route`` (``customer``, ``contact``, ``none``), ``reason`` (of ``none``, else blank) and ``task``
        (the task that it stands under; ``Contacts`` for ``none``). A parent that is neither account nor contact counts as no parent.

    Raises
    ------
    InputError
        A flag holds something that is neither yes nor no.
    """
    active, _ = read_yes_no(contacts, ACTIVE, "contacts")
    to_account, to_contact, _ = parent_types(contacts)
    if COMPANY_IS_ACCOUNT in contacts.columns:
        stored, empty = read_yes_no(contacts, COMPANY_IS_ACCOUNT, "contacts")
        company = np.where(empty, to_account, stored)
    else:
        company = to_account
    columns = {
        "route": first_of([(active, "customer"), (company, "contact")], "none"),
        "reason": first_of([(active | company, ""), (to_account, FLAG_IS_NO), (to_contact, PARENT_IS_CONTACT)], NO_PARENT),
        "task": first_of([(active, CUSTOMERS)], CONTACTS),
    }
    return frame(columns).set_axis(contacts.index)


def parent_types(
    contacts: pd.DataFrame,
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return where the parent is an account, where it is a contact, and where there is one of unknown type."""
    kind = by_distinct(text(contacts[PARENT.kind]), lambda kinds: np.asarray(fold(kinds)))
    given = ~blank(trim(text(contacts[PARENT.value])))
    to_account, to_contact = given & (kind == "account"), given & (kind == "contact")
    return to_account, to_contact, given & ~to_account & ~to_contact
