"""Whom to tell of a security problem (RFC 9116), where the deployment has said so."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from api.auth import public
from api.errors import AddressNotFound
from api.services import services

PATH: Final = "/.well-known/security.txt"

blueprint = Blueprint("security_txt", __name__)


@blueprint.route(PATH, methods=["GET"])
@public
def security_txt() -> Response:
    settings = services().settings
    if settings.security_contact is None or settings.security_expires is None:
        raise AddressNotFound
    lines = (
        f"Contact: {settings.security_contact}",
        f"Expires: {settings.security_expires.isoformat()}T00:00:00+08:00",
        "Preferred-Languages: zh, en",
        f"Canonical: {settings.public_url}{PATH}",
    )
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
