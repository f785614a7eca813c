"""The bureau's robots, mails and messages carry no link that somebody filed under a name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from marshmallow import Schema, fields

from casework.delivery.channels.base import Parcel
from casework.delivery.channels.robots import RobotChannel
from casework.delivery.messages import Event, Letter
from config.settings import Settings
from schemas.enterprise import ENTERPRISE
from schemas.forms import FORMS
from schemas.kit.fields import Text
from schemas.kit.format_errors import FormatErrors
from schemas.kit.names import Name
from tests.support.applications import tenant_body
from tests.support.packaged import load_application
from vocabulary.zone import CHINA

BAIT = "点 http://phish.example/lq 领取 lq.cn"
OWN = "https://wenqi.example.org/api/v1/cases/WQ261128-0000001-E"
# What names nobody and nothing: numbers, places, and what people tell in their own words.
FREE = (
    "编号",
    "证号",
    "地址",
    "账户",
    "凭证",
    "说明",
    "诉求",
    "情况",
    "用途",
    "内容",
    "介绍",
    "理由",
    "规定",
    "关系",
)


def _names(schema: Schema, at: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, field in schema.fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            found += _names(inner.schema, f"{at}/{name}")
        elif type(inner) in (Text, Name) and not inner.lines:  # type: ignore[attr-defined]
            found.append((f"{at}/{name}", inner))
    return found


def test_every_field_that_names_somebody_refuses_links() -> None:
    for form in (ENTERPRISE, *FORMS.values()):
        for place, field in _names(form):
            label = field.metadata["title"]
            assert isinstance(field, Name) or any(word in label for word in FREE), (place, label)


@pytest.mark.parametrize(
    "name", [BAIT, "lq.cn", "面馆www.lq.example", "面馆ｌｑ．ｃｎ", "lq。com店"]
)
def test_a_name_with_a_link_is_refused_with_its_place(name: str) -> None:
    body = tenant_body()
    body["enterprise"]["name"] = name
    body["enterprise"]["contact"]["name"] = name
    body["facts"]["leases"][0]["owner_name"] = name
    with pytest.raises(FormatErrors) as refused:
        load_application(body)
    assert {(error.pointer, error.code) for error in refused.value.errors} == {
        ("/enterprise/name", "link_in_name"),
        ("/enterprise/contact/name", "link_in_name"),
        ("/facts/leases/0/owner_name", "link_in_name"),
    }


@pytest.mark.parametrize("robot", ["dingtalk", "wecom"])
def test_what_was_stored_before_becomes_no_link_in_anything_that_goes_out(
    settings: Settings, robot: str
) -> None:
    text = f"申报单位：{BAIT}\n办理地址：{OWN}\n"
    letter = Letter(f"【稳企】{BAIT}", text, f"{BAIT}，请办理", OWN)
    at = datetime(2026, 11, 28, tzinfo=CHINA)
    event = Event(1, "application.assessed", "system", at, None, None, {})
    parcel = Parcel(1, "WQ261128-0000001-E", "m01_tenant", event, at, letter=letter)
    posted = RobotChannel(robot, settings).render(parcel)
    for text in (letter.subject, letter.text, letter.brief, posted):
        assert "http://phish" not in text
        assert "lq.cn" not in text
        assert "lq[.]cn" in text
    assert letter.text.endswith(f"办理地址：{OWN}\n")
    assert posted.endswith(OWN)
