"""The account of a demonstration: made at the first start, its password kept beside the data."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Final, NamedTuple

from casework.database import open_database
from casework.notices import editions
from casework.people import accounts, login
from casework.people.sessions import Caller
from config.settings import Settings
from vocabulary.people import Role

LOGIN: Final = "demo"
FILE: Final = "demo-account"


class Person(NamedTuple):
    """What somebody logs in with."""

    login: str
    password: str


def prepare(settings: Settings, folder: Path) -> Person:
    """The demonstration's person: of the notice's first bureau, officer and supervisor. Made where
    the folder does not know one."""
    path = folder / FILE
    if path.exists():
        return Person(**json.loads(path.read_text(encoding="utf-8")))
    made = Person(LOGIN, secrets.token_urlsafe(15))
    bureau = next(iter(editions.edition(settings.notice_id).notice.bureaus))
    database = open_database(settings, process="demo", pool_size=1)
    try:
        if any(one.login == LOGIN for one in accounts.list_all(database)):
            code = accounts.reset(database, settings, LOGIN)
        else:
            code = accounts.add(
                database, settings, bureau=bureau, login=LOGIN, name="演示",
                roles=[Role.SUPERVISOR, Role.OFFICER],
            )  # fmt: skip
        login.set_up(
            database, settings, Caller("127.0.0.1"),
            login=LOGIN, setup_code=code, password=made.password,
        )  # fmt: skip
    finally:
        database.close()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(made._asdict(), file)
    return made
