"""The project file ``p2c_recon.toml``: what one company's integration has otherwise than the templates as shipped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from p2c_recon.errors import ProjectError
from p2c_recon.templates.model import Compare, Line
from p2c_recon.validation import Strict, explain, read_toml

__all__ = ["NumberFormat", "Project", "SideSettings", "TaskLines", "load_project"]

FILE_NAME = "p2c_recon.toml"
LANGUAGES = ("en", "nl", "de", "fr", "es", "it", "pt", "da", "sv", "nb", "fi", "pl")


class NumberFormat(Strict):
    """How a side's files write numbers."""

    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = ""

    @model_validator(mode="after")
    def _differ(self) -> NumberFormat:
        if self.decimal == self.thousands:
            raise ValueError(f"decimal and thousands are both {self.decimal!r}; they must differ")
        return self


class SideSettings(NumberFormat):
    """How the files of one side are read.

    Attributes
    ----------
    decimal, thousands
        Signs in numbers that come as text (CSV); typed cells of Excel and Parquet need neither.
    encoding
        Encoding of CSV files where it is neither UTF-8, UTF-16 nor Windows-1252.
    files
        Table -> file name, for files that aren't called after their table.
    labels
        Table -> header -> column, for headers that are neither Web API names nor shipped labels.
    choices
        Table -> column -> label -> value, for choice labels in other languages.
    """

    encoding: str | None = None
    files: dict[str, str] = {}
    labels: dict[str, dict[str, str]] = {}
    choices: dict[str, dict[str, dict[str, str]]] = {}


class TaskLines(Strict):
    """What a project lays over one task."""

    columns: dict[str, Line] = {}
    lengths: dict[str, Annotated[int, Field(ge=1)]] = {}
    compare: dict[str, Compare] = {}


class _Countries(Strict):
    languages: list[str] = list(LANGUAGES)


class Project(Strict):
    """The content of a project file; ``Project()`` is what holds without one.

    Attributes
    ----------
    name
        File name, for messages.
    company
        Legal entity, where the command doesn't name one.
    sales, finops
        How the files of each side are read.
    maps
        Value maps: lines that extend the shipped ones, and maps of one's own.
    tasks
        Task name -> columns, lengths and comparison options.
    countries
        Languages in which country names are understood.
    """

    name: str = Field(default=FILE_NAME, exclude=True)
    company: str | None = None
    sales: SideSettings = SideSettings()
    finops: SideSettings = SideSettings()
    maps: dict[str, dict[str, str]] = {}
    tasks: dict[str, TaskLines] = {}
    countries: _Countries = _Countries()


def load_project(path: str | Path | None = None) -> Project:
    """Read a project file; without a path the defaults hold.

    Raises
    ------
    ProjectError
        Names the file, the table, the key, and the remedy.
    """
    if path is None:
        return Project()
    file = Path(path)
    raw = read_toml(file, ProjectError)
    if "name" in raw:
        raise ProjectError(f"{file}: unknown key 'name' at the top of the file. Remove it.")
    try:
        project = Project.model_validate({**raw, "name": file.name})
    except ValidationError as exc:
        raise ProjectError(explain(exc, Project, str(file))) from None
    _check_languages(project.countries.languages, file)
    return project


def _check_languages(languages: list[str], file: Path) -> None:
    from babel import Locale, UnknownLocaleError

    for language in languages:
        try:
            Locale.parse(language)
        except (UnknownLocaleError, ValueError):
            raise ProjectError(
                f"{file}: [countries] languages: {language!r} is no language that CLDR knows. Write e.g. 'en' or 'pt_BR'."
            ) from None
