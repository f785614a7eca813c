"""Whoever looks for papers for a day comes back to what was there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from api.services import of
from casework.intake import drafts
from casework.operations import business_time
from tests.support import visitor
from tests.support.form_pages import FormPages
from tests.support.office import Office
from tests.support.visitor import TENANT
from web.app import create_app
from web.parts.forms.of_schema import form_of

AT = f"/apply/{TENANT}"
DAY = timedelta(hours=24)


@pytest.fixture
def pages(office: Office) -> Iterator[FormPages]:
    app = create_app(office.settings)
    yield FormPages(app.test_client())
    of(app).db.close()


def test_after_a_day_the_draft_opens_as_it_was(office: Office, pages: FormPages) -> None:
    """A4: the same browser, 24 idle hours later: every answer on every step, and it goes on."""
    form = form_of(office.settings.notice_id, TENANT)
    assert form is not None
    pages.begin(TENANT)
    code = pages.code()
    *done, last = form.steps
    for step in done:
        pages.send(f"{AT}/{step.code}", visitor.answers(step.code))
    before = drafts.find(office.db, office.settings, code).typed
    shown = {step.code: pages.open(f"{AT}/{step.code}") for step in done}
    held = pages.client.get_cookie(f"wenqi-draft-{TENANT}")
    assert held is not None
    assert held.max_age is not None
    assert held.max_age > DAY.total_seconds(), "the browser still holds the code then"
    pages.open(f"{AT}/{last.code}")
    moving = replace(office.settings, allow_time_travel=True)
    business_time.advance(office.db, moving, DAY)
    # The page that lay open all the while is sent, and nothing has to be entered anew.
    page = pages.send(f"{AT}/{last.code}", visitor.answers(last.code))
    assert "没有找到草稿" not in page
    after = drafts.find(office.db, office.settings, code).typed
    assert {name: after.get(name) for name in before} == before
    for place, earlier in shown.items():
        assert values(pages.open(f"{AT}/{place}")) == values(earlier)
    pages.open(f"{AT}/check")
    assert "已提交" in pages.send(f"{AT}/check", {"declared": "1"})


def values(page: str) -> list[str]:
    """All that a step shows as answered."""
    fields = [line for line in page.splitlines() if 'name="/' in line]
    assert fields
    return fields
