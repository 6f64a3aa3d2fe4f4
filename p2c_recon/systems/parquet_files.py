"""Parquet files: only the columns that are needed are read; expanded lookups come flattened with a dot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from p2c_recon.canonical import canonical_array, valid_text
from p2c_recon.columns import side_by_side
from p2c_recon.errors import InputError

__all__ = ["ParquetFile", "open_parquet"]

BYTES_OF_A_CODE = 4
"""A column that takes fewer bytes a row than this holds codes, not texts."""


@dataclass(frozen=True)
class ParquetFile:
    """A Parquet file whose schema was read."""

    path: Path
    names: tuple[str, ...]

    def read(self, positions: Sequence[int], decimals: Sequence[str]) -> list[pa.ChunkedArray]:
        """Return the columns at these positions as canonical text; typed numbers get each column's decimal sign."""
        names = [self.names[position] for position in positions]
        try:
            with pq.ParquetFile(self.path, read_dictionary=_of_few_values(self.path)) as file:
                table = file.read(columns=names)
        except (pa.ArrowException, OSError) as exc:
            raise _unreadable(self.path, exc) from None
        while any(pa.types.is_struct(field.type) for field in table.schema):
            table = table.flatten()
        return side_by_side(lambda one: valid_text(canonical_array(table.column(one[0]), one[1])), zip(names, decimals, strict=True))


def open_parquet(path: Path) -> ParquetFile:
    """Read the schema of a Parquet file.

    Raises
    ------
    InputError
        The file is empty, encrypted or broken.
    """
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError) as exc:
        raise _unreadable(path, exc) from None
    return ParquetFile(path, tuple(_flat_names(schema)))


def _flat_names(fields: pa.Schema | pa.StructType, prefix: str = "") -> list[str]:
    names: list[str] = []
    for field in fields:
        names += _flat_names(field.type, f"{prefix}{field.name}.") if pa.types.is_struct(field.type) else [prefix + field.name]
    return names


def _of_few_values(path: Path) -> list[str]:
    """Columns that the file holds as numbers into a dictionary of few texts: read that way, they take half the time."""
    with pq.ParquetFile(path) as file:
        groups = [file.metadata.row_group(group) for group in range(file.metadata.num_row_groups)]
    texts = [index for index in range(groups[0].num_columns) if groups[0].column(index).physical_type == "BYTE_ARRAY"] if groups else []
    return [
        groups[0].column(index).path_in_schema
        for index in texts
        if all(
            group.column(index).has_dictionary_page and group.column(index).total_uncompressed_size < BYTES_OF_A_CODE * group.num_rows
            for group in groups
        )
    ]


def _unreadable(path: Path, exc: Exception) -> InputError:
    reason = str(exc).splitlines()[0] if str(exc) else type(exc).__name__
    return InputError(f"{path.name}: not a readable Parquet file ({reason}). Export it again.")
