"""What the product is made of: the list of a build, licences, known vulnerabilities."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy.supply.installed import distributions, pinned
from deploy.supply.licences import denied, row
from tests.support.servers import free_port

ROOT = Path(__file__).parents[2]


def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", f"deploy.supply.{module}", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_list_of_a_build_holds_what_is_installed(tmp_path: Path) -> None:
    path = tmp_path / "sbom.json"
    made = run("sbom", str(path))
    assert made.returncode == 0, made.stderr
    text = path.read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    told = json.loads(text)
    assert told["metadata"]["component"]["name"] == "wenqi"
    listed = {one["name"]: one for one in told["components"]}
    for name in ("flask", "celery", "redis", "psycopg", "sqlalchemy", "cryptography"):
        assert listed[name]["version"] == metadata.version(name)
        assert listed[name]["purl"] == f"pkg:pypi/{name}@{metadata.version(name)}"
        assert listed[name]["hashes"]
        assert listed[name]["licenses"]
    assert "pytest" not in listed, "what only development needs is no part of it"
    needs = {one["ref"]: one.get("dependsOn", []) for one in told["dependencies"]}
    assert listed["werkzeug"]["bom-ref"] in needs[listed["flask"]["bom-ref"]]


def test_every_build_makes_its_list() -> None:
    """What is tested, a wheel and an image; the last with what the image has, which is Python."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    rules = dict(re.findall(r"^(test|wheel):.*\n((?:\t.*\n)+)", makefile, re.MULTILINE))
    assert re.search(r"--jobs=2 .*\bsbom\b", rules["test"])
    assert "deploy.supply.sbom dist/" in rules["wheel"]
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    made = next(at for at, line in enumerate(lines) if "-m deploy.supply.sbom /venv/" in line)
    assert all("pip install" not in line for line in lines[made:])
    assert "COPY requirements/runtime.txt requirements/" in lines[:made]
    used = "import sys; import deploy.supply.sbom; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", used], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"cyclonedx", "packageurl"} & set(loaded)


def test_nearly_everything_that_is_pinned_was_found() -> None:
    """The rest is for other systems and other Pythons."""
    wanted = pinned(ROOT / "requirements" / "runtime.txt")
    missing = wanted.keys() - {one.name for one in distributions()}
    assert len(wanted) > 60
    assert missing <= {"colorama", "async-timeout", "exceptiongroup", "tomli", "appnope"}


def test_the_table_of_licences_is_as_installed_and_none_is_denied() -> None:
    text = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?!package|---).*$", text, re.MULTILINE)
    here = [row(one) for one in distributions()]
    assert [line for line in here if line not in rows] == [], "python -m deploy.supply.licences"
    named = {line.split("|")[1].strip() for line in rows}
    assert named <= pinned(ROOT / "requirements" / "runtime.txt").keys()
    assert [line for line in rows if denied(line.split("|")[2].strip())] == []


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "AGPL-3.0", "SSPL-1.0", "BUSL-1.1", "unknown"])
def test_terms_that_reach_over_are_denied(licence: str) -> None:
    assert denied(licence)
    assert denied(f"MIT AND {licence}") or licence == "unknown"
    assert not denied(f"MIT OR {licence}")


class _Osv(BaseHTTPRequestHandler):
    """A database in the form of osv.dev; what it answers is set on its server."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, told = self.server.say(asked["package"]["name"])  # type: ignore[attr-defined]
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing."""


@pytest.fixture
def database() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Osv)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def _knows_of_flask(name: str) -> tuple[int, dict[str, Any]]:
    if name != "flask":
        return 200, {}
    affected = {
        "package": {"name": "flask", "ecosystem": "PyPI"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.0"}]}],
        "versions": [metadata.version("flask")],
    }
    return 200, {"vulns": [{"id": "PYSEC-0000-1", "summary": "made up", "affected": [affected]}]}


@pytest.mark.parametrize(
    ("say", "status", "words"),
    [
        (lambda _: (200, {}), 0, "no known vulnerability"),
        (_knows_of_flask, 1, "flask"),
        (lambda _: (500, {}), 3, "NOT CHECKED"),
    ],
    ids=["clean", "vulnerable", "out of order"],
)
def test_three_outcomes(database: ThreadingHTTPServer, say: Any, status: int, words: str) -> None:
    database.say = say  # type: ignore[attr-defined]
    address = f"http://127.0.0.1:{database.server_address[1]}/v1/query"
    done = run("audit", "--osv-url", address)
    assert done.returncode == status, done.stdout + done.stderr
    assert words in done.stdout
    assert ("no known vulnerability" in done.stdout) == (status == 0)


def test_without_a_database_nothing_is_called_clean() -> None:
    done = run("audit", "--osv-url", f"http://127.0.0.1:{free_port()}/v1/query")
    assert done.returncode == 3
    assert "NOT CHECKED" in done.stdout
    assert "no known vulnerability" not in done.stdout
