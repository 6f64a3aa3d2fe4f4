"""Lookups that exports carry as names: resolved when exactly one record bears the name, else unknown, and counted.

*Export to Excel* writes the name of a contact's company, of an order's customer and of a currency where the Web API gives an id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from p2c_recon.columns import Positions, blank, constant, find, fold, frame, isin, pick, text, trim
from p2c_recon.systems.tables import CUSTOMER, PARENT, UNKNOWN_PARTY, Lookup

__all__ = ["resolve_lookups"]

ISO_CODE = "transactioncurrencyid.isocurrencycode"


def resolve_lookups(tables: Mapping[str, pd.DataFrame], languages: Sequence[str]) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Give every table its lookups as the Web API has them: id and type, and the currency's ISO code.

    Parameters
    ----------
    tables
        Sales tables as read, ``accounts`` and ``contacts`` among them.
    languages
        CLDR languages in which a currency's name is understood when no currency table was exported.

    Returns
    -------
    tuple of dict and list of str
        The tables with the resolved columns added, and a sentence for each lookup of which some names stay unknown.
    """
    resolved, notes = dict(tables), []
    parties = _parties(tables)
    for name, lookup in (("contacts", PARENT), ("quotes", CUSTOMER), ("salesorders", CUSTOMER), ("invoices", CUSTOMER)):
        if (
            name in resolved
            and lookup.attribute in resolved[name].columns
            and not {lookup.value, lookup.kind} <= set(resolved[name].columns)
        ):
            resolved[name], unknown = _party(resolved[name], lookup, parties)
            if unknown:
                notes.append(_unknown(name, unknown, len(resolved[name]), lookup.attribute))
    for name in ("contacts", "accounts"):
        if name in resolved and ISO_CODE not in resolved[name].columns:
            resolved[name], unknown = _currency(resolved[name], tables.get("transactioncurrencies"), languages)
            if unknown and ISO_CODE not in resolved[name].columns:
                notes.append(
                    f"{name}: the currencies come as ids or names that tell no ISO code: not compared. Export transactioncurrencies."
                )
            elif unknown:
                notes.append(_unknown(name, unknown, len(resolved[name]), "currency"))
    return resolved, notes


def _unknown(table: str, unknown: int, rows: int, what: str) -> str:
    return f"{table}: {unknown} of {rows} rows name a {what} that no record bears, or several do: unknown."


def _parties(tables: Mapping[str, pd.DataFrame]) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Ids, names and types of all accounts and contacts."""
    ids, names, kinds = [], [], []
    for table, key, name, kind in (("accounts", "accountid", "name", "account"), ("contacts", "contactid", "fullname", "contact")):
        if table in tables:
            rows = tables[table]
            ids.append(trim(text(rows[key])))
            names.append(trim(text(rows[name])) if name in rows.columns else constant("", len(rows)))
            kinds.append(constant(kind, len(rows)))
    return pa.concat_arrays(ids), pa.concat_arrays(names), pa.concat_arrays(kinds)


def _party(table: pd.DataFrame, lookup: Lookup, parties: tuple[pa.Array, pa.Array, pa.Array]) -> tuple[pd.DataFrame, int]:
    ids, names, kinds = parties
    given = trim(text(table[lookup.attribute]))
    by_id = trim(text(table[lookup.value])) if lookup.value in table.columns else given
    typed = fold(text(table[lookup.kind])) if lookup.kind in table.columns else constant("", len(table))
    found = find(fold(by_id), fold(ids))
    by_name = np.full(len(table), -1, dtype=np.int64)
    for kind, wanted in (("", names), ("account", _only(names, kinds, "account")), ("contact", _only(names, kinds, "contact"))):
        here = pc.equal(typed, kind).to_numpy(zero_copy_only=False)
        by_name = np.where(here, _unique(given, wanted), by_name)
    found = np.where(found >= 0, found, by_name)
    unknown = (found < 0) & ~blank(given)
    value = pc.if_else(pa.array(found < 0), given, pick(ids, found))
    untold = pc.if_else(pa.array(unknown & blank(typed)), UNKNOWN_PARTY, typed)
    kind_of = pc.if_else(pa.array(found < 0), untold, pick(kinds, found))
    added = {lookup.value: _series(value, table), lookup.kind: _series(kind_of, table)}
    return table.drop(columns=lookup.attribute).assign(**added), int(unknown.sum())


def _only(names: pa.Array, kinds: pa.Array, kind: str) -> pa.Array:
    return pc.if_else(pc.equal(kinds, kind), names, "")


def _unique(given: pa.Array, names: pa.Array) -> Positions:
    """Position of the one record that bears the name; -1 where none or several do."""
    found = find(given, names)
    coded = names.dictionary_encode()
    counts = np.bincount(coded.indices.to_numpy(zero_copy_only=False), minlength=len(coded.dictionary))
    shared = pc.filter(coded.dictionary, pa.array(counts > 1))
    return np.where(isin(given, shared), -1, found)


def _currency(table: pd.DataFrame, currencies: pd.DataFrame | None, languages: Sequence[str]) -> tuple[pd.DataFrame, int]:
    column = next((name for name in ("_transactioncurrencyid_value", "transactioncurrencyid") if name in table.columns), None)
    if column is None:
        return table, 0
    given = trim(text(table[column]))
    if currencies is not None:
        codes = trim(text(currencies["isocurrencycode"]))
        found = np.full(len(table), -1, dtype=np.int64)
        for name in ("transactioncurrencyid", "isocurrencycode", "currencyname"):
            if name in currencies.columns:
                known = trim(text(currencies[name]))
                found = np.where(found >= 0, found, find(fold(given), fold(known)) if name != "currencyname" else _unique(given, known))
        value = pick(codes, found)
    else:
        coded = given.dictionary_encode()
        known_names = _currency_names(languages)
        value = pc.take(
            pa.array([known_names.get(name.casefold(), "") for name in coded.dictionary.to_pylist()], pa.large_string()), coded.indices
        )
    unknown = blank(value) & ~blank(given)
    if unknown.any() and not np.count_nonzero(~blank(value)):
        return table, int(unknown.sum())
    return table.assign(**{ISO_CODE: _series(value, table)}), int(unknown.sum())


def _currency_names(languages: Sequence[str]) -> dict[str, str]:
    """ISO codes and CLDR's names of the world's currencies; a name that two share is left out."""
    from babel import Locale

    names: dict[str, str] = {}
    shared: set[str] = set()
    for language in languages:
        for code, name in Locale.parse(language).currencies.items():
            key = str(name).strip().casefold()
            if names.setdefault(key, str(code)) != code:
                shared.add(key)
    codes = {str(code).casefold(): str(code) for code in Locale("en").currencies}
    return {**{name: code for name, code in names.items() if name not in shared}, **codes}


def _series(array: pa.Array, like: pd.DataFrame) -> pd.Series[str]:
    return frame({"values": array})["values"].set_axis(like.index)
