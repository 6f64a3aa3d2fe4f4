"""From the headers of a file to the columns of its table: Web API names, labels of *Export to Excel*, upper-case data management names."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from p2c_recon.errors import InputError, did_you_mean
from p2c_recon.systems.tables import COMPANY, Lookup, Table

__all__ = ["Header", "read_header", "shipped_choices", "shipped_labels"]

LABELS = Path(__file__).with_name("labels.toml")


@dataclass(frozen=True)
class Header:
    """Which position of a file holds which column.

    Attributes
    ----------
    columns
        Column -> position in the file.
    ignored
        Headers that no template and no rule reads.
    data_management
        Whether the file carries the upper-case names of F&O data management, which has no company column.
    """

    columns: Mapping[str, int]
    ignored: tuple[str, ...]
    data_management: bool


@cache
def _shipped() -> dict[str, dict[str, dict[str, object]]]:
    return tomllib.loads(LABELS.read_text("utf-8"))


def shipped_labels(table: str) -> dict[str, str]:
    """Return label -> column, as *Export to Excel* writes them in English."""
    return {label: str(column) for label, column in _shipped().get(table, {}).get("labels", {}).items()}


def shipped_choices(table: str) -> dict[str, dict[str, str]]:
    """Return column -> choice label -> value."""
    choices = _shipped().get(table, {}).get("choices", {})
    return {column: dict(labels) for column, labels in choices.items() if isinstance(labels, dict)}


def read_header(table: Table, names: Sequence[str], file: str, labels: Mapping[str, str]) -> Header:
    """Find the table's columns among a file's headers.

    Parameters
    ----------
    table
        The table that the file is for.
    names
        The headers, in the order of the file.
    file
        File name, for messages.
    labels
        The project's own label -> column; they win over the shipped ones.

    Raises
    ------
    InputError
        A required column is missing, or two headers mean the same column.
    """
    clean = [name.strip().lstrip("\ufeff").strip() for name in names]
    own = {label.strip().casefold(): column for label, column in labels.items()}
    api = {column.casefold(): column for column in table.columns}
    shipped = {label.casefold(): column for label, column in shipped_labels(table.name).items()}
    if table.lookup is not None:
        api |= {name.casefold(): table.lookup.kind for name in table.lookup.type_names}
    found: dict[str, int] = {}
    rank: dict[str, int] = {}
    for position, name in enumerate(clean):
        key = name.casefold()
        hits = [(level, source[key]) for level, source in enumerate((own, api, shipped)) if key in source]
        if not hits:
            continue
        level, column = hits[0]
        if column in found and rank[column] == level:
            other = clean[found[column]]
            raise InputError(f"{file}: columns {other!r} and {name!r} both hold {column}. Remove one of them from the file.")
        if column not in found or level < rank[column]:
            found[column], rank[column] = position, level
    used = set(found.values())
    management = bool(used) and all(clean[position] == clean[position].upper() for position in used)
    _check_required(table, found, clean, file, management)
    ignored = tuple(name for position, name in enumerate(clean) if position not in used and name)
    return Header(found, ignored, management)


def _check_required(table: Table, found: Mapping[str, int], names: Sequence[str], file: str, management: bool) -> None:
    missing = [column for column in table.required if column not in found]
    if table.lookup is not None and table.lookup.attribute in found:
        missing = [column for column in missing if column not in (table.lookup.value, table.lookup.kind)]
    if management:
        missing = [column for column in missing if column != COMPANY]
    if not missing:
        return
    column = missing[0]
    label = next(
        (text for text, target in shipped_labels(table.name).items() if target in (column, _attribute(table.lookup, column))), None
    )
    also = f" (or its label {label!r})" if label else ""
    hint = did_you_mean(column, names) or (did_you_mean(label, names) if label else "")
    more = f" Missing too: {', '.join(missing[1:])}." if len(missing) > 1 else ""
    raise InputError(
        f"{file}: required column {column!r}{also} is missing{hint}.{more} Export it, or name its header under [….labels.{table.name}]"
        " in the project file."
    )


def _attribute(lookup: Lookup | None, column: str) -> str | None:
    return lookup.attribute if lookup is not None and column in (lookup.value, lookup.kind) else None
