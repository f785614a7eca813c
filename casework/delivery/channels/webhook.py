"""Events for other systems: CloudEvents 1.0 in JSON, signed as Standard Webhooks asks.

Sources: CloudEvents specification 1.0.2 (structured mode); Standard Webhooks specification
(headers webhook-id, webhook-timestamp, webhook-signature; 2xx alone is success; 410 means the
endpoint is gone; several signatures while a secret is rotated). The body holds no personal data:
a receiver that needs more reads the case with its token.
"""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from standardwebhooks import Webhook

from casework.delivery.channels import http
from casework.delivery.channels.base import Answer, Endpoint, Parcel, TryLater
from casework.errors import PermanentError, RetryableError
from casework.personal.credentials import lasting_secret
from config.settings import Settings
from config.telemetry.masking import mask_text
from vocabulary.event_data import published

TYPE_PREFIX = "wenqi."
CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
LONGEST_PAUSE = 86400.0
LONGEST_ANSWER = 200
"""Signs of an endpoint's answer that are kept."""
_THROTTLES = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class EndpointGone(PermanentError):
    """The endpoint answered 410: it wants no more of anything."""


class WebhookChannel:
    """Posts events to endpoints. Takes settings with PUBLIC_URL and WEBHOOK_ALLOW_PRIVATE."""

    def __init__(self, settings: Settings) -> None:
        self._source = settings.public_url
        self._timeout = settings.http_timeout
        self._public_only = not settings.webhook_allow_private

    def render(self, parcel: Parcel) -> str:
        """The body: the same bytes at every attempt, since an event never changes."""
        event, receipt = parcel.event, parcel.receipt
        is_sender = parcel.endpoint is not None and parcel.endpoint.is_sender
        kept_at = "applications" if is_sender else "cases"
        about = {
            "receipt": receipt,
            "provision": parcel.provision,
            "from_state": event.from_state,
            "to_state": event.to_state,
            "details": published(event.data),
            "case_url": f"{self._source}/api/v1/{kept_at}/{receipt}",
        }
        return json.dumps(
            {
                "specversion": "1.0",
                "id": message_id(parcel),
                "source": self._source,
                "type": f"{TYPE_PREFIX}{event.type}",
                **({"subject": receipt} if receipt else {}),
                "time": event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
                "datacontenttype": "application/json",
                # What an endpoint is tried with is about no application.
                "data": about if receipt else {"details": {}},
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    def send(self, parcel: Parcel) -> None:
        """Sign with the moment of sending and post."""
        if parcel.endpoint is None:
            raise PermanentError("webhook: there is no endpoint")
        body = self.render(parcel)
        reply = http.post(
            parcel.endpoint.url,
            body.encode(),
            {
                "Content-Type": CONTENT_TYPE,
                "User-Agent": "Wenqi",
                **signed(parcel.endpoint, message_id(parcel), body, datetime.now(UTC)),
            },
            timeout=self._timeout,
            public_only=self._public_only,
        )
        parcel.endpoint.heard.append(Answer(reply.status, _beginning(reply.body)))
        _judge(reply)

    def close(self) -> None:
        """Nothing stays open between messages."""


def message_id(parcel: Parcel) -> str:
    """The same for every attempt and replay, so that a receiver can drop what it has."""
    return f"wenqi-{parcel.event.id}"


def signed(endpoint: Endpoint, message: str, body: str, at: datetime) -> dict[str, str]:
    """The three headers. `at`: real time in UTC (the library takes the clock face for UTC)."""
    if at.tzinfo is not UTC:
        raise ValueError("sign with UTC")
    signatures = (Webhook(secret).sign(message, at, body) for secret in endpoint.secrets)
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def secret_of(secret_key: str, salt: bytes) -> str:
    """The signing secret that belongs to a salt.

    Derived, so that the database alone (a dump, a backup) signs nothing.
    """
    digest = hmac.digest(
        lasting_secret(secret_key, b"webhook-secret"), b"webhook-secret:" + salt, "sha256"
    )
    return "whsec_" + base64.b64encode(digest).decode()


def _beginning(body: bytes) -> str:
    """The first words of an answer as one masked line, in ASCII alone."""
    text = body[: 4 * LONGEST_ANSWER].decode("ascii", errors="ignore")
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return mask_text(line)[:LONGEST_ANSWER]


def _judge(reply: http.Reply) -> None:
    if HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
        return
    reason = f"webhook: answered {reply.status}"
    if reply.status == HTTPStatus.GONE:
        raise EndpointGone(reason)
    if reply.status in _THROTTLES:
        seconds = retry_after(reply.headers.get("retry-after"))
        if seconds is not None:
            raise TryLater(reason, seconds)
    raise RetryableError(reason)


def retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks for, at most a day; None if it says nothing."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_PAUSE)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), LONGEST_PAUSE)
