"""Invented people and firms of many countries, their clean columns as Sales holds them and as F&O would."""

from __future__ import annotations

import functools
import itertools
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.sandbox.arrays import (
    Column,
    Columns,
    Rows,
    blank_unless,
    column_of,
    digits,
    either,
    equals,
    generated_numbers,
    guids,
    joined,
    ranks,
    taken,
)
from p2c_recon.sandbox.mappings import CURRENCY

__all__ = ["make_firms", "make_people", "word_pools"]


@dataclass(frozen=True)
class _Pool:
    """The texts of all groups (countries, or genders within them) in one array, and where each group's stretch is."""

    texts: Column
    start: Rows
    size: Rows

    @classmethod
    def of(cls, groups: Sequence[Sequence[str]]) -> _Pool:
        size = np.array([len(group) for group in groups], dtype=np.int64)
        return cls(column_of(list(itertools.chain(*groups))), np.cumsum(size) - size, size)

    def pick(self, rng: np.random.Generator, group: Rows) -> Rows:
        """Return a position in ``texts`` for every row's group."""
        return self.start[group] + (rng.random(len(group)) * self.size[group]).astype(np.int64)


class _Names:
    """``names.toml``, expanded and flattened."""

    def __init__(self) -> None:
        data = tomllib.loads(files("p2c_recon.sandbox").joinpath("names.toml").read_text("utf-8"))
        lands: list[dict[str, Any]] = data["countries"]
        self.shares = np.cumsum([land["weight"] for land in lands])
        self.iso, self.iso3, self.money, self.nickname = (
            column_of([land[key] for land in lands]) for key in ("iso", "id", "currency", "nickname")
        )
        self.departments, self.jobs, self.notes = (column_of(data[key]) for key in ("departments", "jobs", "notes"))
        self.currencies: dict[str, str] = data["currencies"]
        self.country = _Pool.of([land["texts"] for land in lands])
        firsts = [land[gender] for land in lands for gender in ("male", "female")]
        self.first, self.first_roman = _Pool.of(_spelled(firsts, 0)), column_of(list(itertools.chain(*_spelled(firsts, -1))))
        lasts = [land["last"] for land in lands]
        self.last, self.last_roman = _Pool.of(_spelled(lasts, 0)), column_of(list(itertools.chain(*_spelled(lasts, -1))))
        self.has_roman = np.array(["|" in name for name in itertools.chain(*lasts)])
        self.street = _Pool.of([_expanded(land["streets"]) for land in lands])
        self.phone = _Pool.of([_expanded(land["phones"]) for land in lands])
        self.city = _Pool.of([[city for city, _, _ in land["cities"]] for land in lands])
        self.state = column_of([state for land in lands for _, state, _ in land["cities"]])
        self.zip = column_of(_expanded([code for land in lands for _, _, code in land["cities"]]))
        self.firm = _Pool.of([[name.split("{}")[0] for name in land["companies"]] for land in lands])
        self.firm_end = column_of([name.split("{}")[1] for land in lands for name in land["companies"]])
        letters = [chr(code) + "." for code in range(ord("A"), ord("Z") + 1)]
        self.middle = column_of(["", *("".join(some) for size in (1, 2, 3) for some in itertools.product(letters, repeat=size))])


word_pools = functools.cache(_Names)


def _spelled(groups: list[list[str]], which: int) -> list[list[str]]:
    """Return the native (0) or Latin (-1) spelling of ``native|roman`` entries; Latin as mail addresses spell it."""
    if which == 0:
        return [[name.split("|")[0] for name in group] for group in groups]
    plain = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "ł": "l", "Ł": "l", "Ø": "o"})
    return [
        [re.sub("[^a-z]", "", unicodedata.normalize("NFKD", name.split("|")[-1].translate(plain)).lower()) for name in group]
        for group in groups
    ]


