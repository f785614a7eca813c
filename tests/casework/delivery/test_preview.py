"""Every message of every event over every channel can be looked at before it is sent."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from casework.decision import assess
from casework.delivery import preview
from casework.delivery.letters import LETTERS
from casework.errors import ApplicationNotFound
from casework.views.sample_letterhead import RECEIPT
from casework.work.dispatch import Stage
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant, tenant_body
from tests.support.ledgers import claim_ids, scalar
from vocabulary.deliveries import Channel, RecipientKind
from vocabulary.events import EventType


@pytest.mark.parametrize("event", [kind for kind in EventType if kind.is_on_timeline])
@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("kind", [RecipientKind.BUREAU, RecipientKind.APPLICANT])
def test_every_event_makes_a_message_for_both_sides(
    settings: Settings, event: str, channel: Channel, kind: RecipientKind
) -> None:
    text = preview.of_sample(settings, event, channel, tenant_body(), kind)
    if channel is Channel.WEBHOOK:
        assert f'"type":"wenqi.{event}"' in text
    else:
        assert RECEIPT in text
        assert "None" not in text
        assert "〔" not in text  # an event with a value that the sample has none for
        assert not re.search(r"\d{4}-\d\d-\d\d", text)  # days as people write them


def test_every_letter_is_about_an_event_of_the_timeline() -> None:
    assert {event for event, _ in LETTERS} <= {kind for kind in EventType if kind.is_on_timeline}


def test_the_two_sides_are_told_in_their_own_words(settings: Settings) -> None:
    body = tenant_body()
    bureau = preview.of_sample(settings, "visit.reminded", Channel.SMS, body)
    enterprise = preview.of_sample(
        settings, "visit.reminded", Channel.SMS, body, RecipientKind.APPLICANT
    )
    assert "请于" in bureau
    assert "走访测试餐饮有限公司" in bureau
    assert enterprise.startswith("【稳企】您的申请")


def test_a_real_application_shows_its_own_latest_event(
    database: Database, settings: Settings
) -> None:
    accepted = filing.accept(database, settings, tenant())
    assess.run(database, settings, claim_ids(database, settings, Stage.ASSESS))
    text = preview.of_application(
        database, settings, "application.assessed", Channel.EMAIL, accepted.receipt
    )
    assert accepted.receipt in text
    assert "60,000.00元" in text
    looks = "SELECT e.actor FROM event AS e JOIN application AS a ON a.id = e.application_id"
    looks += " WHERE e.type = 'access.message_read' AND a.receipt = %(r)s"
    assert scalar(database, looks, r=accepted.receipt).startswith("operator")

    for event, receipt in (
        ("visit.reminded", accepted.receipt),
        ("application.assessed", RECEIPT),
    ):
        with pytest.raises(ApplicationNotFound):
            preview.of_application(database, settings, event, Channel.EMAIL, receipt)


def test_a_demonstration_that_sends_nothing_shows_its_letters_too(
    settings: Settings, tmp_path: Path
) -> None:
    demonstration = replace(settings, codes_file=tmp_path / "codes")
    for channel in (Channel.EMAIL, Channel.SMS):
        text = preview.of_sample(demonstration, "visit.reminded", channel, tenant_body())
        assert RECEIPT in text
    assert not (tmp_path / "codes").exists()
