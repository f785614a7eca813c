"""No limits against automation: what a machine does that is about something else."""

from __future__ import annotations

from typing import Final

from config.settings import every_setting

UNLIMITED: Final = {
    item.variable.name: "0" for item in every_setting() if item.variable.name.startswith("LIMIT_")
}
"""Variables of the environment."""