def _expanded(patterns: list[str]) -> list[str]:
    """Return a hundred texts per pattern: ``{n}`` counts from 1, ``##`` from 00, ``@`` is a letter."""
    letters = "ABCDEFGHJKLMNPRSTVWXZ"
    found = []
    for pattern in patterns:
        for k in range(100):
            text = pattern.replace("{n}", str(k + 1)).replace("##", f"{k:02d}")
            for step in range(text.count("@")):
                text = text.replace("@", letters[(k * (7 + 3 * step) + step) % len(letters)], 1)
            found.append(text)
    return found


def _same_text(pool: Column, rows: Rows) -> Rows:
    """Return the first position of the row's text, for names that several countries share."""
    return np.asarray(pc.index_in(pool, value_set=pool))[rows].astype(np.int64)


def _ordinals(rng: np.random.Generator, first: int, size: int, ghosts: int) -> Rows:
    """Return rising numbers for the records, with holes where the ghosts, who come last, have theirs."""
    order = rng.permutation(size + ghosts)
    return first + np.concatenate([np.sort(order[:size]), np.sort(order[size:])])


def _address(rng: np.random.Generator, country: Rows, prefix: str, share: float) -> Columns:
    names, there = word_pools(), rng.random(len(country)) < share
    city = names.city.pick(rng, country)
    columns = {
        "line1": taken(names.street.texts, names.street.pick(rng, country)),
        "city": taken(names.city.texts, city),
        "stateorprovince": taken(names.state, city),
        "postalcode": taken(names.zip, city * 100 + rng.integers(0, 100, len(city))),
        "country": taken(names.country.texts, names.country.pick(rng, country)),
        "<iso>": taken(names.iso, country),
    }
    return {f"{prefix}_{name}": blank_unless(there, column) for name, column in columns.items()}


def _money(rng: np.random.Generator, size: int, share: float) -> tuple[Column, Column]:
    """Return credit limits as Sales holds them, often blank, and as F&O does, which makes 0 of blank."""
    cents = taken(column_of(["", "", "", ".5", ".25", ".99"]), rng.integers(0, 6, size))
    limits = joined(digits(rng.integers(1, 500, size) * rng.choice([10, 250, 1000], size)), cents)
    there = rng.random(size) < share
    return blank_unless(there, limits), pc.if_else(pa.array(there), limits, "0")


def _often_blank(rng: np.random.Generator, pool: Column, size: int, share: float) -> Column:
    return blank_unless(rng.random(size) < share, taken(pool, rng.integers(0, len(pool), size)))


