"""No personal data where it is promised that there is none: events, webhooks, logs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from casework.acts import transfer, withdraw
from casework.delivery.channels.base import Parcel
from casework.delivery.channels.webhook import WebhookChannel
from casework.delivery.messages import Event
from casework.docket import trail
from casework.personal.encryption import decrypt
from config.settings import Settings
from store.db import Database
from tests.support import eventful
from tests.support.applications import tenant_body
from tests.support.keys import TEST_RING
from tests.support.office import HEAD, OFFICER, Office
from tests.support.said import PERSON, said
from vocabulary.event_data import KEPT
from vocabulary.events import EventType

PERSONAL = (*PERSON, "13800000000", "测试甲", "13800000001", "测试乙")
"""What people of these tests are called and called at, in forms and in what is written."""
WORD = re.compile(r"[\w./:+-]*", re.ASCII)
OFFICERS = {"proposed_by", "standing_in_for"}
"""Which officer acted is what a trail is for; no bureau's system is sent it."""


def rows(database: Database) -> list[Any]:
    with database.statement() as conn:
        return list(
            conn.exec_driver_sql(
                "SELECT id, type, actor, at, from_state, to_state, data FROM event ORDER BY id"
            ).mappings()
        )


def words(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case list():
            return [word for each in value for word in words(each)]
        case dict():
            return [word for each in value.values() for word in words(each)]
        case _:
            return []


def test_no_event_no_webhook_and_no_log_line_holds_what_people_wrote(
    database: Database, settings: Settings, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    strict = replace(settings, determination_approval_yuan=Decimal(10_000))
    eventful.live(Office(database, strict), tmp_path)
    logged = "".join(capfd.readouterr())
    assert "application.withdrawn" in logged
    channel = WebhookChannel(settings)
    for row in rows(database):
        assert row["data"].keys() <= KEPT, row["type"]
        plain = {name: each for name, each in row["data"].items() if name not in OFFICERS}
        # Ids, days, amounts and words of ours: nothing in it can be a sentence.
        assert all(WORD.fullmatch(word) for word in words(plain)), (row["type"], plain)
        parcel = Parcel(
            delivery_id=1,
            receipt="WQ200511-0000001-8",
            provision="m01_tenant",
            event=Event(**row),
            now=row["at"],
        )
        body = channel.render(parcel)
        for part in PERSONAL:
            assert part not in json.dumps(plain, ensure_ascii=False), row["type"]
            assert part not in body, row["type"]
        assert not re.search("[\u4e00-\u9fff]", body), row["type"]
    for part in PERSONAL:
        assert part not in logged
    # It is all there for those who may see it, and each text belongs to one application.
    with database.statement() as conn:
        written = conn.exec_driver_sql("SELECT id, words FROM event_text").all()
    place = {"table": "event_text", "field": "words"}
    texts = [decrypt(TEST_RING, bytes(row.words), **place, row=row.id) for row in written]
    assert len(texts) > 8
    assert all(PERSON[1] in text for text in texts)


def test_who_may_see_a_case_reads_the_reason_and_a_bureaus_system_does_not(office: Office) -> None:
    accepted = office.submit(tenant_body())
    told_why = said("属财政")
    transfer.transfer(
        office.db, office.settings, OFFICER, accepted.receipt, office.seen(accepted.receipt),
        to="finance", reason=told_why,
    )  # fmt: skip
    shown = [line["text"] for line in office.status(accepted)["timeline"]]
    assert any(told_why in line for line in shown)
    why = said("因病")
    withdraw.withdraw(
        office.db, office.settings, accepted.receipt, accepted.access_code, reason=why
    )
    head = replace(HEAD, bureau="finance")
    told = {each.type: each.data for each in trail.of_case(office.db, head, accepted.receipt).items}
    assert told[EventType.APPLICATION_WITHDRAWN]["reason"] == why
    # Purged, the event stays and its sentence says that there was something.
    with office.db.transaction() as conn:
        conn.exec_driver_sql("DELETE FROM event_text")
    shown = [line["text"] for line in office.status(accepted)["timeline"]]
    assert not any(PERSON[0] in line for line in shown)
    assert any("已按保存期限清除" in line for line in shown)
