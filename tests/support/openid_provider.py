"""An OpenID provider on this machine, as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.support.servers import free_port
from tests.support.waiting import wait_for


@contextmanager
def provider(folder: Path, users: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Gives its address. `users`: what it says of each, by `sub`; `folder`: for its log."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "-n", "1"]
    for user in users:
        command += ["--user-claims", json.dumps(user)]
    with (folder / "provider.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

        def answers() -> bool:
            assert process.poll() is None, (folder / "provider.log").read_text()
            try:
                return requests.get(f"{url}/.well-known/openid-configuration", timeout=5).ok
            except (requests.ConnectionError, requests.Timeout):
                return False

        try:
            wait_for(answers, "the provider answers")
            yield url
        finally:
            process.terminate()
            process.wait()
