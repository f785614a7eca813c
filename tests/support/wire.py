"""An answer as a client reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def wire(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Through JSON and back. Raises TypeError for what JSON does not know."""
    read: dict[str, Any] = json.loads(json.dumps(answer))
    return read
