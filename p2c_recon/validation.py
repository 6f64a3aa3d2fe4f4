"""Turn what pydantic says about a TOML file into sentences that a consultant understands."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from p2c_recon.errors import P2CError, did_you_mean

__all__ = ["Strict", "explain", "read_toml"]


class Strict(BaseModel):
    """A table of a TOML file: unknown keys are errors, values keep their type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


def read_toml(path: Path, error: type[P2CError]) -> dict[str, Any]:
    """Read a TOML file; a syntax error names the file and the line.

    Raises
    ------
    P2CError
        Of the class `error`, when the file is missing, not UTF-8, or not TOML.
    """
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise error(f"{path}: no such file. Check the path, or leave the option out.") from None
    except UnicodeDecodeError as exc:
        raise error(f"{path}: not UTF-8 text (byte {exc.start}). Save the file as UTF-8.") from None
    except OSError as exc:
        raise error(f"{path}: cannot be read ({exc.strerror}). Check the path and its permissions.") from None
    except tomllib.TOMLDecodeError as exc:
        raise error(f"{path}: not valid TOML: {exc}. Texts need quotes, names with spaces too.") from None


def explain(exc: ValidationError, model: type[BaseModel], where: str) -> str:
    """Return one line a mistake: where it stands, what is wrong, and what would be right."""
    lines = []
    for err in exc.errors():
        place = _place(err["loc"])
        if err["type"] == "extra_forbidden":
            known = _keys_at(model, err["loc"][:-1])
            wrong = str(err["loc"][-1])
            hint = did_you_mean(wrong, known)
            lines.append(f"{where}: {place}: unknown key {wrong!r}{hint}. Known here: {', '.join(known)}.")
        elif err["type"] == "missing":
            lines.append(f"{where}: {place}: this key is missing. Add it.")
        elif err["type"] == "string_type":
            lines.append(f"{where}: {place}: must be a text in quotes, not {err['input']!r}.")
        else:
            message = err["msg"].removeprefix("Value error, ").replace("Input should be", "must be").rstrip(".")
            message = message.partition(" or instance of")[0].replace("a valid dictionary", "a table { ... } or a column name in quotes")
            value = err["input"]
            shown = f", not {value!r}" if isinstance(value, str | int | float | bool) else ""
            lines.append(f"{where}: {place}: {message}{shown}.")
    return "\n".join(dict.fromkeys(lines))


def _place(loc: tuple[int | str, ...]) -> str:
    parts = [str(part) for part in loc if not (isinstance(part, str) and part.startswith("function-"))]
    quoted = [part if part.replace("_", "").replace("-", "").isalnum() else f'"{part}"' for part in parts]
    if len(quoted) < 2:
        return quoted[0] if quoted else "the file"
    return f"[{'.'.join(quoted[:-1])}] {quoted[-1]}"


def _keys_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys that are allowed where `loc` points to: the aliases of the model found there."""
    current: Any = model
    for part in loc:
        if isinstance(current, type) and issubclass(current, BaseModel):
            by_alias = {field.alias or name: field for name, field in current.model_fields.items()}
            current = by_alias[str(part)].annotation if str(part) in by_alias else current
        current = _model_inside(current)
    if isinstance(current, type) and issubclass(current, BaseModel):
        return [field.alias or name for name, field in current.model_fields.items() if not field.exclude]
    return []


def _model_inside(annotation: Any) -> Any:
    for inner in getattr(annotation, "__args__", ()):
        found = _model_inside(inner)
        if isinstance(found, type) and issubclass(found, BaseModel):
            return found
    return annotation
