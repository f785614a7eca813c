"""Quiet hours (免打扰): no telephone rings at night. Local practice."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.settings import Settings
from vocabulary.deliveries import Channel

RINGING = frozenset({Channel.SMS, Channel.DINGTALK, Channel.WECOM})
"""Channels that make a telephone ring. E-mail, inbox and status page wait quietly to be read."""


def seconds_left(settings: Settings, channel: Channel, now: datetime) -> float:
    """How long a message over this channel has to wait, in seconds; 0 if it may go now."""
    span = settings.practice.quiet
    if span is None or channel not in RINGING:
        return 0
    begins, ends = span
    clock = now.timetz().replace(tzinfo=None)
    within = (begins <= clock, clock < ends)
    is_quiet = all(within) if begins < ends else any(within)  # most spans go over midnight
    if not is_quiet:
        return 0
    end = datetime.combine(now.date(), ends, now.tzinfo)
    if end <= now:
        end += timedelta(days=1)
    return (end - now).total_seconds()
