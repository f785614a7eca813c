"""Short messages through whatever gateway the deployment describes (SMS_GATEWAY)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from casework.delivery.channels import http
from casework.delivery.channels.base import Parcel, Target, TryLater
from casework.delivery.channels.robots import read_json
from casework.delivery.channels.webhook import retry_after
from casework.errors import PermanentError, RetryableError
from config.channels import SmsGateway
from config.settings import Settings

_TOO_MANY = 429


class SmsChannel:
    """Hands one text for one phone to the gateway. Takes settings with SMS_GATEWAY."""

    def __init__(self, settings: Settings) -> None:
        self._gateway = settings.sms or SmsGateway(url="")
        self._timeout = settings.http_timeout

    def render(self, parcel: Parcel) -> str:
        """The text with the deployment's signature in front, cut to the gateway's length."""
        if parcel.letter is None:
            raise PermanentError("sms: there is no text")
        text = " ".join(f"{self._gateway.sign}{parcel.letter.brief}".split())
        limit = self._gateway.max_chars
        return text if len(text) <= limit else text[: limit - 1] + "…"

    def send(self, parcel: Parcel) -> None:
        """Post the message in the gateway's own shape and read its own code."""
        if parcel.contact is None:
            raise PermanentError("sms: there is no phone number")
        gateway = self._gateway
        if not gateway.url:
            raise RetryableError("sms: SMS_GATEWAY is not set")
        content = {
            **gateway.fields,
            gateway.phone_field: parcel.contact.address,
            gateway.text_field: self.render(parcel),
        }
        if gateway.id_field:
            # The same at every attempt: a gateway that knows it sends the message once.
            content[gateway.id_field] = f"{parcel.receipt}-{parcel.delivery_id}"
        form = gateway.format == "form"
        body = urlencode(content) if form else json.dumps(content, ensure_ascii=False)
        kind = "application/x-www-form-urlencoded" if form else "application/json; charset=utf-8"
        reply = http.post(
            gateway.url,
            body.encode(),
            {**gateway.headers, "Content-Type": kind},
            timeout=self._timeout,
            public_only=False,  # the operator's own setting, often inside its network
        )
        self._judge(reply)

    def close(self) -> None:
        """Nothing stays open between messages."""

    def _judge(self, reply: http.Reply) -> None:
        if reply.status == _TOO_MANY:
            raise TryLater("sms: answered 429", retry_after(reply.headers.get("retry-after")) or 60)
        if reply.status // 100 != 2:  # noqa: PLR2004 -- the class of a status
            raise RetryableError(f"sms: answered {reply.status}")
        gateway = self._gateway
        if gateway.verdict_field is None:
            return
        code = _at(read_json(reply.body), gateway.verdict_field)
        if code in gateway.success:
            return
        # Repeated only if it is one of the configured codes: an unforeseen one may be any text.
        if code in gateway.permanent:
            raise PermanentError(f"sms: refused with code {code}")
        raise RetryableError("sms: the gateway did not accept the message")


def target(gateway: SmsGateway | None) -> Target:
    """The one gateway of the deployment."""
    return Target("sms", gateway.per_minute if gateway else None)


def _at(content: Any, path: str) -> str | None:
    for name in path.split("."):
        content = content.get(name) if isinstance(content, dict) else None
    if content is None or isinstance(content, dict | list):
        return None
    return str(content).lower() if isinstance(content, bool) else str(content)
