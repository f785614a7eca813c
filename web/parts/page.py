"""One page as an answer."""

from __future__ import annotations

from typing import Any, Final

from flask import Flask, Response, current_app, render_template, request

from api.services import services
from casework.notices import guide
from web.parts import tokens
from web.parts.assets import asset_url

# Bootstrap's own marks of boxes and lists are pictures in its stylesheet.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
}


_LAYOUT: Final = "wenqi-layout"


def use_layout(app: Flask, layout: str) -> None:
    """The layout of pages that belong to no set of pages, as where nothing lies."""
    app.extensions[_LAYOUT] = layout


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A page: the template, with what the layout of its set of pages needs."""
    made = services()
    pages = current_app.blueprints.get(request.blueprint or "")
    text = render_template(
        template,
        layout=getattr(pages, "layout", current_app.extensions[_LAYOUT]),
        home=getattr(pages, "home", "/"),
        **getattr(pages, "context", dict)(),
        site=guide.site(made.settings),
        is_demonstration=made.settings.environment == "local",
        asset_url=asset_url,
        token=tokens.field,
        **context,
    )
    return _finished(Response(text, status, content_type="text/html; charset=utf-8"))


def go_to(address: str) -> Response:
    """To another page of ours, which is then asked for anew: going back sends nothing twice."""
    return _finished(Response(status=303, headers={"Location": address}))


def _finished(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