def make_people(rng: np.random.Generator, size: int, ghosts: int, first: int) -> Columns:
    """Return contacts, ghosts last."""
    names, total = word_pools(), size + ghosts
    country = np.searchsorted(names.shares, rng.random(total) * names.shares[-1], side="right")
    gender = rng.integers(0, 2, total)
    given, family = names.first.pick(rng, country * 2 + gender), names.last.pick(rng, country)
    # Namesakes get other middle initials, so every full name is unique.
    key = _same_text(names.first.texts, given) * len(names.last.texts) + _same_text(names.last.texts, family)
    plain = names.has_roman[family] | (key * 2654435761 % 1000 < 650)
    middle = taken(names.middle, (np.where(plain, 0, key % 26 + 1) + ranks(key)) % len(names.middle))
    columns = {"firstname": taken(names.first.texts, given), "middlename": middle, "lastname": taken(names.last.texts, family)}
    short = joined(columns["firstname"], columns["lastname"], between=" ")
    long = joined(columns["firstname"], middle, columns["lastname"], between=" ")
    columns["fullname"] = pc.if_else(equals(middle, ""), short, long)
    ordinals = _ordinals(rng, first, size, ghosts)
    roman = joined(taken(names.first_roman, given), taken(names.last_roman, family), between=".")
    mail = joined(roman, digits(ordinals), taken(column_of(["@example.com", "@example.org", "@example.net"]), ordinals % 3))
    phones = [taken(names.phone.texts, names.phone.pick(rng, country)) for _ in range(2)]
    choice = rng.random((9, total))
    no_mail, inactive = choice[0] < 0.15, choice[1] < 0.08
    gender = np.where(choice[2] < 0.9, gender + 1, 0)
    marital = np.where(choice[3] < 0.6, rng.integers(1, 5, total), 0)
    columns["creditlimit"], columns["<credit>"] = _money(rng, total, 0.7)
    return columns | {
        "contactid": guids(rng, total),
        "<number>": generated_numbers(rng, "CON", ordinals),
        CURRENCY: taken(names.money, country),
        "emailaddress1": blank_unless(choice[4] < 0.95, mail),
        "telephone1": blank_unless(choice[5] < 0.9, phones[0]),
        "fax": blank_unless(choice[6] < 0.3, phones[1]),
        "websiteurl": blank_unless(choice[7] < 0.3, joined("https://www.example.com/", roman)),
        "governmentid": blank_unless(choice[8] < 0.4, digits(rng.integers(0, 3 * 10**7, total), 8)),
        "description": _often_blank(rng, names.notes, total, 0.4),
        "department": _often_blank(rng, names.departments, total, 0.6),
        "jobtitle": _often_blank(rng, names.jobs, total, 0.8),
        "gendercode": taken(column_of(["", "1", "2"]), gender),
        "<gender>": taken(column_of(["Unknown", "Male", "Female"]), gender),
        "familystatuscode": taken(column_of(["", "1", "2", "3", "4"]), marital),
        "<marital>": taken(column_of(["None", "Single", "Married", "Divorced", "Widowhood"]), marital),
        "donotemail": either(no_mail, "true", "false"),
        "<mail>": either(no_mail, "No", "Yes"),
        "statecode": either(inactive, "1", "0"),
        "<inactive>": either(inactive, "Yes", "No"),
        "<nickname>": taken(names.nickname, country),
        **_address(rng, country, "address1", 0.93),
    }


def make_firms(rng: np.random.Generator, size: int, ghosts: int, first: int) -> Columns:
    """Return accounts, ghosts last."""
    names, total = word_pools(), size + ghosts
    country = np.searchsorted(names.shares, rng.random(total) * names.shares[-1], side="right")
    trade, family = names.firm.pick(rng, country), names.last.pick(rng, country)
    rank = ranks(trade * len(names.last.texts) + family)
    again = blank_unless(rank > 0, joined(" ", digits(rank + 1)))
    ordinals = _ordinals(rng, first, size, ghosts)
    site = joined(taken(names.last_roman, family), digits(ordinals), between="-")
    limits, mapped_limits = _money(rng, total, 0.85)
    employees, known = digits((10 ** (rng.random(total) * 4)).astype(np.int64)), rng.random(total) < 0.85
    return {
        "accountid": guids(rng, total),
        "<number>": generated_numbers(rng, "ACC", ordinals),
        "name": joined(taken(names.firm.texts, trade), taken(names.last.texts, family), again, taken(names.firm_end, trade)),
        "creditlimit": limits,
        "<credit>": mapped_limits,
        "numberofemployees": blank_unless(known, employees),
        "<employees>": pc.if_else(pa.array(known), employees, "0"),
        CURRENCY: taken(names.money, country),
        "emailaddress1": joined("info@", site, ".example.com"),
        "telephone1": taken(names.phone.texts, names.phone.pick(rng, country)),
        "fax": blank_unless(rng.random(total) < 0.5, taken(names.phone.texts, names.phone.pick(rng, country))),
        "websiteurl": blank_unless(rng.random(total) < 0.8, joined("https://", site, ".example.com")),
        "description": _often_blank(rng, names.notes, total, 0.4),
        "<nickname>": taken(names.nickname, country),
        **_address(rng, country, "address1", 0.97),
        **_address(rng, country, "address2", 0.6),
    }
