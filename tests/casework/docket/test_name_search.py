"""Officers find an enterprise by whatever they type: any writing of its name, a former name, a
receipt or a code with or without hyphens."""

from __future__ import annotations

from typing import Any

import pytest

from casework.acts import identity_check, supplement
from casework.docket import name_search
from casework.views import cases
from casework.views.case_filter import Wanted
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant_body, uscc
from tests.support.office import OFFICER, Office
from tests.support.packaged import load_application
from tests.support.plans import every_node
from tests.support.watching import watched

ROWS = {"Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck"}
NAME = "示例（北京） ABC茶馆·分店"


def _found(office: Office, q: str) -> list[str]:
    page = cases.list_cases(office.db, office.settings, OFFICER, Wanted(q=q))
    return [each.receipt for each in page.items]


def _named(name: str, **changes: str) -> dict[str, Any]:
    body = tenant_body(**changes)
    body["enterprise"]["name"] = name
    return body


@pytest.mark.parametrize(
    "typed",
    [
        NAME,
        "示例(北京)",
        "示例北京",
        "abc茶馆",
        "ＡＢＣ 茶馆",
        "茶馆.分店",
        "北京）\u200bABC",
        "店",
        "示",
        "ABC",
    ],
)
def test_a_name_is_found_in_any_usual_writing(office: Office, typed: str) -> None:
    wanted = office.submit(_named(NAME)).receipt
    office.submit(_named("样品书局"))
    office.assess_all()
    assert _found(office, typed) == [wanted]


@pytest.mark.parametrize("typed", ["示例茶馆", "茶示", "%", "_", "（）"])
def test_what_no_name_holds_finds_nothing(office: Office, typed: str) -> None:
    office.submit(_named(NAME))
    office.assess_all()
    assert _found(office, typed) == []


def test_a_decomposed_name_is_the_composed_one(office: Office) -> None:
    wanted = office.submit(_named("Cafe\u0301 示例")).receipt
    office.assess_all()
    assert _found(office, "Caf\u00e9") == _found(office, "cafe\u0301") == [wanted]


def test_a_receipt_and_a_code_are_found_however_they_are_written(office: Office) -> None:
    code = uscc(9)
    accepted = office.submit(_named(NAME, uscc=code))
    office.submit(_named("样品书局"))
    office.assess_all()
    receipt = accepted.receipt
    for typed in (
        receipt,
        receipt.replace("-", ""),
        receipt.lower().replace("-", " "),
        "".join(chr(ord(sign) + 0xFEE0) for sign in receipt),
        code,
        f"{code[:8]}-{code[8:17]}-{code[17]}".lower(),
    ):
        assert _found(office, typed) == [receipt], typed
    assert office.case(receipt)["receipt"] == receipt


def test_a_former_name_is_found(office: Office) -> None:
    accepted = office.submit(_named("示例旧名餐馆"))
    office.assess_all()
    supplement.request(
        office.db,
        office.settings,
        OFFICER,
        accepted.receipt,
        office.seen(accepted.receipt),
        fields=("/enterprise/name",),
        reason="名称与营业执照不符",
        due_on=office.in_days(7),
    )
    supplement.answer(
        office.db,
        office.settings,
        accepted.receipt,
        accepted.access_code,
        {"/enterprise/name": "示例新名餐馆"},
    )
    office.assess_all()
    assert _found(office, "旧名") == _found(office, "新名") == [accepted.receipt]


def test_a_name_filed_by_a_stranger_finds_what_they_filed_and_no_case_of_the_code(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = uscc(77)
    own = office.submit(_named("示例茶馆", uscc=code)).receipt
    lure = load_application(_named("示例冒名商行", uscc=code))
    accepted = filing.accept(office.db, office.settings, lure, identity=filing.OPEN_FORM)
    office.assess_all()
    for most in (name_search.MOST, 0):
        monkeypatch.setattr(name_search, "MOST", most)
        assert _found(office, "冒名") == [accepted.receipt]
        assert _found(office, "茶馆")[-1] == own
    identity_check.check(
        office.db,
        office.settings,
        OFFICER,
        accepted.receipt,
        office.seen(accepted.receipt),
        note="已核对营业执照原件",
        contact=False,
    )
    office.assess_all()
    assert set(_found(office, "冒名")) == {own, accepted.receipt}


def test_somebody_without_a_code_is_found_by_name(office: Office) -> None:
    body = _named("阿依古丽·示例")
    body["enterprise"]["kind"] = "natural_person"
    del body["enterprise"]["uscc"]
    wanted = office.submit(body).receipt
    office.assess_all()
    assert _found(office, "阿依古丽示例") == [wanted]


def test_a_common_word_finds_the_newest(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    receipts = [office.submit(_named(f"示例茶馆{number}")).receipt for number in range(3)]
    office.assess_all()
    monkeypatch.setattr(name_search, "MOST", 1)
    assert _found(office, "茶馆") == receipts[::-1]


@pytest.mark.usefixtures("database")
def test_the_index_answers_among_very_many_names(owner: Database, settings: Settings) -> None:
    """Whatever their number, a handful of rows is looked at."""
    with owner.transaction() as conn:
        conn.exec_driver_sql(
            "INSERT INTO known_name (party, form, pairs)"
            " SELECT 'P' || i, form, array_to_tsvector(ARRAY(SELECT substr(form, k, 2)"
            "   FROM generate_series(1, length(form)) AS k))"
            " FROM generate_series(1, 60000) AS i,"
            "  LATERAL (SELECT '示例' || i || '商行' AS form) AS f"
        )
        # As autovacuum does after so many rows.
        conn.exec_driver_sql("SELECT gin_clean_pending_list('ix_known_name_pairs')")
        conn.exec_driver_sql("ANALYZE known_name")
        with watched(owner) as seen:
            sought = name_search.seek(conn, settings, "59317商")
        assert "P59317" in sought.parties
        [statement], [given] = seen.statements, seen.given
        explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
        [plan] = conn.exec_driver_sql(explained, given).scalar_one()
    nodes = list(every_node(plan["Plan"]))
    assert "ix_known_name_pairs" in {node.get("Index Name") for node in nodes}
    assert "Seq Scan" not in {node["Node Type"] for node in nodes}
    looked_at = [rows for node in nodes for name, rows in node.items() if name in ROWS]
    assert looked_at
    assert sum(looked_at) < 100
