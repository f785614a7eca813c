"""A mail's headers are exactly ours, whatever a name says; a name writes no body."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes
from email.policy import default

import pytest

from casework.errors import PermanentError
from casework.outbox import mime
from vocabulary.zone import CHINA

NAMES = (
    "示例茶馆 =?utf-8?q?=0D=0ABcc:c@shop.example?=",
    "示例茶馆 =?utf-8?Q?=0D=0AReply-To:r@shop.example?=",
    "示例茶馆 =?utf-8?b?DQpYLU1hcms6IDE=?=",
    "示例 =?utf-8?q?=0D=0A=0D=0A?= 请核对 http://shop.example",
    "=?gb2312?B?DQo=?==?utf-8?q?=0A?=",
    "示例\r\nBcc: c@shop.example",
    "示例\u2028Bcc: c@shop.example\x85x",
    "a =?us-ascii?q?=0D=0ABcc:c@shop.example?= " + "长" * 300,
    '"<c@shop.example>"',
)


def _built(subject: str, **changes: str) -> mime.Mail:
    given = {
        "sender_name": "稳企",
        "sender": "wenqi@example.org",
        "recipient": "desk@example.org",
        "text": "正文\n",
        "message_id": "<r.1@example.org>",
        **changes,
    }
    return mime.build(subject=subject, at=datetime(2026, 1, 5, 9, tzinfo=CHINA), **given)


@pytest.mark.parametrize("name", NAMES)
def test_the_subject_is_one_literal(name: str) -> None:
    raw = _built(f"【稳企】核对结果：{name}（WQ）").raw
    head, _, _ = raw.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert raw.isascii()
    assert all(len(line) <= 76 for line in raw.split(b"\r\n"))
    names = [line.split(b":")[0].decode() for line in lines if not line.startswith(b" ")]
    assert names == mime._NAMES
    # Nothing of the name stands there as it is, so no reader decodes a second time.
    for sign in (b"q?", b"Q?", b"Bcc", b"Reply-To", b"http"):
        assert sign not in head
    assert message_from_bytes(raw, policy=default).get_content() == "正文\n"


@pytest.mark.parametrize("name", NAMES)
def test_the_body_says_what_the_name_says_and_ends_no_header(name: str) -> None:
    mail = message_from_bytes(_built("主题", text=f"{name}：您好\n").raw, policy=default)
    assert mail["Subject"] == "主题"
    assert mail["To"] == "desk@example.org"
    assert mail.get_content().endswith("：您好\n")
    assert not mail.is_multipart()


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": "desk@example.org\r\nBcc: c@example.org"},
        {"recipient": "desk@example.org, c@example.org"},
        {"recipient": "前台@example.org"},
        {"recipient": "desk@example.org，"},
        {"sender": "a@b@example.org"},
        {"message_id": "<r@example.org>\r\nBcc: c@example.org"},
    ],
)
def test_what_cannot_be_a_header_is_not_sent(changes: dict[str, str]) -> None:
    with pytest.raises(PermanentError):
        _built("主题", **changes)


def test_a_message_that_is_not_exactly_ours_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mime, "_literal", lambda text: f"{text}\r\nBcc: c@example.org")
    with pytest.raises(PermanentError, match="exactly"):
        _built("subject", sender_name="wenqi")
