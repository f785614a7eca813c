"""A client can be made from the agreed document: it installs, and its names can be read."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.waiting import PATIENCE_SECONDS

AGREED: Final = Path(__file__).parents[1] / "data" / "openapi.json"
ONLY_FOR_OTHERS: Final = ["WARNING parsing POST /api/v1/applications/batch within batch."]
"""Lines of JSON are a kind of body that openapi-python-client has no word for."""

_USE: Final = """
import importlib, pathlib, pkgutil, sys
import wenqi_client
for each in pkgutil.walk_packages(wenqi_client.__path__, "wenqi_client."):
    importlib.import_module(each.name)
from wenqi_client.api.applications import read_application, submit_application
from wenqi_client.models import CaseSummary, Enterprise, Problem
assert callable(submit_application.sync_detailed) and callable(read_application.sync)
"""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(AGREED.read_text(encoding="utf-8"))
    return made


def test_every_operation_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    names = [each["operationId"] for each in operations(document)]
    assert sorted(set(names)) == sorted(names)
    assert [each for each in names if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", each)] == []
    assert "submit_application" in names


def test_every_component_has_a_name_in_plain_letters(document: dict[str, Any]) -> None:
    names = [name for kind in document["components"].values() for name in kind]
    assert [each for each in names if not re.fullmatch(r"[A-Za-z]\w*", each, re.ASCII)] == []


def test_a_client_is_made_and_installed_and_every_module_of_it_imports(
    tmp_path: Path,
) -> None:
    config = tmp_path / "config.yml"
    config.write_text("post_hooks: []\n")  # they would format it with tools from elsewhere
    client = tmp_path / "client"
    command = "from openapi_python_client.cli import app; app()"
    where = ("--path", str(AGREED), "--output-path", str(client))
    told = run("-c", command, "generate", *where, "--config", str(config), "--meta", "setup")
    warned = [line for line in told.splitlines() if line.startswith(("WARNING", "ERROR"))]
    assert [line.split(" Endpoint")[0] for line in warned] == ONLY_FOR_OTHERS
    names = [path.relative_to(client).as_posix() for path in client.rglob("*")]
    assert [name for name in names if not name.isascii()] == []
    assert 'name="wenqi-client"' in (client / "setup.py").read_text(encoding="utf-8")
    classes = re.compile(r"^(?:class|def|async def) (\w+)", re.MULTILINE)
    sources = [path.read_text(encoding="utf-8") for path in client.rglob("*.py")]
    assert [n for text in sources for n in classes.findall(text) if not n.isascii()] == []
    installed = tmp_path / "installed"
    alone = ("--no-index", "--no-deps", "--no-build-isolation", "--no-compile")
    run("-m", "pip", "install", *alone, "--target", str(installed), str(client))
    assert list(installed.glob("wenqi_client-*.dist-info"))
    run("-c", f"import sys; sys.path.insert(0, {str(installed)!r})\n{_USE}")


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        for method, operation in path.items():
            if method in ("get", "post", "put", "patch", "delete"):
                yield operation


def run(*arguments: str) -> str:
    """What python prints, isolated from the directory it runs in."""
    done = subprocess.run(
        [sys.executable, "-P", *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
