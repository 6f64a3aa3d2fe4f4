"""The 12 tasks of the 8 *Prospect to cash* templates, as data (one TOML file each), and the model that reads them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from p2c_recon.errors import ProjectError, TemplateError, did_you_mean
from p2c_recon.templates.model import COUNTRY_MAP, REFERENCES, Column, Compare, Task, build_task, read_value_maps

if TYPE_CHECKING:
    from p2c_recon.project import Project, TaskLines

__all__ = ["ACCOUNTS", "CONTACTS", "COUNTRY_MAP", "CUSTOMERS", "REFERENCES", "Column", "Compare", "Task", "load_tasks", "main_tasks"]

FOLDER = Path(__file__).parent
VALUE_MAPS = "value_maps.toml"

ACCOUNTS = "Accounts - Customers"
CUSTOMERS = "ContactToCustomer"
CONTACTS = "Contacts"


def load_tasks(project: Project | None = None, *, folder: Path = FOLDER) -> tuple[Task, ...]:
    """Load all tasks with a project's own lines laid over them.

    Parameters
    ----------
    project
        The project file's content; ``None`` for the templates as shipped.
    folder
        Where the template files lie.

    Returns
    -------
    tuple of Task
        In the order of their ``position``.

    Raises
    ------
    TemplateError
        A template, or a line that the project lays over it, is wrong.
    ProjectError
        The project names a task that no template has, or one that two templates have.
    """
    files = sorted(path for path in folder.glob("*.toml") if path.name != VALUE_MAPS)
    if not files:
        raise TemplateError(f"{folder}: no template files (*.toml) here. Reinstall the package, or correct the folder.")
    maps = read_value_maps(folder / VALUE_MAPS, project.maps if project else {})
    shipped = [build_task(path, maps) for path in files]
    own = _own_lines(project, shipped) if project else {}
    tasks = [
        task
        if index not in own
        else build_task(
            path,
            maps,
            columns=own[index].columns,
            lengths=own[index].lengths,
            compare=own[index].compare,
            project=project.name if project else "",
        )
        for index, (path, task) in enumerate(zip(files, shipped, strict=True))
    ]
    if project:
        _check_maps(project, tasks)
    return tuple(sorted(tasks, key=lambda task: task.position))


def main_tasks(tasks: tuple[Task, ...]) -> dict[str, Task]:
    """Return the three tasks of accounts and contacts by name."""
    return {task.name: task for task in tasks if task.name in (ACCOUNTS, CUSTOMERS, CONTACTS)}


def _check_maps(project: Project, tasks: list[Task]) -> None:
    """Fail on a value map of the project that no column uses, and on a country that is no alpha-2 code."""
    used = {column.map_name for task in tasks for column in task.columns if column.map_name}
    for name in project.maps:
        if name not in used:
            hint = did_you_mean(name, used)
            raise ProjectError(f"{project.name}: [maps.{name}]: no column uses this map{hint}. Correct the name, or remove it.")
    for country, code in project.maps.get(COUNTRY_MAP, {}).items():
        if not (len(code) == 2 and code.isascii() and code.isupper()):
            raise ProjectError(
                f"{project.name}: [maps.{COUNTRY_MAP}] {country}: {code!r} is no alpha-2 code. Write two letters, such as NL."
            )


def _own_lines(project: Project, tasks: list[Task]) -> dict[int, TaskLines]:
    """Find the template of each task that the project names: by task name, or by ``template/task`` where two share a name."""
    own: dict[int, TaskLines] = {}
    for name, lines in project.tasks.items():
        found = [index for index, task in enumerate(tasks) if name in (task.name, f"{task.template}/{task.name}")]
        if len(found) != 1:
            known = sorted({task.name for task in tasks})
            if found:
                full = " or ".join(f'[tasks."{tasks[index].template}/{name}"]' for index in found)
                raise ProjectError(f"{project.name}: [tasks.{name}]: two templates have a task of this name. Write {full}.")
            hint = did_you_mean(name, known)
            raise ProjectError(f"{project.name}: [tasks.{name}]: no template has this task{hint}. Tasks: {', '.join(known)}.")
        own[found[0]] = lines
    return own
