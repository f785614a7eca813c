"""The zone in which every time is told."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

CHINA: Final = ZoneInfo("Asia/Shanghai")
