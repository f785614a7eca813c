"""SECRET_KEY is changed while everything lives: old hashes verify, new ones are the new key's."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from casework.delivery import webhooks
from casework.delivery.channels.webhook import secret_of
from casework.docket import desk
from casework.errors import ApplicationNotFound
from casework.intake import drafts
from casework.operations import key_check, key_rotation, sealing
from casework.people import access, login, own_account, sessions, tokens
from casework.people.access import TokenRefused
from casework.people.sessions import Caller, SessionOver
from casework.personal import credentials, phone_ends
from casework.views import cases
from casework.views.case_filter import Wanted
from config import keys
from tests.support import filing
from tests.support.applications import tenant, tenant_body, uscc
from tests.support.keys import TEST_DATA_KEYS, TEST_RING, TEST_SECRET_KEY
from tests.support.ledgers import claim_ids, scalar
from tests.support.office import OFFICER, Office
from tests.support.people import PASSWORD, Totp, hire
from vocabulary.identity import IdentityLevel
from vocabulary.people import Role
from vocabulary.work import Stage

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
    assert key_check.under_secret(after.db, after.settings) == [
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


def test_both_rings_are_turned_and_every_search_of_the_desk_finds_what_it_found(
    office: Office,
) -> None:
    """Under both keys while both are there, and after the rotation under the new ones alone; a case
    whose words are of a release before, without the id of a key, as well."""
    keys.hold(TEST_RING)
    wanted = office.submit(_asking("示例面馆", uscc(1), "13800001234", "zhang.san@example.org"))
    other = office.submit(_asking("样品书局", uscc(2), "13800005678", "li.si@example.org"))
    office.assess_all()
    last_id = scalar(office.db, "SELECT max(id) FROM application")
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE known_name SET form = former[1], pairs = array_to_tsvector(former)"
            " FROM (SELECT %(former)s::text[] AS former) AS f WHERE party = %(party)s"
            " AND form LIKE '#%%'",
            {
                "party": f"#{last_id}",
                "former": [
                    phone_ends.former(TEST_SECRET_KEY, end)[0] for end in ("13800005678", "5678")
                ],
            },
        )
    searches: dict[str, tuple[str, ...]] = {
        wanted.receipt: ("示例面馆", "面馆", uscc(1), wanted.receipt, "1234", "13800001234"),
        other.receipt: ("样品书局", "书局", uscc(2), other.receipt, "5678", "13800005678"),
    }

    def found(office: Office) -> None:
        for receipt, typed in searches.items():
            for each in typed:
                page = cases.list_cases(office.db, office.settings, OFFICER, Wanted(q=each))
                assert [one.receipt for one in page.items] == [receipt], each

    def under(office: Office) -> dict[str, int]:
        told = key_check.under_secret(office.db, office.settings)
        return {key: count for kind, key, count in told if kind == "known_name.pairs"}

    found(office)
    assert under(office) == {"0": 1, "unknown": 1}
    data = keys.parse("DATA_KEYS", f"{keys.new_entry('later')},{TEST_DATA_KEYS}")
    turned = replace(office.settings, secret_key=BOTH, data_keys=data)
    after = Office(office.db, turned)
    keys.hold(data)
    found(after)
    late = after.submit(_asking("范例茶馆", uscc(3), "13800009012", "wang.wu@example.org"))
    after.assess_all()
    searches[late.receipt] = ("范例茶馆", uscc(3), "9012")
    found(after)
    assert under(after) == {"0": 1, "unknown": 1, "new": 1}
    key_rotation.start(after.db, after.settings)
    while ids := claim_ids(after.db, after.settings, Stage.ROTATE):
        assert not key_rotation.run(after.db, after.settings, ids).failures
    assert under(after) == {"new": 3}
    assert key_rotation.start(after.db, after.settings) == 0, "nothing is left to do"
    last = Office(
        office.db,
        replace(turned, secret_key=NEW, data_keys=keys.Ring("DATA_KEYS", data.keys[:1])),
    )
    keys.hold(keys.Ring("DATA_KEYS", data.keys[:1]))
    found(last)
    keys.hold(TEST_RING)


def _asking(name: str, code: str, phone: str, email: str) -> dict[str, Any]:
    body = tenant_body(uscc=code, email=email)
    body["enterprise"]["name"] = name
    body["enterprise"]["contact"]["phone"] = phone
    return body


def test_whatever_else_hangs_on_the_old_key_is_told(office: Office) -> None:
    """Before it is taken out: what is made under the oldest key, drafts, and the trail's seals."""
    filing.accept(office.db, office.settings, tenant(), idempotency_key=KEY)
    assert sealing.run(office.db, office.settings) > 0
    drafts.start(office.db, office.settings, "m01_tenant")
    webhooks.add(office.db, office.settings, bureau="sasac", url="https://example.org/hook")
    after = Office(office.db, replace(office.settings, secret_key=BOTH))
    filing.accept(after.db, after.settings, tenant(uscc=uscc(2)))
    assert sealing.run(after.db, after.settings) > 0
    told = {(kind, key) for kind, key, _ in key_check.under_secret(after.db, after.settings)}
    assert told >= {
        ("draft.secret_hash", "0"),
        ("webhook_secret.salt", "0"),
        ("idempotency.key_hash", "0"),
        ("event_seal.digest", "0"),
        ("event_seal.digest", "new"),
    }


def test_whoever_is_logged_in_stays_so_and_codes_of_before_work(office: Office) -> None:
    here = Caller("192.0.2.7")
    waiting = hire(office, "test.yi")
    begun = login.set_up(
        office.db, office.settings, here,
        login="test.jia", setup_code=hire(office, "test.jia"), password=PASSWORD,
    )  # fmt: skip
    session = sessions.authenticate(office.db, office.settings, begun.secret)
    secret = own_account.begin_second_factor(
        office.db, office.settings, session, password=None
    ).secret
    done = own_account.confirm_second_factor(
        office.db, office.settings, session, here, code=Totp(secret).code()
    )
    after = Office(office.db, replace(office.settings, secret_key=BOTH))
    kept = sessions.authenticate(after.db, after.settings, done.begun.secret)
    kept.check_csrf(done.begun.csrf)  # of a page that was opened before
    assert kept.csrf != done.begun.csrf
    again = login.log_in(
        after.db, after.settings, here,
        login="test.jia", password=PASSWORD, code=done.recovery_codes[0],
    )  # fmt: skip
    login.set_up(
        after.db, after.settings, here, login="test.yi", setup_code=waiting, password=PASSWORD
    )
    hire(after, "test.bing")
    under = key_check.under_secret(after.db, after.settings)
    assert {(kind, key) for kind, key, _ in under if kind.startswith(("account", "recovery"))} == {
        ("account.setup_hash", "new"),
        ("account_session.secret_hash", "0"),
        ("account_session.secret_hash", "new"),
        ("account_session.device_hash", "0"),
        ("account_session.device_hash", "new"),
        ("recovery_code.code_hash", "0"),
    }
    last = Office(office.db, replace(office.settings, secret_key=NEW))
    sessions.authenticate(last.db, last.settings, again.secret).check_csrf(again.csrf)
    with pytest.raises(SessionOver):
        sessions.authenticate(last.db, last.settings, done.begun.secret)


def test_keys_of_purposes_differ() -> None:
    made = {
        credentials.token_hash(NEW, "x"),
        credentials.access_hash(NEW, "x"),
        credentials.download_hash(NEW, "x"),
        credentials.keyed(NEW, b"token", b"x"),
    }
    assert len(made) == 4
