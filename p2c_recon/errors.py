"""The errors that p2c_recon raises on purpose.

P2CError
 ├── ProjectError       the project file p2c_recon.toml is wrong
 ├── TemplateError      a template, shipped or overridden, is wrong
 ├── InputError         a folder, file, column or row of the data is wrong
 ├── OutputError        the run folder cannot be written
 └── ConservationError  rows read and rows accounted for differ: never ignore this one

Every message says what was wrong, where, and what to do. The command line prints it and exits with status 2.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["ConservationError", "InputError", "OutputError", "P2CError", "ProjectError", "TemplateError", "did_you_mean"]


class P2CError(Exception):
    """Base of every error that p2c_recon raises on purpose."""


class ProjectError(P2CError):
    """The project file is unreadable, or says something that no template or rule knows."""


class TemplateError(P2CError):
    """A template breaks the rules of its own format."""


class InputError(P2CError):
    """The data of one side cannot be used as it is."""


class OutputError(P2CError):
    """The results cannot be written."""


class ConservationError(P2CError):
    """The rows read on a side do not equal the sum over its statuses."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``" (did you mean 'x'?)"`` for the nearest known word, or an empty text."""
    by_fold = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    return f" (did you mean {by_fold[near[0]]!r}?)" if near else ""
