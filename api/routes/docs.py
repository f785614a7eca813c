"""The OpenAPI document, and a page to read and try it, without any other host."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

import flask_swagger_ui
from flask import Blueprint, Flask, Response, current_app

from api.auth import public
from api.errors import AddressNotFound
from api.openapi import document

blueprint = Blueprint("docs", __name__)

_CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)
"""swagger-ui sets style attributes; it needs nothing else that is inline."""

_PAGE: Final = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>稳企接口说明</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="icon" href="/docs/assets/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<noscript>请启用 JavaScript，或直接阅读 <a href="/openapi.json">/openapi.json</a>。</noscript>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/assets/start.js"></script>
</body>
</html>
"""
_START: Final = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0
});
"""
_BUNDLED: Final = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "favicon-32x32.png": "image/png",
}


@blueprint.route("/openapi.json", methods=["GET"])
@public
def openapi() -> Response:
    return Response(document(current_app), content_type="application/json")


@blueprint.route("/docs", methods=["GET"])
@public
def page() -> Response:
    return Response(
        _PAGE,
        content_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": _CSP},
    )


@blueprint.route("/docs/assets/<name>", methods=["GET"])
@public
def asset(name: str) -> Response:
    if name == "start.js":
        return Response(_START, content_type="text/javascript; charset=utf-8")
    if name not in _BUNDLED:
        raise AddressNotFound("没有这个文件。")
    content = files(flask_swagger_ui).joinpath("dist", name).read_bytes()
    return Response(
        content,
        content_type=_BUNDLED[name],
        headers={"Cache-Control": "public, max-age=86400"},
    )


def register(app: Flask) -> None:
    """Registered without flask-smorest's documentation: the document does not describe itself."""
    app.register_blueprint(blueprint)
