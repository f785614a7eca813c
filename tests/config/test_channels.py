"""The deployment's files on channels: what they may say, and that a mistake never repeats a key."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.channels import (
    ChannelFileError,
    Contact,
    SmsGateway,
    read_contacts,
    read_sms_gateway,
)

KEY = "key=K-0000"


def file(folder: Path, content: str) -> Path:
    path = folder / "channels.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_contacts_keep_their_order(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        """
        [sasac]
        email = "duty@sasac.example.org"
        [commerce]
        channels = [
          { channel = "dingtalk", address = "https://robot.example.org/?t=1", secret = "SEC1" },
          { channel = "sms", address = "13800000000" },
          { channel = "email", address = "duty@commerce.example.org" },
        ]
        """,
    )
    assert read_contacts(path) == {
        "sasac": (Contact("email", "duty@sasac.example.org"),),
        "commerce": (
            Contact("dingtalk", "https://robot.example.org/?t=1", "SEC1"),
            Contact("sms", "13800000000"),
            Contact("email", "duty@commerce.example.org"),
        ),
    }


def test_addresses_and_secrets_do_not_show_when_printed() -> None:
    assert KEY not in repr(Contact("wecom", f"https://robot.example.org/?{KEY}", "SEC1"))
    assert KEY not in repr(SmsGateway(url="https://x.example.org", headers={"Authorization": KEY}))


@pytest.mark.parametrize(
    "channels",
    [
        "[]",
        '["email"]',
        '[{ channel = "email" }]',
        '[{ channel = "fax", address = "1" }]',
        '[{ channel = "email", address = "a@example.org", secret = "x" }]',
        '[{ channel = "email", address = "a@example.org\\nBcc: b@example.org" }]',
        '[{ channel = "sms", address = "66112569" }]',
        '[{ channel = "sms", address = "1380000000٠" }]',
        f'[{{ channel = "wecom", address = "robot.example.org/?{KEY}" }}]',
        f'[{{ channel = "wecom", address = "https://robot.example.org/ ?{KEY}" }}]',
        '[{channel = "sms", address = "13800000000"}, {channel = "sms", address = "13800000001"}]',
    ],
)
def test_a_wrong_contact_is_named_by_bureau_without_its_address(
    tmp_path: Path, channels: str
) -> None:
    with pytest.raises(ChannelFileError, match=r"\[commerce\]") as refused:
        read_contacts(file(tmp_path, f"[commerce]\nchannels = {channels}\n"))
    assert KEY not in str(refused.value)


def test_a_gateway_needs_only_its_address(tmp_path: Path) -> None:
    gateway = read_sms_gateway(file(tmp_path, 'url = "https://sms.example.org/send"'))
    assert gateway == SmsGateway(url="https://sms.example.org/send")


@pytest.mark.parametrize(
    "line",
    [
        'format = "xml"',
        "text_field = 1",
        "max_chars = 0",
        "max_chars = true",
        "per_minute = 2.5",
        'success = "0"',
        "success = [0]",
        'fields = "x"',
        "[fields]\naccount = 1",
        'colour = "red"',
    ],
)
def test_a_wrong_gateway_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(ChannelFileError):
        read_sms_gateway(file(tmp_path, f'url = "https://sms.example.org/"\n{line}'))


@pytest.mark.parametrize("content", ["", 'url = "sms.example.org"', "not toml", "url = 1"])
def test_a_gateway_without_a_usable_address_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(ChannelFileError):
        read_sms_gateway(file(tmp_path, content))
