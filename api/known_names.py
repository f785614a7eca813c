"""Whether what parameters and bodies name stands in a notice of this deployment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema

from api.services import services
from casework.notices import known


def check(schema: Schema, read: Mapping[str, Any]) -> None:
    """Raises ValidationError for what does not, of what was read with the schema."""
    known.check(schema, read, lambda: services().db)
