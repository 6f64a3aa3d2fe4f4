"""Where the files that come with the package lie: inside it when it was installed, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from p2c_recon.errors import P2CError

__all__ = ["shipped"]

PACKAGE = Path(__file__).parent


def shipped(name: str) -> Path:
    """Return the folder ``data``, ``notebooks`` or ``expectations``.

    Raises
    ------
    P2CError
        The installation is incomplete.
    """
    for folder in (PACKAGE / "shipped" / name, PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise P2CError(f"the package comes without its folder {name!r}. Install it again: pip install --force-reinstall p2c-recon.")
