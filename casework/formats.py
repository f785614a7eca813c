"""Times and amounts as JSON answers show them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from vocabulary.zone import CHINA


def local(moment: datetime) -> str:
    """ISO 8601 in Asia/Shanghai, to the second."""
    return moment.astimezone(CHINA).isoformat(timespec="seconds")


def yuan(amount: Decimal | None) -> str | None:
    """Yuan with two places as a string, for JSON."""
    return None if amount is None else str(amount)
