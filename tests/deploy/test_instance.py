"""The folder var/: one instance at a time, secrets made once, sentences instead of tracebacks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import keys
from deploy.local.instance import Instance, InstanceError, Running, environment_of


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "var")
    instance.lock()
    made = instance.secrets()
    assert Instance(tmp_path / "var").secrets() == made
    assert (tmp_path / "var" / "secret").stat().st_mode & 0o777 == 0o600
    assert len({made.secret_key, made.database_password, made.redis_password}) == 3
    instance.close()


def test_data_keys_are_made_once_and_private(tmp_path: Path) -> None:
    made = Instance(tmp_path).data_keys()
    assert made.stat().st_mode & 0o777 == 0o600
    ring = keys.parse("DATA_KEYS", made.read_text(encoding="ascii"))
    assert Instance(tmp_path).data_keys().read_text(encoding="ascii") == made.read_text("ascii")
    (tmp_path / "other").mkdir()
    other = Instance(tmp_path / "other").data_keys().read_text(encoding="ascii")
    assert keys.parse("DATA_KEYS", other) != ring


def test_missing_secrets_beside_data_are_not_made_up(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    with pytest.raises(InstanceError, match="backup"):
        Instance(tmp_path).secrets()


def test_unreadable_secrets_are_explained(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("{half")
    with pytest.raises(InstanceError, match="cannot be read"):
        Instance(tmp_path).secrets()


def test_a_second_instance_is_told_about_the_first(tmp_path: Path) -> None:
    first = Instance(tmp_path)
    first.lock()
    first.announce(Running(os.getpid(), "/x.sock", "http://127.0.0.1:8000", {}))
    second = "from pathlib import Path; from deploy.local.instance import Instance; import sys; "
    second += "Instance(Path(sys.argv[1])).lock()"
    other = subprocess.run(
        [sys.executable, "-c", second, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert "already running from this folder at http://127.0.0.1:8000" in other.stderr
    first.close()
    Instance(tmp_path).lock()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(InstanceError, match="var"):
        Instance(tmp_path / "var").lock()


def test_other_commands_find_the_running_instance(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    assert environment_of(instance, {"LOG_LEVEL": "INFO"}) == {"LOG_LEVEL": "INFO"}
    inside = {"DATABASE_URL": "postgresql://inside/db", "SECRET_KEY": "k"}
    practice = {"ACKNOWLEDGE_WORKING_DAYS": "9", "DIGEST_AT": "off"}
    instance.announce(
        Running(os.getpid(), "/x.sock", "http://127.0.0.1:8000", practice, secrets=inside)
    )
    assert environment_of(instance, {}) == inside | practice
    # What is said for one command is for it alone; an empty variable says nothing.
    once = environment_of(instance, {"ACKNOWLEDGE_WORKING_DAYS": "3", "DIGEST_AT": ""})
    assert (once["ACKNOWLEDGE_WORKING_DAYS"], once["DIGEST_AT"]) == ("3", "off")
    assert "inside" not in (tmp_path / "running.json").read_text()
    for name in ("running.json", "running-keys"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    # Whoever names a database means that one, and none of this instance's keys.
    outside = {"DATABASE_URL": "postgresql://outside/db"}
    assert environment_of(instance, outside) == outside


def test_an_instance_that_was_killed_is_not_running(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    instance = Instance(tmp_path)
    instance.announce(Running(gone.pid, "/x.sock", "http://127.0.0.1:8000", {}))
    assert instance.running() is None


def test_a_deep_checkout_gets_short_socket_names(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 20) / "var"
    deep.mkdir(parents=True)
    sockets = Instance(deep).sockets()
    assert len(os.fsencode(sockets)) < 50
    assert Instance(deep).sockets() == sockets, "the same for every process of this folder"
    assert sockets.stat().st_uid == os.geteuid()
    sockets.rmdir()
    near = tmp_path / "var"
    near.mkdir()
    if len(os.fsencode(near)) < 60:
        assert Instance(near).sockets() == near / "run"
