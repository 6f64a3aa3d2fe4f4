"""The model behind the template files: what a task maps, and the checks that a broken template fails.

A template is data (TOML) that reads like the mapping screen of Data Integrator; this module only interprets it. The mappings are those of
the vendor's *Prospect to cash* templates; the lengths, value maps and required columns follow the vendor's public documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError

from p2c_recon.errors import TemplateError, did_you_mean
from p2c_recon.validation import Strict, explain, read_toml

__all__ = ["COUNTRY_MAP", "REFERENCES", "Column", "ColumnLine", "Compare", "Line", "Task", "ValueMaps", "build_task", "read_value_maps"]

Kind = Literal["text", "number", "enum", "yes/no"]
Unmapped = Literal["block", "keep", "default"]
ValueMaps = dict[str, dict[str, str]]

COUNTRY_MAP = "countries"
"""The value map that ISO codes and CLDR names stand behind."""

REFERENCES = {"CustomerGroups": "CustomerGroupId"}
"""F&O tables that a column's value can be looked up in, and the column that holds it there."""


def _check_map(value: object) -> object:
    if isinstance(value, dict):
        for key, text in value.items():
            if not isinstance(text, str):
                raise ValueError(f'the map must give texts in quotes, such as {key} = "{text}"')
    elif value is not None and not isinstance(value, str):
        raise ValueError('must be the name of a value map, or a map such as { Utrecht = "1" }')
    return value


def _plain_name(value: object) -> object:
    return {"from": value} if isinstance(value, str) else value


class ColumnLine(Strict):
    """The right side of one line under ``[columns]``."""

    source: str | None = Field(default=None, alias="from")
    value_map: Annotated[str | dict[str, str] | None, BeforeValidator(_check_map)] = Field(default=None, alias="map")
    blank: str | None = None
    default: str | None = None
    unmapped: Unmapped | None = None
    required: bool = False
    required_with: list[str] = []
    reference: str | None = Field(default=None, alias="in")


Line = Annotated[ColumnLine, BeforeValidator(_plain_name)]
"""A line under ``[columns]``: ``{ ... }``, or a plain name for ``{ from = "name" }``."""


class Compare(Strict):
    """How the cells of one column are compared, where a project wants it otherwise than the kind says."""

    ignore_case: bool = False
    ignore_whitespace: bool = False
    tolerance: Annotated[float, Field(ge=0, strict=False)] | None = None
    skip: bool = False


class _Source(Strict):
    system: Literal["Sales", "Fin and Ops"]
    entity: str
    set: str
    id: str
    number: str
    filter: str = ""


class _Destination(Strict):
    system: Literal["Sales", "Fin and Ops"]
    entity: str
    set: str
    keys: list[str]
    match: str
    mark: str = ""


class _File(Strict):
    template: str
    task: str
    position: int
    needs: list[str]
    source: _Source
    destination: _Destination
    columns: dict[str, Line]
    kinds: dict[str, Kind] = {}
    lengths: dict[str, Annotated[int, Field(ge=1)]] = {}


@dataclass(frozen=True)
class Column:
    """One column of the destination and where its value comes from.

    Attributes
    ----------
    name
        Destination column.
    source
        Source column, or ``None`` for a constant.
    value_map
        Casefolded source text -> destination text, or ``None`` where nothing is mapped.
    map_name
        Name of the value map, or ``None`` for one that stands in the column's own line.
    blank, default
        Value for a blank source; value where nothing else gives one.
    unmapped
        What happens to a source text that the map doesn't know.
    required, required_with
        Must not be blank; must not be blank as soon as one of these destination columns is filled.
    reference
        F&O table that must hold the value.
    length
        Most characters that the destination holds.
    compare
        The project's comparison options.
    """

    name: str
    source: str | None
    kind: Kind = "text"
    value_map: Mapping[str, str] | None = None
    map_name: str | None = None
    blank: str | None = None
    default: str | None = None
    unmapped: Unmapped = "block"
    fn: bool = False
    required: bool = False
    required_with: tuple[str, ...] = ()
    reference: str | None = None
    length: int | None = None
    compare: Compare = field(default_factory=Compare)

    @property
    def map_type(self) -> str:
        """``=`` or ``Fn``, as Data Integrator shows it."""
        return "Fn" if self.fn else "="


@dataclass(frozen=True)
class Task:
    """One task of a template: entity to entity, with all its columns.

    ``number`` is the source column that holds the business number, ``match`` the destination column that it is matched on; it is the key
    and therefore never compared. ``mark`` is the yes/no column of the destination that says *kept in the other system*.
    """

    template: str
    name: str
    position: int
    needs: tuple[str, ...]
    source_system: str
    source_entity: str
    source_set: str
    source_id: str
    number: str
    filter: str
    destination_system: str
    destination_entity: str
    destination_set: str
    keys: tuple[str, ...]
    match: str
    mark: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Return the column of this destination name; ``KeyError`` if the task does not map it."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def read_value_maps(path: Path, extra: Mapping[str, Mapping[str, str]]) -> ValueMaps:
    """Read the shared value maps and lay a project's own lines over them, keys casefolded and trimmed."""
    maps: ValueMaps = {}
    for name, entries in read_toml(path, TemplateError).items():
        if not isinstance(entries, dict) or not all(isinstance(value, str) for value in entries.values()):
            raise TemplateError(f'{path.name}: [{name}] must hold lines such as Holland = "NL".')
        maps[name] = _fold(entries, f"{path.name}: [{name}]")
    for name, own in extra.items():
        maps[name] = {**maps.get(name, {}), **_fold(own, f"project file: [maps.{name}]")}
    return maps


