"""Country text to ISO 3166 alpha-2: ISO codes, then CLDR's names of territories in the languages of the project.

A name that two territories share is not known: it is never guessed. Only official ISO codes count, so that e.g. *Kosovo* or *Canary
Islands*, which have none, need a line of the project's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

__all__ = ["country_codes"]


@cache
def country_codes(languages: tuple[str, ...]) -> dict[str, str]:
    """Return casefolded code or name -> alpha-2 code.

    Parameters
    ----------
    languages
        CLDR languages, e.g. ``("en", "nl")``.
    """
    import pycountry
    from babel import Locale

    official = {str(country.alpha_2): str(country.alpha_3) for country in pycountry.countries}
    names: dict[str, set[str]] = {}
    for language in languages:
        for code, name in _territories(Locale.parse(language).territories.items(), official):
            names.setdefault(name, set()).add(code)
    known = {name: next(iter(codes)) for name, codes in names.items() if len(codes) == 1}
    for two, three in official.items():
        known[two.casefold()] = two
        known[three.casefold()] = two
    return known


def _territories(items: Iterable[tuple[str, str]], official: dict[str, str]) -> Iterable[tuple[str, str]]:
    return ((code, name.strip().casefold()) for code, name in items if code in official)
