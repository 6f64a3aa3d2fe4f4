"""Deterministic sample data: the tables of both systems, with every sort of error seeded and its cause known.

Clean people and firms come first. The F&O rows are mapped from them, so they agree; then faults are put into one side or the other.
Faults of Sales (a blank currency, "Holland") go into copies of the clean columns: F&O keeps what it got before the fault came up.
Everything is done on Arrow columns with NumPy positions, so that a million contacts take seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.errors import P2CError
from p2c_recon.sandbox.arrays import (
    Column,
    Columns,
    Mask,
    Rows,
    as_frame,
    as_mask,
    column_of,
    constant,
    digits,
    either,
    filled,
    guids,
    joined,
    put,
    taken,
)
from p2c_recon.sandbox.faults import CAUSES, Picker, Spoiler, unreadable
from p2c_recon.sandbox.mappings import ACCOUNT, BEFALLS, CONSTANTS, CURRENCY, CUSTOMER, LOST, MAPS, MARKS, PERSON, SWAPPED, TYPE
from p2c_recon.sandbox.people import make_firms, make_people
from p2c_recon.sandbox.sample import Sample

__all__ = ["Sample", "generate", "generate_parts"]


Segment = tuple[Rows, str, str]
"""Rows of an F&O table: positions of the clean records, company, mark."""
NUMBER, ACTIVE, OF_ACCOUNT = "msdynce_contactnumber", "msdynce_isactivecustomer", "msdynce_iscompanyanaccount"
# Where the stored flags send a contact, and how many of a hundred go there. Ghosts are no longer in Sales, or never were.
GOES_CUSTOMER, GOES_PERSON, OF_CONTACT, NO_PARENT, FLAG_SAYS_NO, GHOST = range(6)
KINDS = (42, 84, 90, 97, 100)


def generate(contacts: int = 200, *, seed: int = 0, company: str = "usmf") -> Sample:
    """Generate both systems' tables for a number of Sales contacts, and an account for every five of them.

    From 200 contacts on, every status, category, reason and cause occurs, but for a group that is not in ``CustomerGroups``, which
    the templates' constant can't bring about. Of a hundred routed records about 82 are in sync, 75 of the first 200.
    The same arguments give the same sample.

    Raises
    ------
    P2CError
        If ``contacts`` is less than 1.
    """
    return next(generate_parts(contacts, seed=seed, company=company, rows_per_part=max(contacts, 1)))


def generate_parts(contacts: int, *, seed: int = 0, company: str = "usmf", rows_per_part: int = 1_000_000) -> Iterator[Sample]:
    """Generate a sample too large for memory in parts; together they are one sample, whose keys and ids don't repeat.

    A part's lookups stay inside the part. Names are unique within a part only, and the first part alone has ``CustomerGroups``.
    """
    if contacts < 1 or rows_per_part < 1:
        raise P2CError(f"cannot generate {contacts} contacts in parts of {rows_per_part}: both must be 1 or more")
    for part, start in enumerate(range(0, contacts, rows_per_part)):
        # A quarter of the numbers is left for the ghosts of the part.
        first = 1000 + start + start // 4 + part * 100
        rng = np.random.default_rng([seed, part])
        yield _Builder(min(rows_per_part, contacts - start), rng, company, first, groups=part == 0).sample()


class _Builder:
    """Makes one sample, step by step; the order of the steps is part of what a seed means."""

    def __init__(self, size: int, rng: np.random.Generator, company: str, first: int, *, groups: bool) -> None:
        self.rng, self.size, self.first, self.with_groups = rng, size, first, groups
        self.company, self.other_company = company, "demf" if company.casefold() != "demf" else "usmf"
        self.firm_size = max(4, size // 5)
        ghosts, firm_ghosts = size // 8 + 16, self.firm_size // 8 + 8
        self.people = make_people(rng, size, ghosts, first)
        self.firms = make_firms(rng, self.firm_size, firm_ghosts, first)
        self.ghosts = np.arange(size, size + ghosts)
        self.firm_ghosts = np.arange(self.firm_size, self.firm_size + firm_ghosts)
        self.kind = np.full(size + ghosts, GHOST)
        self.kind[:size] = np.searchsorted(KINDS, rng.permutation(size) * 100 // size, side="right")
        self.pick, self.pick_firms = Picker(rng, size), Picker(rng, self.firm_size)
        self.absent, self.absent_firms = np.zeros(size, dtype=bool), np.zeros(self.firm_size, dtype=bool)
        self.seeds: list[tuple[str, Column, str, str]] = []

    def sample(self) -> Sample:
        """Build the tables."""
        namesakes = self._share_names()
        self.contacts = {name: column.slice(0, self.size) for name, column in self.people.items()}
        self.accounts = {name: column.slice(0, self.firm_size) for name, column in self.firms.items()}
        self.contacts[NUMBER], self.accounts["accountnumber"] = self.contacts["<number>"], self.accounts["<number>"]
        self._break_accounts()
        self._relate(namesakes)
        self._break_contacts()
        documents = self._set_flags()
        finops = {"CustomersV2": self._customers(), "CDSContactPersons": self._contact_persons(), "CustomerGroups": self._groups()}
        self._pad()
        sales = {
            "contacts": as_frame(self.contacts, "contactid", NUMBER, ACTIVE, OF_ACCOUNT),
            "accounts": as_frame(self.accounts, "accountid", "accountnumber"),
        }
        return Sample(sales | documents, finops, self._seeded())

    def _share_names(self) -> Rows:
        """Give two accounts one name, and two contacts; return these contacts, to whom no lookup may point."""
        firms = self.pick_firms.take(self.pick_firms.free, 0, at_least=2)
        people = self.pick.take(self.kind[: self.size] == GOES_PERSON, 0, at_least=2)
        for name in ("firstname", "middlename", "lastname", "fullname"):
            put(self.people, name, people, taken(self.people[name], people[:1].repeat(len(people))))
        put(self.firms, "name", firms, taken(self.firms["name"], firms[:1].repeat(len(firms))))
        return people

    def _break_accounts(self) -> None:
        sales, every = self.accounts, np.ones(self.firm_size, dtype=bool)
        take, numbers = self.pick_firms.take, sales["accountnumber"]
        placed = filled(sales["address1_line1"])
        self.unnumbered = take(every, 0.012)
        self.unsynchronized, self.astray_firms = take(every, 0.025), take(every, 0.015)
        put(sales, "accountnumber", self.unnumbered, "")
        invalid = self._invalid_numbers(sales, "accountnumber", take(every, 0.015))
        doubles = take(every, 0.018, at_least=2)
        doubles = doubles[: len(doubles) // 2 * 2]
        put(sales, "accountnumber", doubles[::2], taken(numbers, doubles[1::2]))
        nameless = take(every, 0.009)
        put(sales, "name", nameless, "")
        put(sales, CURRENCY, nameless, "")
        for rows in (self.unnumbered, self.unsynchronized, self.astray_firms, invalid, doubles[::2], nameless):
            self.absent_firms[rows] = True

        lost = take(placed & filled(sales["address2_line1"]), 0.015)
        for ours, theirs in (("address1", ""), ("address2", "Delivery")):
            put(sales, f"{ours}_country", lost, "")
            self._half_arrived(ACCOUNT, lost, f"{theirs}AddressCountryRegionISOCode", "blank")
        unmapped = take(placed, 0.02)
        put(sales, "address1_country", unmapped, taken(self.firms["<nickname>"], unmapped))
        self._half_arrived(ACCOUNT, unmapped)
        long = unmapped[::2]
        self._lengthen(sales, self.firms, "address1_city", long, " (industrial estate at the old harbour, north side, gate 12)", 60)
        self._half_arrived(ACCOUNT, long, "AddressCity", "truncated")
        self._garble_limits(sales, take, every)

    def _relate(self, namesakes: Rows) -> None:
        """Give contacts their parents: accounts in good order, so that an account's fault doesn't spread to its contacts."""
        kind, draw = self.kind[: self.size], self.rng.random(self.size)
        self.hosts = np.flatnonzero(self.pick_firms.free)
        self.host = self.rng.integers(0, len(self.hosts), len(self.kind))
        self.parent_firm = self.hosts[self.host[: self.size]]
        self.of_account = (kind == GOES_PERSON) | (kind == FLAG_SAYS_NO) | (kind == GOES_CUSTOMER) & (draw < 0.5)
        self.of_contact = (kind == OF_CONTACT) | (kind == GOES_CUSTOMER) & (draw > 0.9)
        named = np.setdiff1d(np.arange(self.size), namesakes)
        chosen = self.rng.integers(0, len(named), self.size)
        itself = named[chosen] == np.arange(self.size)
        self.parent_contact = named[(chosen + itself) % len(named)]

    def _break_contacts(self) -> None:
        sales, kind, take = self.contacts, self.kind[: self.size], self.pick.take
        customers, persons = kind == GOES_CUSTOMER, kind == GOES_PERSON
        routed, numbers = customers | persons, sales[NUMBER]
        placed = filled(sales["address1_line1"])

        unnumbered = take(routed, 0.006)
        put(sales, NUMBER, unnumbered, "")
        invalid = self._invalid_numbers(sales, NUMBER, take(routed, 0.009, at_least=2))
        doubles = take(routed, 0.009, at_least=2)
        doubles = doubles[: len(doubles) // 2 * 2]
        put(sales, NUMBER, doubles[::2], taken(numbers, doubles[1::2]))
        put(sales, NUMBER, doubles[::4], pc.utf8_lower(taken(numbers, doubles[1::4])))
        # The four ways in which a parent can fail a contact person; the last one's flag says Yes although there is no account.
        unknown, of_unnumbered, of_unsynchronized, self.pretenders = (take(persons, 0.006) for _ in range(4))
        for rows, firms in (
            (unknown, self.firm_ghosts[:2]),
            (of_unnumbered, self.unnumbered),
            (of_unsynchronized, self.unsynchronized),
        ):
            if len(firms):
                self.parent_firm[rows] = firms[np.arange(len(rows)) % len(firms)]
        self.of_account[self.pretenders], self.of_contact[self.pretenders] = False, True
        # The whole name in the first name's box.
        nameless = [take(customers, 0.008), take(persons, 0.008)]
        for rows in nameless:
            put(sales, "firstname", rows, taken(sales["fullname"], rows))
            for name in ("middlename", "lastname"):
                put(sales, name, rows, "")
        missing = [take(customers, 0.025, at_least=2), take(persons, 0.025, at_least=2)]
        self.astray_customers, self.astray_persons = take(customers, 0.015), take(persons, 0.015)
        for rows in (
            unnumbered, invalid, doubles[::2], unknown, of_unnumbered, of_unsynchronized, self.pretenders,
            *nameless, *missing, self.astray_customers, self.astray_persons,
        ):  # fmt: skip
            self.absent[rows] = True

        both_lost, lost = take(customers & placed, 0.012), take(persons & placed, 0.009)
        put(sales, CURRENCY, both_lost, "")
        for task, rows, field in ((CUSTOMER, both_lost, "AddressCountry"), (PERSON, lost, "PrimaryAddressCountry")):
            put(sales, "address1_country", rows, "")
            self._half_arrived(task, rows, f"{field}RegionISOCode", "blank")
        self._half_arrived(CUSTOMER, both_lost, "SalesCurrencyCode", "blank")
        unmapped, thrice_unmapped = take(customers & placed, 0.016), take(persons & placed, 0.012)
        for task, rows in ((CUSTOMER, unmapped), (PERSON, thrice_unmapped)):
            put(sales, "address1_country", rows, taken(self.people["<nickname>"], rows))
            self._half_arrived(task, rows)
        put(sales, "gendercode", thrice_unmapped, "3")
        put(sales, "familystatuscode", thrice_unmapped, "9")
        long, twice_long = unmapped[::2], take(persons & placed, 0.009)
        self._lengthen(sales, self.people, "address1_stateorprovince", long, " North-West region", 10)
        self._lengthen(sales, self.people, "address1_postalcode", twice_long, " (P.O. Box 1234)", 10)
        self._lengthen(sales, self.people, "lastname", twice_long, "-van der Westhuizen-Hohenfels", 25)
        put(sales, "fullname", twice_long, joined(taken(sales["fullname"], twice_long), "-van der Westhuizen-Hohenfels"))
        for task, rows, field in (
            (CUSTOMER, long, "AddressState"),
            (PERSON, twice_long, "PrimaryAddressZipCode"),
            (PERSON, twice_long, "LastName"),
        ):
            self._half_arrived(task, rows, field, "truncated")
        self._garble_limits(sales, take, customers)

    def _invalid_numbers(self, sales: Columns, name: str, rows: Rows) -> Rows:
        numbers = taken(sales[name], rows)
        reserved = pc.replace_substring(numbers, "-", "/", max_replacements=1)
        put(sales, name, rows, pc.if_else(pa.array(np.arange(len(rows)) % 2 == 0), reserved, joined(numbers, "-MERGED")))
        return rows

    def _lengthen(self, sales: Columns, clean: Columns, name: str, rows: Rows, tail: str, length: int) -> None:
        """Make a value of Sales too long; F&O holds what fits."""
        long = joined(taken(sales[name], rows), tail)
        put(sales, name, rows, long)
        put(clean, name, rows, pc.utf8_slice_codeunits(long, 0, length))

    def _garble_limits(self, sales: Columns, take: Callable[..., Rows], where: Mask) -> None:
        """Write some credit limits with another decimal sign: a run stands at most one in a hundred."""
        thousands = as_mask(pc.match_substring_regex(sales["creditlimit"], "^[0-9]{4}"))
        rows = take(where & thousands, 0.003, at_most=np.count_nonzero(filled(sales["creditlimit"])) // 100)
        put(sales, "creditlimit", rows, unreadable(taken(sales["creditlimit"], rows)))

    def _half_arrived(self, task: str, rows: Rows, field: str = "", cause: str = "") -> None:
        """Let every second of some blocked records be absent from F&O, and note the difference of the others."""
        (self.absent_firms if task == ACCOUNT else self.absent)[rows[1::2]] = True
        if field:
            self._note(task, rows[::2], field, cause)

    def _note(self, task: str, positions: Rows, field: str, cause: str) -> None:
        keys = (self.firms if task == ACCOUNT else self.people)["<number>"]
        self.seeds.append((task, taken(keys, positions), field, cause))

    def _set_flags(self) -> dict[str, pd.DataFrame]:
        """Set flags and parents of the contacts, some of them wrong; return the documents by which to judge the flags."""
        sales, take, customers = self.contacts, self.pick.take, self.kind[: self.size] == GOES_CUSTOMER
        of_account = self.of_account & (self.kind[: self.size] != FLAG_SAYS_NO)
        sales[ACTIVE] = either(customers, "true", "false")
        sales[OF_ACCOUNT] = either(of_account, "true", "false")
        put(sales, OF_ACCOUNT, self.pretenders, "true")
        put(sales, OF_ACCOUNT, take(customers & of_account, 0.01), "false")
        put(sales, OF_ACCOUNT, take(customers & ~of_account, 0.01), "true")
        put(sales, OF_ACCOUNT, take(self.kind[: self.size] == GOES_PERSON, 0.01), "")
        put(sales, ACTIVE, take(~customers, 0.01), "")
        parent = "_parentcustomerid_value"
        of_firm = pc.if_else(pa.array(self.of_account), taken(self.firms["accountid"], self.parent_firm), "")
        sales[parent] = pc.if_else(pa.array(self.of_contact), taken(sales["contactid"], self.parent_contact), of_firm)
        sales[parent + TYPE] = pc.if_else(pa.array(self.of_contact), "contact", either(self.of_account, "account", ""))
        idle, busy = take(customers, 0.01), take(~customers, 0.01)
        holders = np.union1d(np.setdiff1d(np.flatnonzero(customers), idle), busy)
        return self._documents(holders, self.hosts[self.rng.random(len(self.hosts)) < 0.6])

    def _documents(self, contacts: Rows, firms: Rows) -> dict[str, pd.DataFrame]:
        """Return quotes, orders and invoices: each of the customers has at least one of the three."""
        ids = pa.concat_arrays([taken(self.contacts["contactid"], contacts), taken(self.accounts["accountid"], firms)])
        kinds = pa.concat_arrays([constant("contact", len(contacts)), constant("account", len(firms))])
        which, tables = self.rng.integers(1, 8, len(ids)), {}
        for bit, name in enumerate(("quote", "salesorder", "invoice")):
            rows = np.flatnonzero(which >> bit & 1)
            rows = self.rng.permutation(np.concatenate([rows, rows[::7]]))
            columns = {f"{name}id": guids(self.rng, len(rows)), "_customerid_value": taken(ids, rows)}
            tables[f"{name}s"] = as_frame(columns | {"_customerid_value" + TYPE: taken(kinds, rows)})
        return tables

    def _customers(self) -> pd.DataFrame:
        own, other, take, kind = self.company, self.other_company, self.pick.take, self.kind[: self.size]
        present = np.flatnonzero((kind == GOES_CUSTOMER) & ~self.absent)
        deleted, native, abroad = np.array_split(self.ghosts[len(self.astray_firms) :], 6)[:3]
        put(self.people, "<number>", native, joined("US-", digits(native + self.first, 6)))
        now_contacts = take((kind == GOES_PERSON) & ~self.absent, 0.008)
        unrouted = take(kind > GOES_PERSON, 0.03)
        people = self._mapped(CUSTOMER, self.people, [
            (present, own, "Yes"), (self.astray_persons, own, "Yes"), (now_contacts, own, "Yes"), (unrouted, own, "Yes"),
            (deleted, own, "Yes"), (native, own, "No"), (present[::25], other, "Yes"), (abroad, other, "No"),
        ])  # fmt: skip
        firms_present = np.flatnonzero(~self.absent_firms)
        deleted, native, abroad = np.array_split(self.firm_ghosts[2:], 3)
        put(self.firms, "<number>", native, joined("DE-", digits(native + self.first, 6)))
        in_both = np.union1d(firms_present[::10], self.unsynchronized)
        firms = self._mapped(ACCOUNT, self.firms, [
            (firms_present, own, "Yes"), (deleted, own, "Yes"), (native, own, "No"), (in_both, other, "Yes"), (abroad, other, "No"),
        ])  # fmt: skip
        self._spoil(CUSTOMER, people, present, self.pick.free, self.contacts)
        self._spoil(ACCOUNT, firms, firms_present, self.pick_firms.free, self.accounts)
        for columns, others in ((people, firms), (firms, people)):
            size = len(columns["dataAreaId"])
            columns |= {name: constant("", size) for name in others if name not in columns}
        return self._shuffled({name: pa.concat_arrays([column, firms[name]]) for name, column in people.items()})

    def _contact_persons(self) -> pd.DataFrame:
        own, other, take, kind = self.company, self.other_company, self.pick.take, self.kind[: self.size]
        present = np.flatnonzero((kind == GOES_PERSON) & ~self.absent)
        firm_like = self.ghosts[: len(self.astray_firms)]
        put(self.people, "<number>", firm_like, taken(self.firms["<number>"], self.astray_firms))
        deleted, native, abroad = np.array_split(self.ghosts[len(firm_like) :], 6)[3:]
        put(self.people, "<number>", native, digits(native + self.first, 9))
        now_customers = take((kind == GOES_CUSTOMER) & ~self.absent, 0.008)
        unrouted = take(kind > GOES_PERSON, 0.03)
        moved, shared = (take((kind == GOES_PERSON) & ~self.absent, 0.008) for _ in range(2))
        segments = [
            (present, own, "Yes"), (self.astray_customers, own, "Yes"), (now_customers, own, "Yes"), (unrouted, own, "Yes"),
            (firm_like, own, "Yes"), (deleted, own, "Yes"), (native, own, "No"), (present[::25], other, "Yes"),
            (abroad, other, "No"), (moved, own, "Yes"), (shared, own, "No"),
        ]  # fmt: skip
        columns = self._mapped(PERSON, self.people, segments)
        # The last two segments are second rows of a number, under another account than its first.
        host = self.host[np.concatenate([rows for rows, _, _ in segments])]
        second = len(moved) + len(shared)
        step = self.rng.integers(1, max(2, len(self.hosts)), second)
        host[len(host) - second :] = (host[len(host) - second :] + step) % len(self.hosts)
        columns["AssociatedPartyNumber"] = taken(self.firms["<number>"], self.hosts[host])
        self._spoil(PERSON, columns, present, self.pick.free, self.contacts)
        return self._shuffled(columns)

    def _mapped(self, task: str, clean: Columns, segments: Sequence[Segment]) -> Columns:
        rows = np.concatenate([positions for positions, _, _ in segments])
        return {
            "dataAreaId": pa.concat_arrays([constant(company, len(positions)) for positions, company, _ in segments]),
            **{name: taken(clean[source], rows) for name, source in MAPS[task].items()},
            **{name: constant(text, len(rows)) for name, text in CONSTANTS[task].items()},
            MARKS[task]: pa.concat_arrays([constant(mark, len(positions)) for positions, _, mark in segments]),
        }

    def _spoil(self, task: str, columns: Columns, present: Rows, free: Mask, sales: Columns) -> None:
        """Make cells differ in records that are otherwise in order: ``present``, which are F&O's first rows, if ``free``."""
        spoiler = Spoiler(self.rng, columns, self.rng.permutation(np.flatnonzero(free[present])))
        if task == CUSTOMER:
            spoiler.spread("not_readable", "CreditLimit", 0.002, at_most=len(columns["CreditLimit"]) // 100)
        for cause, names in BEFALLS[task].items():
            spoiler.spread(cause, names, CAUSES[cause][1])
        spoiler.swap(*SWAPPED[task], 0.007)
        for name, rows in spoiler.lose(LOST[task], 0.008):
            put(sales, MAPS[task][name], present[rows], "")
        spoiler.add_noise(next(iter(MAPS[task])))
        for cause, name, rows in spoiler.done:
            self._note(task, present[rows], name, cause)

    def _shuffled(self, columns: Columns) -> pd.DataFrame:
        order = self.rng.permutation(len(columns["dataAreaId"]))
        return as_frame({name: taken(column, order) for name, column in columns.items()}, "dataAreaId")

    def _groups(self) -> pd.DataFrame:
        groups = {"10": "Wholesale", "20": "Retail", "30": "Major accounts", "80": "Other", "90": "Intercompany"}
        rows = [(self.company, group, name) for group, name in groups.items()] + [(self.other_company, "10", "Wholesale")]
        columns = zip(*rows, strict=True) if self.with_groups else ((), (), ())
        names = ("dataAreaId", "CustomerGroupId", "Description")
        return as_frame({name: column_of(values) for name, values in zip(names, columns, strict=True)})

    def _pad(self) -> None:
        """Put white space behind some values of Sales, which makes no difference."""
        for sales, name in ((self.contacts, "address1_city"), (self.contacts, NUMBER), (self.accounts, "address1_city")):
            rows = np.flatnonzero((self.rng.random(len(sales[name])) < 0.01) & filled(sales[name]))
            put(sales, name, rows, joined(taken(sales[name], rows), " "))

    def _seeded(self) -> pd.DataFrame:
        keys = [keys for _, keys, _, _ in self.seeds]
        times = [len(some) for some in keys]
        task, field, cause = (np.repeat([seed[part] for seed in self.seeds], times).tolist() for part in (0, 2, 3))
        columns = {"task": column_of(task), "key": pa.concat_arrays(keys), "field": column_of(field), "cause": column_of(cause)}
        return as_frame(columns)