def build_task(
    path: Path,
    maps: ValueMaps,
    *,
    columns: Mapping[str, ColumnLine] | None = None,
    lengths: Mapping[str, int] | None = None,
    compare: Mapping[str, Compare] | None = None,
    project: str = "",
) -> Task:
    """Read one template file, lay a project's lines over it, and check the result.

    Parameters
    ----------
    path
        The template's TOML file.
    maps
        Named value maps with casefolded keys.
    columns, lengths, compare
        A project's own lines for this task. A line changes the keys that it names and keeps the others.
    project
        Name of the project file, for messages about its lines.

    Raises
    ------
    TemplateError
        Names the file, the line's column, and the remedy.
    """
    try:
        raw = _File.model_validate(read_toml(path, TemplateError))
    except ValidationError as exc:
        raise TemplateError(explain(exc, _File, path.name)) from None
    lines = dict(raw.columns)
    for name, line in (columns or {}).items():
        lines[name] = _overlay(lines.get(name), line)
    if raw.destination.match in (columns or {}):
        raise TemplateError(f"{project}: [tasks.{raw.task}.columns] {raw.destination.match}: is the key of the match. Leave it as it is.")
    all_lengths = {**raw.lengths, **(lengths or {})}
    options = compare or {}
    _names_exist(lines, "kinds", raw.kinds, path.name)
    _names_exist(lines, f"tasks.{raw.task}.compare", options, project)
    _names_exist({**lines, **raw.lengths}, f"tasks.{raw.task}.lengths", lengths or {}, project)
    own = set(columns or {})
    built = tuple(
        _column(
            name,
            line,
            raw.kinds.get(name, "text"),
            maps,
            all_lengths,
            options,
            f"{project}: [tasks.{raw.task}.columns] {name}" if name in own else f"{path.name}: [columns] {name}",
        )
        for name, line in lines.items()
    )
    if raw.destination.match not in lines:
        raise TemplateError(f"{path.name}: [destination] match: no column {raw.destination.match!r} stands under [columns]. Add it.")
    return Task(
        template=raw.template,
        name=raw.task,
        position=raw.position,
        needs=tuple(raw.needs),
        source_system=raw.source.system,
        source_entity=raw.source.entity,
        source_set=raw.source.set,
        source_id=raw.source.id,
        number=raw.source.number,
        filter=raw.source.filter,
        destination_system=raw.destination.system,
        destination_entity=raw.destination.entity,
        destination_set=raw.destination.set,
        keys=tuple(raw.destination.keys),
        match=raw.destination.match,
        mark=raw.destination.mark,
        columns=built,
    )


def _overlay(base: ColumnLine | None, own: ColumnLine) -> ColumnLine:
    """Lay a project's line over the template's: only the keys that the project names change."""
    return own if base is None else base.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})


def _column(
    name: str,
    line: ColumnLine,
    kind: Kind,
    maps: ValueMaps,
    lengths: Mapping[str, int],
    compare: Mapping[str, Compare],
    where: str,
) -> Column:
    fn = any(value is not None for value in (line.value_map, line.blank, line.default, line.unmapped))
    if line.reference is not None and line.reference not in REFERENCES:
        hint = did_you_mean(line.reference, REFERENCES)
        raise TemplateError(f"{where}: in = {line.reference!r}{hint}: known are {', '.join(REFERENCES)}.")
    if line.source is None and line.default is None:
        raise TemplateError(f"{where}: needs from = (a source column), default = (a constant), or both.")
    if line.source is None and line.value_map is not None:
        raise TemplateError(f"{where}: has a map but nothing to look up. Add from = (a source column).")
    if line.value_map is None and line.unmapped in ("block", "default"):
        raise TemplateError(
            f"{where}: unmapped = {line.unmapped!r} says what happens to texts that the map lacks, but there is no map. Add one."
        )
    if line.unmapped == "default" and line.default is None:
        raise TemplateError(f'{where}: unmapped = "default" needs default = (the value).')
    value_map, map_name = None, None
    if isinstance(line.value_map, str):
        map_name = line.value_map
        if map_name not in maps:
            hint = did_you_mean(map_name, maps)
            raise TemplateError(f"{where}: no value map {map_name!r}{hint}. Add [maps.{map_name}].")
        value_map = maps[map_name]
    elif line.value_map is not None:
        value_map = _fold(line.value_map, where)
    blank = line.blank
    if value_map is not None and "" in value_map:
        blank = value_map[""] if blank is None else blank
    return Column(
        name=name,
        source=line.source,
        kind=kind,
        value_map=value_map,
        map_name=map_name,
        blank=None if blank is None else blank.strip(),
        default=None if line.default is None else line.default.strip(),
        unmapped=line.unmapped or ("default" if line.default is not None else "block"),
        fn=fn,
        required=line.required,
        required_with=tuple(line.required_with),
        reference=line.reference,
        length=lengths.get(name),
        compare=compare.get(name, Compare()),
    )


def _fold(entries: Mapping[str, str], where: str) -> dict[str, str]:
    seen: dict[str, str] = {}
    for key in entries:
        twin = seen.setdefault(key.strip().casefold(), key)
        if twin != key:
            raise TemplateError(f"{where}: {twin!r} and {key!r} are the same text: case doesn't count in a value map. Keep one.")
    return {key.strip().casefold(): value.strip() for key, value in entries.items()}


def _names_exist(lines: Mapping[str, object], table: str, names: Mapping[str, object], where: str) -> None:
    for name in names:
        if name not in lines:
            hint = did_you_mean(name, lines)
            raise TemplateError(f"{where}: [{table}] {name}: the task maps no such column{hint}. Correct the name.")
