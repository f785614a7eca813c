"""Notices as the use cases find them: one by one, and all there are."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from casework.delivery import preview, webhooks
from casework.followup import visit_calendar
from casework.notices import editions
from casework.people import tokens
from config.notices import NoticeDataError
from config.settings import Settings
from store.db import Database
from tests.support.applications import tenant_body
from tests.support.notices import replace_once
from vocabulary.deliveries import Channel
from vocabulary.zone import CHINA


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("shili.provisions", "shili.missing", "packages"),
        ('forms = "tests.support.shili.forms"', 'forms = "tests.support.shili"', "FORMS"),
        ('provisions = "tests.support.shili.provisions"', 'provisions = "rules.provisions"', "s0"),
        ('forms = "tests.support.shili.forms"', 'forms = "schemas.forms"', "s0"),
        ('forms = "tests.support.shili.forms"', "", "forms"),
        ('id = "shili-2021-3"', 'id = "shili-other"', "shili-other"),
    ],
)
def test_a_notice_without_its_code_is_refused(
    second_notice: Path, tmp_path: Path, old: str, new: str, named: str
) -> None:
    other = second_notice.rename(second_notice.with_name(f"shili-{tmp_path.name}"))
    replace_once(other / "notice.toml", old, new)
    if "id =" not in old:
        replace_once(other / "notice.toml", 'id = "shili-2021-3"', f'id = "{other.name}"')
    with pytest.raises(NoticeDataError, match=named):
        editions.edition(other.name)


def test_one_code_is_each_notices_own(second_notice: Path, settings: Settings) -> None:
    first, second = editions.edition(settings.notice_id), editions.edition(second_notice.name)
    assert set(second.provisions) == set(second.notice.provisions)
    assert first.notice.provisions["m01_tenant"] != second.notice.provisions["m01_tenant"]
    assert "s02_stalls" not in first.forms.forms
    assert [offer.is_default for offer in editions.offers(settings)] == [True, False]


@pytest.mark.usefixtures("second_notice")
def test_a_bureau_of_any_notice_has_its_calendar_its_token_and_its_endpoint(
    settings: Settings, database: Database
) -> None:
    assert editions.known_bureau_name("shili_winter") == "示例区过冬办"
    now = datetime(2021, 1, 4, tzinfo=CHINA)
    assert "示例区过冬办走访" in visit_calendar.calendar(settings, "shili_winter", [], now).decode()
    assert tokens.create(database, settings, bureau="winter_council", label="测试甲")
    webhooks.add(database, settings, bureau="shili_winter", url="https://example.com/hook")


def test_a_preview_is_written_by_the_samples_own_notice(
    second_notice: Path, settings: Settings
) -> None:
    body = {"notice": second_notice.name, **tenant_body()}
    text = preview.of_sample(settings, "application.assessed", Channel.INBOX, body)
    assert "第一条" in text or "冬季减免房租" in text
