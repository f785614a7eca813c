"""Rotation: whatever lies under an old key, or in clear, moves to the newest and reads the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from casework.followup import request_list, requests, visit_list
from casework.followup.requests import Asked
from casework.operations import key_check, key_rotation
from casework.people.access import Principal
from casework.personal import index_key, notes, texts
from casework.personal.encryption import Unreadable
from casework.views import cases
from config import keys
from config.keys import KeyMissing
from rules.keys import without_number
from store.encoding import to_json
from store.personal_columns import SEALED, SIGN
from tests.support import eventful
from tests.support.applications import tenant_body, uscc
from tests.support.keys import TEST_DATA_KEYS, TEST_RING
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import OFFICER, Office
from vocabulary.people import Role
from vocabulary.work import Stage

SAMPLES = Path(__file__).parents[3] / "samples"
HUMAN_RESOURCES = Principal("human_resources", Role.OFFICER, "测试丁")
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
    assert [each for each in column(office.db, addresses) if each and each.startswith(SIGN)]
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


def in_clear(office: Office) -> int:
    """Put every sealed text back into clear, as the release before sealing would have left it."""
    laid = 0
    with office.db.transaction() as conn:
        for each in SEALED:
            if each.is_bytes or each.is_within or each.column == "personal":
                continue
            rows = conn.exec_driver_sql(
                f"SELECT t.{each.key} AS key, {each.row} AS bound, {each.stored} AS stored"  # noqa: S608
                f" FROM {each.table} AS t WHERE {each.stored} LIKE '\x1e%%'"
            ).all()
            value = "%(text)s::jsonb" if each.is_json else "%(text)s"
            for row in rows:
                conn.exec_driver_sql(
                    f"UPDATE {each.table} AS t SET {each.column} = {value}"  # noqa: S608
                    f" WHERE t.{each.key} = %(key)s AND {each.row} = %(bound)s",
                    {
                        "text": texts.unseal(row.stored, each.name, row.bound),
                        "key": row.key,
                        "bound": row.bound,
                    },
                )
            laid += len(rows)
        documents = conn.exec_driver_sql(
            "SELECT id, application_id, serial, document FROM assessment"
        ).all()
        for row in documents:
            opened = notes.opened(row.document, row.application_id, row.serial)
            conn.exec_driver_sql(
                "UPDATE assessment SET document = %(document)s::jsonb WHERE id = %(id)s",
                {"document": to_json(opened), "id": row.id},
            )
    return laid


def test_what_officers_wrote_before_is_read_as_it_is_and_then_encrypted(office: Office) -> None:
    strict = replace(office.settings, determination_approval_yuan=Decimal(10_000))
    office = replace(office, settings=strict)
    eventful.house(office)
    eventful.who_files(office)
    eventful.case_to_the_end(office)
    receipt = column(office.db, "SELECT receipt FROM application ORDER BY id DESC LIMIT 1")[0]
    before = office.case(receipt)
    said = json.dumps(before, ensure_ascii=False)
    assert said.count("13900000042") > 5
    assert [each["note"] for each in before["official_findings"]]
    assert in_clear(office) > 10
    assert {"official_finding.note", "determination.findings", "delegation.reason"} < {
        each.column for each in key_rotation.standing(office.db) if each.key == "clear"
    }
    reads = ("application", "official_findings", "casework", "assessment", "supplement")
    assert {name: office.case(receipt)[name] for name in reads} == {
        name: before[name] for name in reads
    }
    rotate(office)
    assert keys_in_use(office) == {"test"}
    assert {name: office.case(receipt)[name] for name in reads} == {
        name: before[name] for name in reads
    }
    keys.hold(BOTH)
    rotate(office)
    assert keys_in_use(office) == {"new"}
    keys.hold(AFTER)
    assert office.case(receipt)["casework"] == before["casework"]


def test_a_person_who_was_counted_under_the_own_number_is_found_under_the_pseudonym(
    office: Office,
) -> None:
    body = json.loads((SAMPLES / "23-m13-training.json").read_text(encoding="utf-8"))["application"]
    number = body["facts"]["trainees"][0]["trainee_no"]
    office.submit(body)
    [stored] = column(office.db, "SELECT document::text FROM assessment")
    keys_before = column(office.db, "SELECT key FROM benefit_claim ORDER BY key")
    assert number not in stored + "".join(keys_before)
    made = index_key_of(office)
    # As the release before had it.
    with office.db.transaction() as conn:
        for each in body["facts"]["trainees"]:
            old = f"training:{body['enterprise']['uscc']}:{each['trainee_no']}"
            conn.exec_driver_sql(
                "UPDATE benefit_claim SET key = %(old)s WHERE key = %(new)s",
                {"old": old, "new": without_number(old, made)},
            )
            conn.exec_driver_sql(
                "UPDATE assessment SET document = replace(replace(document::text, %(new)s,"
                " %(old)s), '第1名 ', %(label)s)::jsonb",
                {
                    "new": without_number(old, made),
                    "old": old,
                    "label": f"{number} ",
                },
            )
        conn.exec_driver_sql("DELETE FROM index_key")
    second = office.submit(body)
    assert office.case(second.receipt, HUMAN_RESOURCES)["overlaps"] == []
    rotate(office)
    [shown] = office.case(second.receipt, HUMAN_RESOURCES)["overlaps"]
    assert shown["meets"] == "same"
    assert number not in "".join(
        column(office.db, "SELECT document::text FROM assessment")
        + column(office.db, "SELECT key FROM benefit_claim")
    )
    assert keys_in_use(office) == {"test"}
    with office.db.statement() as conn:
        concerned = "SELECT DISTINCT cardinality(concerned) FROM benefit_claim"
        assert conn.exec_driver_sql(concerned).scalars().all() == [2]


def index_key_of(office: Office) -> bytes:
    with office.db.transaction() as conn:
        return index_key.read(conn)


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


def test_texts_that_were_swapped_are_named_and_take_no_list_away(
    office: Office, capfd: pytest.CaptureFixture[str]
) -> None:
    first, second = office.submit(), office.submit(tenant_body(uscc=uscc(7)))
    asked = [
        requests.open_by_applicant(
            office.db, office.settings, one.receipt, one.access_code, Asked(words)
        )
        for one, words in ((first, "希望减租"), (second, "希望贷款"))
    ]
    with office.db.transaction() as conn:
        for table, field in (("request", "words"), ("application", "personal")):
            conn.exec_driver_sql(
                f"UPDATE {table} AS a SET {field} = b.{field} FROM {table} AS b"  # noqa: S608
                " WHERE a.id = (SELECT min(id) FROM {0}) AND b.id = (SELECT max(id) FROM {0})"
                "".format(table)
            )
    listed = request_list.list_requests(office.db, OFFICER).items
    assert {one.words for one in listed} == {"希望贷款", texts.UNREADABLE}
    seen = visit_list.list_visits(office.db, OFFICER, visit_list.Wanted()).items
    names = {each.name for one in seen for each in one.contacts}
    assert texts.UNREADABLE in names
    assert len(names) == 2
    assert len(cases.list_cases(office.db, office.settings, OFFICER).items) == 2
    logged = "".join(capfd.readouterr())
    assert f"request.words of row {min(asked)} was not encrypted for this row" in logged
    assert f"application.personal of row {first.receipt.split('-')[1].lstrip('0')}" in logged
    with pytest.raises(Unreadable, match=r"application\.personal of row"):
        office.case(first.receipt)
    assert office.case(second.receipt)["requests"][0]["words"] == "希望贷款"


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
    assert key_check.forget(office.settings, "DATA_KEYS", "test")
    key_check.require(office.db, replace(with_both, data_keys=AFTER))


def test_every_sealed_column_is_one_of_the_schema(office: Office) -> None:
    with office.db.statement() as conn:
        for each in SEALED:
            found = f"SELECT {each.row}, {each.stored} FROM {each.table} AS t WHERE {each.where}"  # noqa: S608
            assert conn.exec_driver_sql(found).all() == []
