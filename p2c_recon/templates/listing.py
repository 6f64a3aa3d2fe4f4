"""Mappings as a list, the way Data Integrator's own screens and the vendor's articles show them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from p2c_recon.templates.model import Column, Task

__all__ = ["describe_fn", "mappings_csv"]

HEADER = (
    "template",
    "task",
    "source_system",
    "source_entity",
    "destination_system",
    "destination_entity",
    "source_field",
    "map_type",
    "destination_field",
)
MOST_ENTRIES = 4


def mappings_csv(tasks: Iterable[Task]) -> str:
    """Return one CSV line per mapped column, with a header."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(HEADER)
    for task in tasks:
        entity = (task.template, task.name, task.source_system, task.source_entity, task.destination_system, task.destination_entity)
        writer.writerows((*entity, column.source or "", column.map_type, column.name) for column in task.columns)
    return lines.getvalue()


def describe_fn(column: Column) -> str:
    """Say in a few words what a column does besides copying."""
    said = []
    if column.map_name:
        said.append(f"map {column.map_name}" + (f" (+{len(column.value_map)})" if column.value_map else ""))
    elif column.value_map:
        entries = [f"{source or '(blank)'} → {target}" for source, target in column.value_map.items()]
        said.append(", ".join(entries[:MOST_ENTRIES]) + (f", … {len(entries)} in all" if len(entries) > MOST_ENTRIES else ""))
    if column.blank is not None:
        said.append(f"blank → {column.blank}")
    if column.default is not None:
        said.append(f"default {column.default}")
    if column.value_map is not None:
        said.append({"block": "else blocked", "keep": "else kept", "default": "else the default"}[column.unmapped])
    if column.required or column.required_with:
        said.append("required" if column.required else "required with an address")
    if column.reference:
        said.append(f"must be in {column.reference}")
    if column.length:
        said.append(f"at most {column.length}")
    return "; ".join(said)
