"""Between fork and exec: who a server runs as, and what it can reach."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from deploy.local.embedded import server_uid
from deploy.local.launch import launch_command, reachable_by_others


@pytest.fixture
def private(tmp_path: Path) -> Path:
    folder = tmp_path / "private"
    folder.mkdir(mode=0o700)
    program = folder / "program"
    program.write_text("#!/bin/sh\necho reached\n")
    program.chmod(0o755)
    return program


def launch(script: str, *paths: Path) -> subprocess.CompletedProcess[str]:
    command = launch_command(
        ["/bin/sh", "-c", script, "sh", *map(str, paths)], unprivileged=[*paths]
    )
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_server_reaches_its_program_below_a_private_folder(private: Path) -> None:
    """By test -x too: PostgreSQL asks with access(2) before it runs its own programs."""
    assert not reachable_by_others(private)
    answer = launch('test -x "$1" && "$1" && id -u', private)
    assert answer.stdout == f"reached\n{server_uid()}\n", answer.stderr
    assert private.parent.stat().st_mode & 0o777 == 0o700


def test_a_server_is_not_root_and_cannot_write_what_is_not_its_own(private: Path) -> None:
    owned = f"chown 0 {private}" if os.geteuid() == 0 else f"chmod a-w {private}"
    subprocess.run(owned.split(), check=True)
    answer = launch('id -u; echo more >> "$1"', private)
    assert answer.stdout.strip() == str(server_uid()) != "0"
    assert answer.returncode != 0
    assert private.read_text() == "#!/bin/sh\necho reached\n"


def test_no_capability_is_kept_where_none_is_needed() -> None:
    answer = launch("grep -E '^Cap(Eff|Amb)' /proc/self/status", Path("/bin/sh"))
    kept = [int(line.split()[1], 16) for line in answer.stdout.splitlines()]
    assert kept == [0, 0]


def test_a_command_that_does_not_exist_is_a_sentence() -> None:
    command = launch_command(["/no/such/server"])
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert answer.stderr == "/no/such/server: [Errno 2] No such file or directory\n"
