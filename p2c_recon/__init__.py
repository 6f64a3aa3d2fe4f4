"""Reconcile Dynamics 365 Sales with Dynamics 365 Finance and Operations, cell by cell.

    import p2c_recon as p2c

    project = p2c.load_project("p2c_recon.toml")          # or none: the templates as shipped
    sales = p2c.load_sales("exports/sales", project)
    finops = p2c.load_finops("exports/finops", "usmf", project)
    result = p2c.reconcile(sales, finops, "usmf", project)
    result.ledger, result.findings

Names load what they need when they are first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from p2c_recon.compare.reconcile import Reconciliation, reconcile
    from p2c_recon.errors import P2CError
    from p2c_recon.package_files import shipped
    from p2c_recon.project import Project, load_project
    from p2c_recon.run import reconcile_folders
    from p2c_recon.sandbox.generator import generate
    from p2c_recon.systems.files import Side, load_finops, load_sales
    from p2c_recon.templates import load_tasks
    from p2c_recon.transform.flags import check_flags
    from p2c_recon.transform.mapping import map_task
    from p2c_recon.transform.routing import route_contacts

_HOME = {
    "P2CError": "errors",
    "Project": "project",
    "Reconciliation": "compare.reconcile",
    "Side": "systems.files",
    "check_flags": "transform.flags",
    "generate": "sandbox.generator",
    "load_finops": "systems.files",
    "load_project": "project",
    "load_sales": "systems.files",
    "load_tasks": "templates",
    "map_task": "transform.mapping",
    "reconcile": "compare.reconcile",
    "reconcile_folders": "run",
    "route_contacts": "transform.routing",
    "shipped": "package_files",
}

__all__ = [
    "P2CError",
    "Project",
    "Reconciliation",
    "Side",
    "check_flags",
    "generate",
    "load_finops",
    "load_project",
    "load_sales",
    "load_tasks",
    "map_task",
    "reconcile",
    "reconcile_folders",
    "route_contacts",
    "shipped",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'p2c_recon' has no attribute {name!r}")
    value = getattr(import_module(f"p2c_recon.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
