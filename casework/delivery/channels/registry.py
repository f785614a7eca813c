"""Every channel that leaves the house, opened when first used."""

from __future__ import annotations

from contextlib import suppress

from casework.delivery.channels import robots, sms
from casework.delivery.channels.base import Channel as Way
from casework.delivery.channels.base import Target
from casework.delivery.channels.codes_file import CodesFile
from casework.delivery.channels.mail import EmailChannel
from casework.delivery.channels.robots import RobotChannel
from casework.delivery.channels.sms import SmsChannel
from casework.delivery.channels.webhook import WebhookChannel
from casework.errors import PermanentError
from config.channels import ROBOTS, Contact
from config.settings import Settings
from store.ledger import Backoff
from vocabulary.deliveries import Channel
from vocabulary.identity import CONFIRMABLE

# Bureau systems are down over week-ends: the tenth and last attempt comes after two to three days.
WEBHOOK_BACKOFF = Backoff(
    base=86400,
    longest=86400,
    steps=(5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400),
)


class Channels:
    """The channels of one run."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: dict[Channel, Way] = {}

    def close(self) -> None:
        """Close what was opened."""
        for way in self._open.values():
            with suppress(OSError):
                way.close()

    def get(self, channel: Channel) -> Way:
        """The channel; the same one at every call."""
        if channel not in self._open:
            self._open[channel] = opened(channel, self._settings)
        return self._open[channel]


def opened(channel: Channel, settings: Settings) -> Way:
    """A channel of one's own; close it after use."""
    if settings.codes_file is not None and channel in CONFIRMABLE:
        return CodesFile(settings.codes_file)
    if channel is Channel.EMAIL:
        return EmailChannel(settings)
    if channel is Channel.WEBHOOK:
        return WebhookChannel(settings)
    if channel is Channel.SMS:
        return SmsChannel(settings)
    if channel.value in ROBOTS:
        return RobotChannel(channel.value, settings)
    raise PermanentError(f"{channel.value}: is no channel that anything is sent over")


def target_of(
    channel: Channel, settings: Settings, contact: Contact | None, endpoint_id: int | None
) -> Target | None:
    """What is kept from being overrun by a message; None where nothing is (e-mail)."""
    if endpoint_id is not None:
        return endpoint_target(endpoint_id)
    if channel is Channel.SMS:
        return sms.target(settings.sms)
    return robots.target(contact) if contact and channel.value in ROBOTS else None


def endpoint_target(endpoint_id: int) -> Target:
    """A webhook endpoint's breaker."""
    return Target(f"webhook:{endpoint_id}")
