"""Rotation: whatever lies under an old key, or in clear, moves to the newest and reads the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from casework.followup import requests
from casework.followup.requests import Asked
from casework.operations import key_check, key_rotation
from casework.personal import texts
from casework.personal.encryption import Unreadable
from config import keys
from config.keys import KeyMissing
from store.personal_columns import SEALED
from tests.support import eventful
from tests.support.keys import TEST_DATA_KEYS, TEST_RING
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import Office
from vocabulary.work import Stage

NEW = keys.new_entry("new")
BOTH = keys.parse("DATA_KEYS", f"{NEW},{TEST_DATA_KEYS}")
AFTER = keys.parse("DATA_KEYS", NEW)


@pytest.fixture(autouse=True)
def _ring() -> Iterator[None]:
    keys.hold(TEST_RING)
    yield
    keys.hold(TEST_RING)


def rotate(office: Office) -> int:
    """Start, and do all of it as the workers would."""
    started = key_rotation.start(office.db, office.settings)
    while ids := claim_ids(office.db, office.settings, Stage.ROTATE):
        done = key_rotation.run(office.db, office.settings, ids)
        assert not done.failures
    assert key_rotation.waiting(office.db) == 0
    return started


def keys_in_use(office: Office) -> set[str]:
    return {each.key for each in key_rotation.standing(office.db)}


def test_every_sealed_column_moves_to_the_newest_key_and_reads_the_same(office: Office) -> None:
    case = office.submit()
    office.assess()
    requests.open_by_applicant(
        office.db, office.settings, case.receipt, case.access_code, Asked("请帮忙联系房东")
    )
    before = scalar(office.db, "SELECT words FROM request")
    assert "房东" not in before
    assert keys_in_use(office) == {"test"}
    keys.hold(BOTH)
    assert rotate(office) >= 2
    assert keys_in_use(office) == {"new"}
    assert scalar(office.db, "SELECT words FROM request") != before
    keys.hold(AFTER)
    shown = office.case(case.receipt)
    assert shown["requests"][0]["words"] == "请帮忙联系房东"
    assert rotate(office) == 0, "running twice changes nothing"


def test_no_encrypted_text_is_passed_over_whatever_its_row_is_for(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    eventful.who_files(office)
    addresses = "SELECT address FROM delivery WHERE recipient_kind = 'enterprise'"
    assert [each for each in column(office.db, addresses) if each and each.startswith(texts.SIGN)]
    keys.hold(BOTH)
    rotate(office)
    everywhere = tuple(each._replace(where="true") for each in SEALED)
    monkeypatch.setattr(key_rotation, "SEALED", everywhere)
    assert "test" not in keys_in_use(office)


def test_a_key_that_things_are_rotated_to_is_known_from_then_on(office: Office) -> None:
    key_rotation.start(office.db, replace(office.settings, data_keys=BOTH))
    with pytest.raises(KeyMissing, match=r"^DATA_KEYS has no key 'new'"):
        key_check.require(office.db, office.settings)


def test_what_lies_in_clear_is_encrypted_and_leaves_its_column(office: Office) -> None:
    case = office.submit()
    office.assess()
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE application SET personal = NULL, enterprise = enterprise ||"
            ' \'{"contact": {"name": "测试甲", "phone": "13800000000"}}\','
            ' facts = facts || \'{"bank_account": "0200-0000"}\''
        )
    assert "clear" in keys_in_use(office)
    rotate(office)
    assert keys_in_use(office) == {"test"}
    [stored] = column(office.db, "SELECT enterprise::text || facts::text FROM application")
    assert "13800000000" not in stored
    assert "0200-0000" not in stored
    shown = office.case(case.receipt)
    assert shown["application"]["enterprise"]["contact"]["phone"] == "13800000000"


def test_a_value_copied_to_another_row_is_refused(office: Office) -> None:
    first, second = office.submit(), office.submit()
    office.assess_all()
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE application AS a SET personal = b.personal FROM application AS b"
            " WHERE a.receipt = %(a)s AND b.receipt = %(b)s",
            {"a": first.receipt, "b": second.receipt},
        )
    with pytest.raises(Unreadable):
        office.case(first.receipt)


def test_a_lost_key_or_another_one_under_its_id_is_refused(office: Office) -> None:
    with_both = replace(office.settings, data_keys=BOTH)
    key_check.require(office.db, with_both)
    key_check.require(office.db, with_both)
    assert {(each.ring, each.id) for each in key_check.known(office.db, with_both)} == {
        ("DATA_KEYS", "new"),
        ("DATA_KEYS", "test"),
        ("SECRET_KEY", "0"),
    }
    with pytest.raises(KeyMissing, match=r"^DATA_KEYS has no key 'test'"):
        key_check.require(office.db, replace(with_both, data_keys=AFTER))
    other = keys.parse("DATA_KEYS", f"{keys.new_entry('new')},{TEST_DATA_KEYS}")
    with pytest.raises(KeyMissing, match=r"^DATA_KEYS has another key 'new'"):
        key_check.require(office.db, replace(with_both, data_keys=other))
    with pytest.raises(KeyMissing, match=r"^SECRET_KEY has another key '0'"):
        key_check.require(office.db, replace(with_both, secret_key="another-" + "1" * 32))
    assert key_check.forget(office.db, "DATA_KEYS", "test")
    key_check.require(office.db, replace(with_both, data_keys=AFTER))


def test_every_sealed_column_is_one_of_the_schema(office: Office) -> None:
    with office.db.statement() as conn:
        for each in SEALED:
            found = f"SELECT {each.row}, {each.stored} FROM {each.table} AS t WHERE {each.where}"  # noqa: S608
            assert conn.exec_driver_sql(found).all() == []
