"""The built wheel works outside a checkout: templates, labels, notebooks, sample data and suites come with it."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, cwd=folder)
    return next(folder.glob("*.whl"))


def test_wheel_carries_its_files(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"p2c_recon/templates/{path.name}" for path in (ROOT / "p2c_recon" / "templates").glob("*.toml")} <= names
    for top in ("data", "notebooks", "expectations"):
        kept = [path for path in (ROOT / top).rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts]
        assert kept
        assert {f"p2c_recon/shipped/{path.relative_to(ROOT).as_posix()}" for path in kept} <= names
    assert "p2c_recon/py.typed" in names


def packages_of(python: Path | str) -> Path:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip())


def test_demo_runs_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    """In an environment of its own, which finds the dependencies of this one but not the checkout."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    site = packages_of(python)
    zipfile.ZipFile(wheel).extractall(site)
    (site / "dependencies.pth").write_text(str(packages_of(sys.executable)))
    code = "import p2c_recon, sys; from p2c_recon.cli import main; print(p2c_recon.__file__); main(['demo', '--out', 'demo'])"
    done = subprocess.run([python, "-c", code], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert str(home) in done.stdout
    assert (tmp_path / "demo" / "findings.csv").is_file()
