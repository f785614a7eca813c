"""The code of the release before this one, out of the repository's own history.

`COMMIT` is what is taken for that release until one is tagged; whoever makes a release names its
commit here. A clone without it (`--depth`) cannot say whether this release may follow: fetch it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

COMMIT: Final = "829026c0345e26f1a78622dfe2a186b828ac201b"
HEAD: Final = "0033"
"""The schema that it made."""
ROOT: Final = Path(__file__).parents[2]
_NEEDED: Final = (
    *("vocabulary", "rules", "schemas", "config", "store", "casework", "api", "web", "workers"),
    *("cli", "deploy", "samples", "tests/support", "tests/data"),
)
_BEGIN: Final = Path("workers", "begin.py")


def unpack(folder: Path) -> Path:
    """Put its code into an empty folder. Raises AssertionError where the history lacks it."""
    made = subprocess.run(
        ["git", "archive", COMMIT, "--", *_NEEDED], cwd=ROOT, capture_output=True, check=False
    )
    assert made.returncode == 0, (
        f"the previous release, commit {COMMIT}, is not in this clone: git fetch --unshallow"
        f" ({made.stderr.decode().strip()})"
    )
    with tarfile.open(fileobj=BytesIO(made.stdout)) as packed:
        packed.extractall(folder, filter="data")
    if not (folder / _BEGIN).exists():
        # Its own commands began its processes otherwise; a supervisor goes on with this one's.
        shutil.copy(ROOT / _BEGIN, folder / _BEGIN)
    return folder


def run(folder: Path, environment: Mapping[str, str], order: Mapping[str, Any]) -> dict[str, Any]:
    """Walk (`tests.support.release_walk`) in the code of `folder`."""
    program = ROOT / "tests" / "support" / "release_walk.py"
    done = subprocess.run(
        [sys.executable, "-", json.dumps(order)],
        input=program.read_bytes(),
        cwd=folder,
        env={**os.environ, **environment, "PYTHONPATH": str(folder)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.decode().splitlines()[-1])
    return found
