"""An answer as a client reads it."""

from __future__ import annotations

import json
from typing import Any

from schemas.kit.answers import dump


def wire(answer: object) -> Any:
    """Through its schema, JSON, and back. Raises TypeError for what JSON does not know."""
    return json.loads(json.dumps(answer if isinstance(answer, dict) else dump(answer)))
