"""The package as a user gets it: a wheel, installed apart from the checkout, run in an empty folder."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}


def called(*command: str | Path, folder: Path) -> str:
    """Run a command in a folder, without what the caller's environment says about Python; its output."""
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of what goes into it, so that no earlier build leaks in."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for folder in ("forecaster", "models", "inputs"):
        shutil.copytree(root / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, source / name)
    options = ("--no-deps", "--no-build-isolation", "--wheel-dir", target)
    called(sys.executable, "-m", "pip", "wheel", *options, ".", folder=source)
    return next(target.glob("*.whl"))


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the programs of a new environment that holds the wheel and sees the libraries installed here.

    A path file shows it the libraries; path files there are not followed: an editable install stays unseen.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=os.name != "nt")
    programs = folder / SCRIPTS
    python = programs / Path(sys.executable).name
    called(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--no-deps",
        "--no-index",
        wheel,
        folder=folder,
    )
    purelib = called(
        python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder
    ).strip()
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(purelib, "libraries.pth").write_text("\n".join(sorted(libraries)) + "\n", encoding="utf-8")
    return programs


def test_the_package_comes_from_the_wheel(scripts, tmp_path):
    code = "import forecaster, models; print(forecaster.__file__); print(models.__file__)"
    for place in called(scripts / "python", "-c", code, folder=tmp_path).splitlines():
        assert Path(place).is_relative_to(scripts.parent)


def test_a_case_is_made_checked_and_run_to_the_answer_in_the_readme(root, scripts, tmp_path):
    program = scripts / "forecaster"
    called(program, "init", "case", folder=tmp_path)
    called(program, "check", "case", folder=tmp_path)
    baseline = ("--scenario", "baseline", "--no-drivers")  # all that the answer rests on
    answer = called(program, "run", "case", *baseline, "-o", "out.xlsx", folder=tmp_path).splitlines()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case", "out.xlsx"]
    assert (tmp_path / "out.xlsx").read_bytes().startswith(b"PK")
    shown = "".join(f"    {line}\n" for line in answer[:4])
    assert shown in (root / "README.md").read_text(encoding="utf-8"), (
        f"README.md shows another answer than\n{shown}"
    )
    assert len(answer) == 5
