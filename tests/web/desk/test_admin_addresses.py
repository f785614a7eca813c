"""The administrator's page of bureaus' addresses, with a real mail server behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from api.services import services
from casework.docket.in_force import InForce
from tests.support.desk_client import DeskClient
from tests.support.ledgers import column, scalar
from tests.support.mailbox import Mailbox
from tests.support.notifying import send
from tests.support.office import Office
from vocabulary.people import Role
from web.app import create_app

ADDRESSES = "/desk/admin/addresses"
ROBOT = "http://127.0.0.1:9/robot/send?access_token=robot-key-0000"
"""Where nobody listens."""


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server."""
    made = Mailbox()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def app(office: Office, mailbox: Mailbox, tmp_path: Path) -> Iterator[Flask]:
    listed = tmp_path / "addresses.toml"
    listed.write_text(
        "[sasac]\nchannels = ["
        f'{{ channel = "dingtalk", address = "{ROBOT}" }}, '
        '{ channel = "email", address = "duty@sasac.example.org" }, '
        '{ channel = "sms", address = "13800000000" }]\n'
        '["sasac:supervisor"]\nemail = "head@sasac.example.org"\n',
        encoding="utf-8",
    )
    office.settings = replace(
        office.settings,
        smtp_url=mailbox.url,
        smtp_from="wenqi@example.org",
        bureau_addresses=listed,
        webhook_allow_private=True,
        failover_attempts=1,
        practice=replace(office.settings.practice, quiet=None),
        accounts=replace(office.settings.accounts, second_factor=False),
    )
    made = create_app(office.settings)
    yield made
    with made.app_context():
        services().db.close()


def test_a_message_tries_one_address_alone(
    enter: Callable[..., DeskClient], office: Office, mailbox: Mailbox
) -> None:
    admin = enter("test.guan", Role.ADMIN)
    shown = admin.get(ADDRESSES).text
    assert "<td>127.0.0.1</td>" in shown
    assert "robot-key" not in shown
    assert shown.count("这个渠道还没有配置") == 1
    admin.send(f"{ADDRESSES}/test", {"to": "sasac", "channel": "sms"}, status=404)
    admin.send(f"{ADDRESSES}/test", {"to": "x", "channel": "email"}, status=404)
    asked = {"to": "sasac:supervisor", "channel": "email"}
    admin.send(f"{ADDRESSES}/test", asked)
    actor = "SELECT actor FROM event WHERE type = 'address.tested'"
    assert scalar(office.db, actor) == "sasac:test.guan"
    assert "还没有发完" in admin.send(f"{ADDRESSES}/test", asked, status=409).text
    assert send(office.db, office.settings).done == 1
    [mail] = mailbox.accepted
    assert mail["To"] == "head@sasac.example.org"
    assert "负责人能在这里收到通知" in mail.get_content()
    assert "已发出" in admin.get(ADDRESSES).text
    # One that fails goes to no other address, and says why.
    admin.send(f"{ADDRESSES}/test", {"to": "sasac", "channel": "dingtalk"})
    assert len(send(office.db, office.settings).failures) == 1
    assert scalar(office.db, "SELECT count(*) FROM delivery") == 2
    assert len(mailbox.accepted) == 1
    shown = admin.get(ADDRESSES).text
    assert "暂时收不下<small" in shown
    assert "ConnectionRefusedError" in shown
    assert "robot-key" not in shown


def test_an_address_is_changed_and_the_former_one_is_told(
    enter: Callable[..., DeskClient], office: Office, mailbox: Mailbox
) -> None:
    admin = enter("test.guan", Role.ADMIN)
    form = admin.get(f"{ADDRESSES}?to=sasac").text
    assert 'value="duty@sasac.example.org"' in form
    assert "robot-key" not in form
    wrong = {"to": "sasac", "channel-1": "email", "address-1": "a@b,c@d", "channel-2": "x",
             "address-2": "y", "channel-3": "dingtalk"}  # fmt: skip
    refused = admin.send(ADDRESSES, wrong, status=422).text
    for field in ("address-1", "channel-2"):
        assert f'href="#{field}"' in refused
    right = {"to": "sasac", "channel-1": "email", "address-1": "new@sasac.example.org",
             "channel-2": "dingtalk"}  # fmt: skip
    admin.send(ADDRESSES, right)
    assert (
        "本单位收通知的地址由sasac:test.guan" in enter("test.jia", Role.OFFICER).get("/desk/").text
    )
    assert send(office.db, office.settings).done == 2
    told = {mail["To"]: mail.get_content() for mail in mailbox.accepted}
    assert set(told) == {"duty@sasac.example.org", "head@sasac.example.org"}
    assert all("不再发到原来的地址" in each and "new@" not in each for each in told.values())
    held = InForce(office.db, office.settings).settings().bureau_contacts()["sasac"]
    assert [each.channel for each in held] == ["email", "dingtalk"]
    assert held[1].address == ROBOT
    stored = column(office.db, "SELECT contacts FROM bureau_address")
    assert "sasac.example" not in str(stored)
    admin.send(ADDRESSES, {"to": "sasac", "deployed": "1"})
    held = InForce(office.db, office.settings).settings().bureau_contacts()["sasac"]
    assert held[1].address == "duty@sasac.example.org"
    kinds = column(office.db, "SELECT actor FROM event WHERE type = 'address.changed'")
    assert kinds == ["sasac:test.guan"] * 2


@pytest.mark.parametrize(
    "typed",
    ["http://robots.example.org/send", "https://127.0.0.1/send", "https://localhost/send",
     "https://10.0.0.8/send", "https://[::1]/send"],
)  # fmt: skip
def test_a_robot_inside_the_network_is_the_operators_to_name(
    enter: Callable[..., DeskClient], office: Office, typed: str
) -> None:
    admin = enter("test.guan", Role.ADMIN)
    inside = {"to": "sasac", "channel-1": "wecom", "address-1": typed}
    assert "不能在内网" in admin.send(ADDRESSES, inside, status=422).text
    admin.send(ADDRESSES, inside | {"address-1": ROBOT})  # the file has it
    assert scalar(office.db, "SELECT count(*) FROM bureau_address") == 1
