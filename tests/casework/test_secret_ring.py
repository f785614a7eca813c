"""SECRET_KEY is changed while everything lives: old hashes verify, new ones are the new key's."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from casework import credentials
from casework.delivery.channels.webhook import secret_of
from casework.docket import desk
from casework.errors import ApplicationNotFound
from casework.operations import key_check
from casework.people import access, tokens
from casework.people.access import TokenRefused
from config import keys
from tests.support import filing
from tests.support.applications import tenant
from tests.support.keys import TEST_SECRET_KEY
from tests.support.ledgers import scalar
from tests.support.office import Office
from vocabulary.identity import IdentityLevel
from vocabulary.people import Role

OLD = f"0:{base64.b64encode(TEST_SECRET_KEY.encode()).decode()}"
NEW = keys.new_entry("new")
BOTH = f"{NEW},{OLD}"
KEY = "5d0c6a1e-8b1f-4c3a-9d52-0f6a7b1c2d3e"


def intake_token(office: Office, label: str) -> str:
    return tokens.create(
        office.db,
        office.settings,
        bureau="sasac",
        role=Role.INTAKE,
        label=label,
        vouches=IdentityLevel.ASSURED,
    )


def test_nothing_breaks_on_the_day_the_key_is_changed(office: Office) -> None:
    before = Office(office.db, office.settings)
    token = intake_token(before, "甲渠道")
    submission = tenant()
    filed = filing.accept(before.db, before.settings, submission, idempotency_key=KEY)
    after = Office(office.db, replace(office.settings, secret_key=BOTH))
    assert access.authenticate(after.db, after.settings, token).label == "甲渠道"
    with after.db.statement() as conn:
        desk.require_code(conn, after.settings, filed.receipt, filed.access_code)
        with pytest.raises(ApplicationNotFound):
            desk.require_code(conn, after.settings, filed.receipt, "00000-00000-00000-00000")
    again = filing.accept(after.db, after.settings, submission, idempotency_key=KEY)
    assert (again.receipt, again.access_code, again.replayed) == (
        filed.receipt,
        filed.access_code,
        True,
    )
    salt = b"salt"
    assert secret_of(BOTH, salt) == secret_of(TEST_SECRET_KEY, salt)


def test_what_is_new_hangs_on_the_new_key_alone(office: Office) -> None:
    filing.accept(office.db, office.settings, tenant())
    after = Office(office.db, replace(office.settings, secret_key=BOTH))
    token = intake_token(after, "乙渠道")
    filing.accept(after.db, after.settings, tenant())
    assert key_check.under_secret(office.db) == [
        ("application.access_hash", "0", 1),
        ("application.access_hash", "new", 1),
        ("api_token.token_hash", "new", 1),
    ]
    last = Office(office.db, replace(office.settings, secret_key=NEW))
    assert access.authenticate(last.db, last.settings, token).label == "乙渠道"
    with pytest.raises(TokenRefused):
        access.authenticate(office.db, office.settings, token)
    stored = bytes(scalar(office.db, "SELECT token_hash FROM api_token"))
    assert stored == credentials.token_hash(NEW, token)


def test_keys_of_purposes_differ() -> None:
    made = {
        credentials.token_hash(NEW, "x"),
        credentials.access_hash(NEW, "x"),
        credentials.download_hash(NEW, "x"),
        credentials.keyed(NEW, b"token", b"x"),
    }
    assert len(made) == 4
