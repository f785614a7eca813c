"""By which ways an enterprise can be reached, from the telephone as it was written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from casework.outbox.deliveries import ways_to_enterprise
from config.channels import Contact
from config.settings import Settings


@pytest.mark.parametrize(
    "written",
    ["13912345678", "+86 13912345678", "86-13912345678", "139 1234 5678", "0086-139-1234-5678"],
)
def test_a_mobile_always_gets_its_text_message(settings: Settings, written: str) -> None:
    sending = replace(settings, sms_gateway=Path("unused.toml"))
    text, call = ways_to_enterprise(sending, {"phone": written})
    assert (text, call) == (Contact("sms", "13912345678"), Contact("call", written))


@pytest.mark.parametrize("written", ["88001234", "010-88001234 转 8", "400-820-1234", "95566"])
def test_whom_no_message_reaches_is_called(settings: Settings, written: str) -> None:
    sending = replace(settings, sms_gateway=Path("unused.toml"))
    assert ways_to_enterprise(sending, {"phone": written}) == (Contact("call", written),)


def test_where_a_deployment_sends_nothing_nobody_is_called(settings: Settings) -> None:
    assert ways_to_enterprise(settings, {"phone": "88001234"}) == ()
