"""What the generator makes."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

__all__ = ["Sample"]


@dataclass(frozen=True)
class Sample:
    """Generated tables of both systems, every column text and blank as ``""``.

    Attributes
    ----------
    sales
        ``contacts``, ``accounts``, ``quotes``, ``salesorders``, ``invoices``.
    finops
        ``CustomersV2``, ``CDSContactPersons``, ``CustomerGroups``.
    seeded
        The truth to measure against: ``task``, ``key``, ``field``, ``cause`` of every cell that differs on purpose.
    """

    sales: dict[str, pd.DataFrame]
    finops: dict[str, pd.DataFrame]
    seeded: pd.DataFrame
