"""A build that has no checkout beside it tells its commit all the same."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from config import build
from tests.support.compose import read_compose

ROOT = Path(__file__).parents[2]
COMMIT = "0123456789abcdef" * 2 + "01234567"
WRITTEN = "config/REVISION"


def test_a_wheel_holds_the_commit_that_was_written_down(tmp_path: Path) -> None:
    code = tmp_path / "code"
    shutil.copytree(ROOT / "config", code / "config", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", code)
    (code / WRITTEN).write_text(COMMIT + "\n", "ascii")
    made = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--disable-pip-version-check", "--no-deps"),
            *("--no-build-isolation", "--no-index", "-q", "-w", str(tmp_path), str(code)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    assert build._commit(installed) == COMMIT


def test_an_image_is_built_with_it() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    written = lines.index(f"RUN printf '%s' \"$REVISION\" > {WRITTEN}")
    assert lines[written - 1].startswith("ARG REVISION")
    installs = [at for at, line in enumerate(lines) if line.startswith("RUN /venv/bin/pip install")]
    assert written < installs[-1]
    for given, told in ((COMMIT, COMMIT), ("", "")):
        compose = read_compose({"SECRETS": "/secrets", "WENQI_REVISION": given})
        assert compose["services"]["api"]["build"]["args"]["REVISION"] == told


def test_nothing_written_is_no_commit(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    for said in ("", "main", COMMIT[:12]):
        (tmp_path / WRITTEN).write_text(said, "ascii")
        assert build._commit(tmp_path) == ""
