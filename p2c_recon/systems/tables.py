"""The tables that a run reads from either side: what their files are called, and which of their columns matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from p2c_recon.templates import REFERENCES, Task

__all__ = ["COMPANY", "UNKNOWN_PARTY", "Lookup", "Table", "finops_tables", "sales_tables"]

COMPANY = "dataAreaId"
UNKNOWN_PARTY = "unknown"
"""Type of a lookup that came as a name which no record bears, or several do."""

TYPE_OF = "@Microsoft.Dynamics.CRM.lookuplogicalname"
"""Annotation of the Web API that tells what a polymorphic lookup points to."""


@dataclass(frozen=True)
class Lookup:
    """A lookup to an account or a contact, in the forms in which exports carry it.

    Attributes
    ----------
    attribute
        Logical name, e.g. ``parentcustomerid``. A column of this name, or of a label for it, may hold ids or names.
    type_names
        Other names of the column that tells the type.
    """

    attribute: str
    type_names: tuple[str, ...]

    @property
    def value(self) -> str:
        """Column of the id, as the Web API names it."""
        return f"_{self.attribute}_value"

    @property
    def kind(self) -> str:
        """Column of the type, ``account`` or ``contact``, as the Web API names it."""
        return self.value + TYPE_OF


@dataclass(frozen=True)
class Table:
    """A table to read.

    Attributes
    ----------
    name
        Entity set of the Web API or of F&O's OData service.
    columns
        Every column that a template or a rule reads.
    required
        Columns without which the run fails.
    other_names
        What files of this table are called besides its name.
    aliases
        Other header -> column.
    lookup
        The polymorphic lookup of the table.
    optional
        Whether the run can do without the table.
    numbers
        Columns that hold numbers.
    """

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    other_names: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    lookup: Lookup | None = None
    optional: bool = False
    numbers: frozenset[str] = frozenset()


PARENT = Lookup("parentcustomerid", ("parentcustomeridtype", "parentcustomerid_entitytype", "Parent Customer Type"))
CUSTOMER = Lookup("customerid", ("customeridtype", "customerid_entitytype", "Customer Type"))
CURRENCY = ("_transactioncurrencyid_value", "transactioncurrencyid", "transactioncurrencyid.isocurrencycode")


def sales_tables(tasks: Iterable[Task]) -> tuple[Table, ...]:
    """Return the Sales tables of the account and contact tasks, with the source columns that these tasks map."""
    tasks = tuple(tasks)
    mapped = _columns_by_set(
        (task.source_set, (column.source for column in task.columns)) for task in tasks if task.source_system == "Sales"
    )
    numbers = frozenset(column.source for task in tasks for column in task.columns if column.kind == "number" and column.source)
    tables = [
        Table(
            "contacts",
            _distinct(
                ("contactid", "msdynce_contactnumber", "msdynce_isactivecustomer", "msdynce_iscompanyanaccount", "fullname"),
                (PARENT.value, PARENT.kind, PARENT.attribute),
                CURRENCY,
                mapped["contacts"],
            ),
            required=("contactid", "msdynce_contactnumber", "msdynce_isactivecustomer", PARENT.value, PARENT.kind),
            other_names=("contact",),
            lookup=PARENT,
            numbers=numbers,
        ),
        Table(
            "accounts",
            _distinct(("accountid", "accountnumber", "name"), CURRENCY, mapped["accounts"]),
            required=("accountid", "accountnumber"),
            other_names=("account",),
            numbers=numbers,
        ),
        Table(
            "transactioncurrencies",
            ("transactioncurrencyid", "currencyname", "isocurrencycode"),
            required=("isocurrencycode",),
            other_names=("transactioncurrency", "currencies", "currency"),
            optional=True,
        ),
    ]
    for name, singular, others in (
        ("quotes", "quote", ()),
        ("salesorders", "salesorder", ("orders", "order")),
        ("invoices", "invoice", ()),
    ):
        columns = (f"{singular}id", CUSTOMER.value, CUSTOMER.kind, CUSTOMER.attribute)
        tables.append(Table(name, columns, required=(), other_names=(singular, *others), lookup=CUSTOMER, optional=True))
    return tuple(tables)


def finops_tables(tasks: Iterable[Task]) -> tuple[Table, ...]:
    """Return the F&O tables of the account and contact tasks, with the destination columns that these tasks map."""
    tasks = tuple(tasks)
    mapped = _columns_by_set(
        (task.destination_set, (*task.keys, task.mark, *(column.name for column in task.columns)))
        for task in tasks
        if task.destination_system == "Fin and Ops"
    )
    numbers = frozenset(column.name for task in tasks for column in task.columns if column.kind == "number")
    labels = {task.destination_set: task.destination_entity for task in tasks}
    required = {
        "CustomersV2": ("CustomerAccount", "PartyType", "IsExternallyMaintained"),
        "CDSContactPersons": (COMPANY, "ContactPersonPartyNumber", "AssociatedPartyNumber", "IsContactPersonExternallyMaintained"),
    }
    tables = [
        Table(name, _distinct((COMPANY,), columns, mapped[name]), required=columns, other_names=(labels[name],), numbers=numbers)
        for name, columns in required.items()
    ]
    tables += [
        Table(name, (COMPANY, key), required=(), other_names=("Customer groups",), optional=True) for name, key in REFERENCES.items()
    ]
    return tuple(tables)


def _columns_by_set(pairs: Iterable[tuple[str, Iterable[str | None]]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, columns in pairs:
        plain = tuple(column for column in columns if column and "(" not in column)
        found[name] = _distinct(found.get(name, ()), plain)
    return found


def _distinct(*groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in groups for name in group))
