"""A19 of what people complain about: a name that a supplement changed stands beside the one before
wherever the applicant, an officer or a letter is told who applied."""

from __future__ import annotations

import re

from casework.acts import supplement
from casework.acts.determine import Decision
from casework.delivery.letters import letter_for
from casework.delivery.messages import Event
from casework.views import letterhead
from schemas.findings import Finding
from tests.support.applications import tenant_body, uscc
from tests.support.desk_client import DeskClient
from tests.support.ledgers import scalar
from tests.support.office import OFFICER, Office, decide
from vocabulary.deliveries import RecipientKind
from vocabulary.events import EventType
from web.app import create_app

OLD, NEW = "样例旧名面馆（虚构）", "样例新名面馆（虚构）"
BOTH = f"{NEW}（原名称：{OLD}）"
NO = Decision(
    granted=False,
    amount=None,
    reason="不在通知所说的范围内",
    findings=[Finding("1.3", result=False, note="在名单内")],
)


def test_old_and_new_name_stand_side_by_side(office: Office) -> None:
    body = tenant_body(uscc=uscc(865))
    body["enterprise"]["name"] = OLD
    filed = office.submit(body)
    # An answer that says the same again is no change.
    for name in (OLD, NEW):
        assert office.status(filed)["former_names"] == []
        supplement.request(
            office.db,
            office.settings,
            OFFICER,
            filed.receipt,
            office.seen(filed.receipt),
            fields=("/enterprise/name",),
            reason="名称与营业执照不符",
            due_on=office.in_days(7),
        )
        values = {"/enterprise/name": name}
        supplement.answer(office.db, office.settings, filed.receipt, filed.access_code, values)
        office.assess_all()
    decide(office, filed.receipt, NO)
    app = create_app(office.settings)
    portal = app.test_client()
    page = portal.get("/status").text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    sent = {"receipt": filed.receipt, "code": filed.access_code, **hidden}
    assert portal.post("/status", data=sent).status_code == 303
    for address in ("/status", "/status/notice"):
        assert BOTH in portal.get(address).text, address
    desk = DeskClient(app).enter(office, "test.jia")
    assert f"<h1>{BOTH}</h1>" in desk.get(f"/desk/cases/{filed.receipt}").text
    assert office.case(filed.receipt)["former_names"] == [OLD]
    with office.db.statement() as conn:
        head = letterhead.read(conn, scalar(office.db, "SELECT id FROM application"))
    assert head is not None
    for happened in (EventType.DETERMINATION_MADE, EventType.REVIEW_DECIDED):
        data = {"granted": False, "upheld": True, "amount": None, "bureau": "sasac"}
        event = Event(1, happened.value, OFFICER.actor, head.received_at, None, None, data)
        letter = letter_for(office.settings, head, event, RecipientKind.APPLICANT)
        assert BOTH in letter.text, happened
        assert BOTH not in letter.subject
