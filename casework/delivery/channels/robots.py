"""Group robots of DingTalk and WeCom. Both answer 200 and say in `errcode` what became of it.

Sources, and what of the lists they do not print: docs/decisions/0012-channels.md. A code that is
in neither list counts as retryable: an attempt too many costs less than a message lost.
"""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from casework.delivery.channels import http
from casework.delivery.channels.base import Parcel, Target, TargetLostError, TryLater, clip
from casework.errors import PermanentError, RetryableError
from casework.outbox import deliveries
from config.channels import Contact
from config.settings import Settings

PER_MINUTE = 20
WECOM_BYTES = 2048
DINGTALK_BYTES = 15000

# Too many messages. DingTalk (限流10分钟) is then silent for ten minutes, WeCom (1分钟后自动解除)
# for one; 45033 is about calls at the same moment.
_PAUSES = {"dingtalk": {130101: 600.0, 410100: 600.0}, "wecom": {45009: 60.0, 45033: 60.0}}

# What no repetition helps. -1 (系统繁忙) is in no list. The robot takes nothing any more:
_LOST = {
    "dingtalk": {
        300001,  # token is not exist
        300005,  # token is not exist
        310000,  # 安全设置: keyword, timestamp, signature or IP address
        400013,  # 群已被解散
        400101,  # access_token不存在
        400102,  # 机器人已停用
        400106,  # 机器人不存在
    },
    "wecom": {
        93000,  # 机器人webhookurl不合法或者机器人已经被移除出群
        93004,  # 机器人被停用
        93008,  # 不在群里
    },
}
# It does not take this message:
_REFUSED = {
    "dingtalk": {
        40035,  # 缺少参数
        43004,  # 无效的 Content-Type
        400105,  # 不支持的消息类型
        430101,  # 含有不安全的外链
        430102,  # 含有不合适的文本
        430103,  # 含有不合适的图片
        430104,  # 含有不合适的内容
    },
    "wecom": {
        40008,  # 不合法的msgtype参数
        40033,  # 不合法的请求字符
        40035,  # 不合法的参数
        40058,  # 不合法的参数
        40063,  # 参数为空
        44004,  # 文本消息content参数为空
        45002,  # 消息内容大小超过限制
    },
}


class RobotChannel:
    """Writes into a chat group. Takes "dingtalk" or "wecom" (config.channels), settings."""

    def __init__(self, name: str, settings: Settings) -> None:
        self._name = name
        self._settings = settings

    def render(self, parcel: Parcel) -> str:
        """The text; plain, so that nothing an applicant typed becomes a mention; what would become
        a link is defused in every letter (`messages.Letter`)."""
        letter = parcel.letter
        if letter is None:
            raise PermanentError(f"{self._name}: there is no text")
        text = "\n".join(part for part in (letter.subject, letter.brief, letter.link) if part)
        return clip(text, WECOM_BYTES if self._name == "wecom" else DINGTALK_BYTES)

    def send(self, parcel: Parcel) -> None:
        """Post the text and read what the platform says became of it."""
        if parcel.contact is None:
            raise PermanentError(f"{self._name}: there is no address")
        body = {"msgtype": "text", "text": {"content": self.render(parcel)}}
        reply = http.post(
            _signed(parcel.contact) if parcel.contact.secret else parcel.contact.address,
            json.dumps(body, ensure_ascii=False).encode(),
            {"Content-Type": "application/json; charset=utf-8"},
            timeout=self._settings.http_timeout,
            # In the operator's own file it may be a platform inside the administration's network.
            public_only=not deliveries.is_deployed(self._settings, parcel.contact),
        )
        self._judge(reply)

    def close(self) -> None:
        """Nothing stays open between messages."""

    def _judge(self, reply: http.Reply) -> None:
        if reply.status // 100 != 2:  # noqa: PLR2004 -- the class of a status
            raise RetryableError(f"{self._name}: answered {reply.status}")
        code = read_json(reply.body).get("errcode")
        if code == 0:
            return
        if not isinstance(code, int):
            raise RetryableError(f"{self._name}: the answer has no errcode")
        reason = f"{self._name}: errcode {code}"
        if code in _PAUSES[self._name]:
            raise TryLater(reason, _PAUSES[self._name][code])
        if code in _LOST[self._name]:
            raise TargetLostError(reason)
        raise PermanentError(reason) if code in _REFUSED[self._name] else RetryableError(reason)


def target(contact: Contact) -> Target:
    """The robot, whichever bureau uses it. The address holds its key and is not repeated."""
    digest = sha256(contact.address.encode()).hexdigest()[:16]
    return Target(f"{contact.channel}:{digest}", PER_MINUTE, sums=True)


def read_json(body: bytes) -> Mapping[str, Any]:
    """The answer's JSON object; an empty one if it is none."""
    try:
        content = json.loads(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _signed(contact: Contact) -> str:
    """DingTalk's address with timestamp (milliseconds) and signature."""
    timestamp, secret = str(int(time.time() * 1000)), contact.secret or ""
    digest = hmac.digest(secret.encode(), f"{timestamp}\n{secret}".encode(), "sha256")
    extra = urlencode({"timestamp": timestamp, "sign": base64.b64encode(digest).decode()})
    return f"{contact.address}{'&' if '?' in contact.address else '?'}{extra}"
