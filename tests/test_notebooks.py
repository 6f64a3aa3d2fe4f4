"""Every notebook runs top to bottom, on the sample data as it is and on other data through its parameters cell."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from p2c_recon.package_files import shipped

NOTEBOOKS = sorted(shipped("notebooks").glob("*.ipynb"))


def execute(path: Path, folder: Path, parameters: str = "") -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)
    at = next(index for index, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", []))
    notebook.cells.insert(at + 1, nbformat.v4.new_code_cell(parameters))
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def outputs(notebook: nbformat.NotebookNode) -> str:
    return "\n".join(str(cell.get("outputs", "")) for cell in notebook.cells)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_on_the_sample_data(path: Path, tmp_path: Path) -> None:
    said = outputs(execute(path, tmp_path))
    assert "image/svg+xml" in said
    assert "in_sync" in said


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_reconcile_notebook_writes_the_run_folder(tmp_path: Path) -> None:
    path = next(path for path in NOTEBOOKS if path.stem == "01_reconcile")
    execute(path, tmp_path, f"out = {str(tmp_path / 'run')!r}")
    assert (tmp_path / "run" / "findings.csv").is_file()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_kept_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in notebook.cells)
    assert notebook.metadata.kernelspec.name == "python3"
