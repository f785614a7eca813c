"""The demonstration's account: made once, and its password nobody else's to read."""

from __future__ import annotations

from pathlib import Path

from casework.people import login
from casework.people.sessions import Caller
from cli.demo import person
from tests.support.office import Office


def test_it_is_made_once_and_logs_in(office: Office, tmp_path: Path) -> None:
    made = person.prepare(office.settings, tmp_path)
    assert person.prepare(office.settings, tmp_path) == made
    assert (tmp_path / person.FILE).stat().st_mode & 0o777 == 0o600
    login.log_in(
        office.db, office.settings, Caller("127.0.0.1"),
        login=made.login, password=made.password, code=None,
    )  # fmt: skip
    (tmp_path / person.FILE).unlink()
    again = person.prepare(office.settings, tmp_path)
    assert again.password != made.password
