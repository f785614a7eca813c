"""What every channel is given and what it promises."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from casework.delivery.messages import Event, Letter
from casework.errors import PermanentError, RetryableError
from config.channels import Contact


class TryLater(RetryableError):
    """The other side is there and asks for patience. `seconds`: not before then."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.seconds = seconds


class TargetLostError(PermanentError):
    """The target takes no message of ours, whichever: it is gone, stopped, or wrongly set up."""


class Answer(NamedTuple):
    """What another system answered: the HTTP status, and the beginning of its words, in which
    everything that looks like personal data is masked."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A bureau's system, or one that sends filings (`is_sender`). `secrets`: those alive, newest
    first; each begins with `whsec_`. `heard`: what it answered is added to it."""

    id: int
    url: str
    secrets: tuple[str, ...]
    is_sender: bool = False
    heard: list[Answer] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery ready to be sent.

    People get the `letter` at their `contact`; a system gets the `event` at its `endpoint`. `now`:
    business time.
    """

    delivery_id: int
    receipt: str
    provision: str
    event: Event
    now: datetime
    contact: Contact | None = None
    letter: Letter | None = None
    endpoint: Endpoint | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What is kept from being overrun: a key for `gate`, and messages per minute (None: any).

    `sums`: above the rate, what the system tells is summed up instead of waiting in line.
    """

    key: str
    per_minute: int | None = None
    sums: bool = False


class Channel(Protocol):
    """One way out of the house."""

    def render(self, parcel: Parcel) -> str:
        """The message as it will be sent, for reading. Sends nothing."""

    def send(self, parcel: Parcel) -> None:
        """Hand the message over; returns only when the other side has accepted it.

        Raises PermanentError when trying again cannot help, RetryableError (TryLater) otherwise.
        No database transaction may be open around it.
        """

    def close(self) -> None:
        """Let go of connections."""


def clip(text: str, limit: int) -> str:
    """The text in at most `limit` bytes of UTF-8, cut between characters, "…" where it was cut."""
    raw = text.encode()
    if len(raw) <= limit:
        return text
    ellipsis = "…"
    return raw[: limit - len(ellipsis.encode())].decode(errors="ignore") + ellipsis
