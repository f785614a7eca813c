"""The list of cases in every order and by every filter, and that an index answers each."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from casework.acts import acknowledge, assign
from casework.acts.determine import Decision
from casework.people.colleagues import NoSuchColleague
from casework.reporting import export_files, exports
from casework.reporting.scope import Scope
from casework.views import case_filter, case_selection, cases
from casework.views.case_filter import Wanted
from casework.views.case_selection import Asked, CursorInvalid, Order
from casework.work.dispatch import Stage
from schemas.findings import Finding
from store.db import Database
from tests.support.applications import tenant_body, uscc
from tests.support.ledgers import claim_ids, column
from tests.support.office import COLLEAGUE, OFFICER, STRANGER, Office, decide
from tests.support.plans import every_node
from vocabulary.cases import CaseSort

NO = Decision(
    granted=False,
    amount=None,
    reason="租期不含三月、四月",
    findings=[Finding("1.3", result=False, note="在名单内")],
)


def listed(office: Office, wanted: Wanted = case_filter.ANY, sort: str | None = None) -> list[str]:
    """All pages, two at a time."""
    found: list[str] = []
    cursor = None
    while True:
        page = cases.list_cases(
            office.db, office.settings, OFFICER, wanted, Order.parse(sort, cursor), limit=2
        )
        found += [each.receipt for each in page.items]
        cursor = page.cursor
        if cursor is None:
            return found
        assert len(page.items) == 2


@pytest.fixture
def filed(office: Office) -> dict[str, str]:
    """Five cases: small, large, granted, refused, incomplete."""
    office.employ(OFFICER, COLLEAGUE)
    bodies: dict[str, dict[str, Any]] = {
        name: tenant_body(uscc=uscc(number), lease_no=f"第{number}号")
        for number, name in enumerate(("small", "large", "granted", "refused", "lacking"), 901)
    }
    bodies["small"]["facts"]["leases"][0]["rent"] = "1000.00"
    bodies["large"]["facts"]["leases"][0]["rent"] = "40000.00"
    del bodies["lacking"]["facts"]["leases"][0]["rent"]
    bodies["large"]["enterprise"]["contact"]["phone"] = "010-66001234"
    made = {name: office.submit(body).receipt for name, body in bodies.items()}
    decide(office, made["granted"])
    decide(office, made["refused"], NO)
    office.assess_all()
    return made


def test_every_order_page_by_page(office: Office, filed: dict[str, str]) -> None:
    by_time = list(filed.values())
    assert listed(office) == listed(office, sort="-received") == by_time[::-1]
    assert listed(office, sort="received") == by_time
    rising = listed(office, sort="amount")
    assert set(rising[:2]) == {filed["lacking"], filed["refused"]}, "what has no amount comes first"
    assert rising[2] == filed["small"]
    assert rising[-1] == filed["large"]
    assert listed(office, sort="-amount") == rising[::-1]
    states = listed(office, sort="state")
    assert set(states[:2]) == {filed["small"], filed["large"]}
    assert listed(office, sort="-state") == states[::-1]
    # By promised day: only what still needs an act.
    due = listed(office, sort="due")
    assert set(due) == {filed["small"], filed["large"], filed["lacking"]}
    assert listed(office, sort="-due") == due[::-1]
    for wrong in ("x", "2020-01-01~", "~0~1", "nope~1"):
        for sort in ("due", "amount"):
            with pytest.raises(CursorInvalid):
                cases.list_cases(
                    office.db, office.settings, OFFICER, order=Order.parse(sort, wrong)
                )


def test_filters_and_totals(office: Office, filed: dict[str, str]) -> None:
    def names(**wanted: Any) -> set[str]:
        found = set(listed(office, Wanted(**wanted)))
        return {name for name, receipt in filed.items() if receipt in found}

    assert names(granted=True) == {"granted"}
    assert names(granted=False) == {"refused"}
    assert names(amount_from=Decimal(70_000)) == {"large"}
    assert names(amount_from=Decimal(1), amount_to=Decimal(2_000)) == {"small"}
    for typed in ("1234", "66001234", "6600 1234", "６６００１２３４"):
        assert names(q=typed) == {"large"}, typed
    assert names(q="234") == set()
    assert "1234" not in str(column(office.db, "SELECT form FROM known_name"))
    nearest = {
        each.receipt: each.deadline.due_on
        for each in cases.list_cases(office.db, office.settings, OFFICER).items
        if each.deadline
    }
    first = min(nearest.values())
    due = {name for name, receipt in filed.items() if nearest.get(receipt) == first}
    assert names(due_before=first) == due
    assert names(due_soon=True) == set()
    acknowledge.one(office.db, OFFICER, filed["small"])
    assert "small" not in names(due_before=first)
    page = cases.list_cases(office.db, office.settings, OFFICER, with_totals=True)
    assert page.totals is not None
    assert (page.totals.count, page.totals.is_more) == (5, False)
    assert page.totals.granted == Decimal("60000.00")
    assert page.totals.pending == Decimal("82000.00")


def test_granted_and_refused_are_told_apart(office: Office, filed: dict[str, str]) -> None:
    page = cases.list_cases(office.db, office.settings, OFFICER)
    rows = {each.receipt: each for each in page.items}
    assert rows[filed["granted"]].standing_text == "已准予"
    assert rows[filed["refused"]].standing_text == "未准予"
    waits = rows[filed["small"]]
    assert (waits.standing_text, waits.granted) == ("待认定", None)
    assert waits.provision_title
    assert waits.contact is not None
    assert waits.contact.phone
    assert [each.text for each in waits.deadlines] == ["签收", "作出认定"]


def test_what_meets_another_is_marked(office: Office) -> None:
    body = tenant_body(uscc=uscc(950), lease_no="同一合同")
    pair = {office.submit(body).receipt, office.submit(body).receipt}
    alone = office.submit(uscc=uscc(951), lease_no="另一合同").receipt
    office.assess_all()
    page = cases.list_cases(office.db, office.settings, OFFICER)
    assert {each.receipt for each in page.items if each.duplicate} == pair
    assert set(listed(office, Wanted(duplicate=True))) == pair
    assert alone in listed(office)


def test_a_case_is_given_to_a_colleague(office: Office, filed: dict[str, str]) -> None:
    some = [filed["small"], filed["large"]]
    before = office.case(filed["small"])["promises"]
    given = assign.many(office.db, office.settings, OFFICER, [*some, "WQ-1"], COLLEAGUE.label)
    assert [each.done for each in given.results] == [True, True, False]
    assert set(listed(office, Wanted(assignee=COLLEAGUE.label))) == set(some)
    assert set(listed(office, Wanted(assignee=case_filter.NOBODY))) == set(filed.values()) - {*some}
    assert listed(office, Wanted(assignee=case_filter.ME)) == []
    assert office.case(filed["small"])["promises"] == before, "days stay as they are"
    version = office.case(filed["small"])["version"]
    assign.one(office.db, office.settings, OFFICER, filed["small"], to=COLLEAGUE.label)
    assert office.case(filed["small"])["version"] == version, "a second time changes nothing"
    assign.one(office.db, office.settings, OFFICER, filed["small"])
    assert listed(office, Wanted(assignee=COLLEAGUE.label)) == [filed["large"]]
    kinds = column(office.db, "SELECT type FROM event WHERE type ~ 'case.*ssigned' ORDER BY id")
    assert kinds == ["case.assigned"] * 2 + ["case.unassigned"]
    for nobody in ("没有这个人", STRANGER.label):
        with pytest.raises(NoSuchColleague):
            assign.many(office.db, office.settings, OFFICER, some, nobody)


def test_an_export_holds_the_rows_of_the_list(office: Office, filed: dict[str, str]) -> None:
    made = []
    columns = ("amount", "due")
    for wanted, sort in ((Wanted(q="1234"), "-amount"), (case_filter.ANY, "amount")):
        order = Order.parse(sort)
        found = cases.matching(office.db, office.settings, OFFICER, wanted, order, 100)
        scope = Scope(bureau="sasac")
        made.append(
            exports.request(office.db, office.settings, OFFICER, scope, "csv", found, columns)
        )
    export_files.run(
        office.db, office.settings, claim_ids(office.db, office.settings, Stage.EXPORT)
    )
    secret = made[1].download_url.rpartition("/")[2]
    file = exports.open_download(office.db, office.settings, secret)
    assert (made[1].count, file.filename.endswith("-5rows.csv")) == (5, True), (
        "how many rows it has"
    )
    text = b"".join(file.pieces).decode("utf-8-sig")
    # Whatever they were chosen in, columns stand in one order.
    head = "受理编号,申报单位,统一社会信用代码,计算金额（元）,认定金额（元）,准予金额（元）"
    assert text.splitlines()[0] == f"{head},最近的期限,期限事项"
    rows = [line.split(",")[0].strip('"=') for line in text.splitlines()[1:]]
    assert rows == listed(office, sort="amount")
    assert "1234" not in str(column(office.db, "SELECT filters FROM export"))
    first = column(office.db, "SELECT rows FROM export ORDER BY id")
    assert first == [1, 5]
    assert filed


SORTS = [Order(sort, down) for sort in case_filter.KEYS for down in (True, False)]
ASKED = [
    Wanted(),
    Wanted(state=("determined",)),
    Wanted(assignee=case_filter.ME),
    Wanted(leading=True, amount_from=Decimal(5)),
]


def test_no_order_and_no_filter_reads_all_that_is_stored(
    office: Office, owner: Database, intruder: Database
) -> None:
    """Among forty thousand cases; what was decided long ago costs a page nothing."""
    office.submit()
    with intruder.transaction() as conn:
        conn.exec_driver_sql(_MANY, {})
    with owner.transaction() as conn:
        for table in ("application", "visit", "callback", "request"):
            conn.exec_driver_sql(f"ANALYZE {table}")
        for wanted in ASKED:
            for order in SORTS:
                for cursor in (None, _CURSORS[order.sort]):
                    asked = Asked(conn, office.settings, OFFICER, wanted)
                    sql, values = case_selection.statement(asked, order._replace(cursor=cursor))
                    nodes = list(_plan(conn, sql, {**values, "limit": 51}))
                    assert "Seq Scan" not in {node["Node Type"] for node in nodes}, (order, nodes)
        sql, values = case_selection.open_statement(Asked(conn, office.settings, OFFICER, Wanted()))
        nodes = list(_plan(conn, sql, {**values, "limit": 200}))
        read = [node for node in nodes if node.get("Relation Name") == "application"]
        assert "Seq Scan" not in {node["Node Type"] for node in read}


_CURSORS = {CaseSort.RECEIVED: "~500", CaseSort.AMOUNT: "100.00~500", CaseSort.STATE: "decided~500"}
_MANY = """
INSERT INTO application (receipt, notice_id, provision, name, enterprise, facts, state, outcome,
    amount, lead_bureau, copied_bureaus, access_hash, source, received_at, determined_amount)
SELECT 'WQ200101-' || lpad(i::text, 7, '0') || '-0', 'xicheng-2020-6', 'm01_tenant', '测试', '{}',
    '{}', 'determined', 'eligible', i, CASE WHEN i %% 3 = 0 THEN 'sasac' ELSE 'finance' END,
    CASE WHEN i %% 50 = 0 THEN ARRAY['sasac'] ELSE ARRAY[]::text[] END, '\\x00', 'form', now(), i
FROM generate_series(10, 40000) AS i
"""


def _plan(conn: Any, sql: str, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    [plan] = conn.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", values).scalar_one()
    yield from every_node(plan["Plan"])


def test_who_counts_is_bounded(
    office: Office, filed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_selection, "MOST_COUNTED", 3)
    with office.db.transaction() as conn:
        told = case_selection.totals(Asked(conn, office.settings, OFFICER, case_filter.ANY))
    assert (told.count, told.is_more) == (3, True)
    assert filed
