"""The OpenAPI 3.1 document: flask-smorest collects the routes, ``schemas`` gives the bodies."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar, cast

from apispec.ext.marshmallow.common import make_schema_key
from flask import Flask
from flask_smorest import Api, Blueprint

from api import error_list
from api.operation_ids import name_operations
from casework.intake.ndjson import KEY_NAME
from schemas import event_catalogue
from schemas.application import IDENTITY
from schemas.batches import MEDIA_TYPE as BATCH_TYPE
from schemas.client_names import in_plain_letters
from schemas.closed_words import share_words
from schemas.form_set import Offer
from schemas.kit.problem import MEDIA_TYPE
from schemas.openapi import (
    OPENAPI_VERSION,
    REQUEST,
    components,
    example,
    in_addresses,
    in_known_words,
    schema_name,
)
from schemas.text_or_number import share_text_or_number

_View = TypeVar("_View", bound=Callable[..., Any])

_DOCUMENT: Final = "wenqi-openapi"
JSON_TYPE: Final = "application/json"
_APPLICATION: Final = f"#/components/schemas/{REQUEST}"

IDEMPOTENCY_KEY: Final = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "由提交方为每份申报随机生成的唯一标识（例如 UUID）；重试时不变。",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "example": "0b0e7a3c-6a8c-4c0e-9a55-3a9f6f0f2f11",
}
_REFUSALS: Final = {
    400: "请求不是合法的 JSON，或含有不接受的内容",
    401: "缺少凭证或凭证无效",
    403: "没有权限",
    404: "没有找到",
    409: "与当前状态冲突",
    412: "其间已被他人更新",
    413: "请求内容过大",
    415: "请求内容的类型不受支持",
    422: "格式有误，errors 逐项说明",
    428: "须在 If-Match 中写明所依据的版本",
    429: "请求过于频繁，请按 Retry-After 再试",
    503: "服务暂时不可用，请按 Retry-After 重试",
}
_SECURITY: Final = {
    "report_signature": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "按 Standard Webhooks 以约定的密钥签名。",
    },
    "access_code": {
        "type": "http",
        "scheme": "bearer",
        "description": "申报受理时返回的查询码。",
    },
    "bureau_token": {
        "type": "http",
        "scheme": "bearer",
        "description": "发给责任单位的访问令牌。",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-wenqi-session",
        "description": "登录后得到的 Cookie；"
        "提交时另须在请求头 X-CSRF-Token 中写明登录答复中的页面令牌。",
    },
    "intake_token": {
        "type": "http",
        "scheme": "bearer",
        "description": "发给申报渠道（其他系统的网上申报）的令牌。",
    },
}
OPEN_OR_CLIENT: Final[Sequence[Mapping[str, list[str]]]] = ({}, {"intake_token": []})
"""Everyone; a system that sends filings with its token."""
_DESCRIPTION: Final = (
    "稳企受理企业依通知提出的申报，逐条核对，告知责任单位联系人，并按时走访。"
    "金额一律以元为单位的字符串表示，例如 30000.00；时间为北京时间。"
    "出错时答复 application/problem+json（RFC 9457），errors 中的 pointer 指明位置。"
    "v1 之内只增不改：可能新增地址、可选的请求项、答复中的项、封闭词表的值和错误代码，"
    "请忽略不认识的项，并为不认识的值留出余地；已有的项不改名、不改义、不删除。"
)


class _Api(Api):
    """flask-smorest's collector, without its error format: ours is RFC 9457 (:mod:`api.errors`)."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def collect(self, blueprint: Blueprint) -> None:
        """Take a blueprint into the document; Flask has its routes already."""
        blueprint.register_views_in_doc(
            self, self._app, self.spec, name=blueprint.name, parameters=None
        )
        self.spec.tag({"name": blueprint.name, "description": blueprint.description})

    def _register_error_handlers(self) -> None:
        pass

    def _register_responses(self) -> None:
        """None of its ready-made (English) components; :func:`register` adds ours."""

    _register_etag_headers = _register_responses
    _register_pagination_header = _register_responses


def described(
    summary: str,
    description: str,
    *,
    refusals: Iterable[int] = (),
    security: str | Sequence[Mapping[str, list[str]]] | None = None,
    **operation: Any,
) -> Callable[[_View], _View]:
    """Document a view in Chinese: what it does, how it refuses, which credential it asks for."""
    responses = {str(status): {"$ref": f"#/components/responses/P{status}"} for status in refusals}
    documented: Callable[[_View], _View] = Blueprint.doc(
        summary=summary,
        description=description,
        responses=responses,
        security=[{security: []}] if isinstance(security, str) else list(security or ()),
        **operation,
    )
    return documented


def application_body() -> dict[str, Any]:
    """The request body of a submission; :func:`register` adds an example per provision."""
    return {
        "required": True,
        "content": {
            JSON_TYPE: {"schema": {"$ref": _APPLICATION}},
        },
    }


def batch_body() -> dict[str, Any]:
    """The request body of a batch: the same, a line each, with a key of its own."""
    # OpenAPI 3.1 has no word for "lines of this schema"; to it the body is a text.
    lines = {
        "type": "string",
        "title": "每行一份申报",
        "description": f"每行一个 {REQUEST}，另可带 {KEY_NAME}："
        "该份申报的唯一标识，1 到 200 个 ASCII 字符，重发时不变。",
    }
    return {"required": True, "content": {BATCH_TYPE: {"schema": lines}}}


class _Document:
    """What `make` returns, made when it is first asked for: no start of a process waits for it."""

    def __init__(self, make: Callable[[], bytes]) -> None:
        self._make = make
        self._made: bytes | None = None
        self._turn = threading.Lock()

    def __call__(self) -> bytes:
        with self._turn:
            if self._made is None:
                self._made = self._make()
            return self._made


def register(
    app: Flask, blueprints: Sequence[Blueprint], offers: tuple[Offer, ...], public_url: str
) -> None:
    """Register blueprints as routes, and for the document with what one can apply for and where."""
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    app.extensions[_DOCUMENT] = _Document(lambda: _made(app, blueprints, offers, public_url))


def _made(
    app: Flask, blueprints: Sequence[Blueprint], offers: tuple[Offer, ...], public_url: str
) -> bytes:
    app.config.update(
        API_TITLE="Wenqi",
        API_VERSION="v1",
        OPENAPI_VERSION=OPENAPI_VERSION,
        API_SPEC_OPTIONS={
            "info": {"description": _DESCRIPTION},
            "servers": [{"url": public_url}],
        },
    )
    api = _Api(app)
    for described_by in (in_addresses, in_known_words):
        api.ma_plugin.converter.add_attribute_function(described_by)
    bodies = [body for blueprint in blueprints for body in blueprint.bodies]
    for name, schema in components(offers, *bodies).items():
        api.spec.components.schema(name, component=schema)
    for body in bodies:
        # flask-smorest finds it in the document already, as our own fields describe themselves.
        api.ma_plugin.converter.refs[make_schema_key(body)] = schema_name(body)
    for name, scheme in _SECURITY.items():
        api.spec.components.security_scheme(name, scheme)
    for status, description in _REFUSALS.items():
        api.spec.components.response(
            f"P{status}",
            {
                "description": description,
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )
    api.spec.components.response("P304", {"description": "没有变化，没有内容"})
    for blueprint in blueprints:
        api.collect(blueprint)
    made = api.spec.to_dict()
    _show_examples(made["paths"], offers)
    _write_lists_with_commas(made["paths"])
    name_operations(made["paths"])
    made["webhooks"] = event_catalogue.webhooks()
    made["components"]["schemas"].update(event_catalogue.components())
    share_words(made)
    share_text_or_number(made)
    made["x-problem-codes"] = [kind._asdict() for kind in error_list.error_kinds()]
    made["x-field-error-codes"] = [
        {"code": code, "message": said} for code, said in sorted(error_list.field_codes().items())
    ]
    in_plain_letters(made)
    return json.dumps(made, ensure_ascii=False).encode()


def _show_examples(paths: Mapping[str, Any], offers: tuple[Offer, ...]) -> None:
    """Fill in applications wherever they are taken."""
    samples: dict[str, Any] = {}
    for offer in offers:
        for code, _ in offer.forms:
            name = code if code not in samples else f"{offer.notice}_{code}"
            samples[name] = {"value": example(offer, code)}
    first = next(iter(samples.values()))["value"]
    line = (
        json.dumps({KEY_NAME: "row-1", IDENTITY: {"level": "assured"}, **first}, ensure_ascii=False)
        + "\n"
    )
    for operation in (path["post"] for path in paths.values() if "post" in path):
        content = operation.get("requestBody", {}).get("content", {})
        if content.get(JSON_TYPE, {}).get("schema") == {"$ref": _APPLICATION}:
            content[JSON_TYPE]["examples"] = samples
        if BATCH_TYPE in content:
            content[BATCH_TYPE]["example"] = line


def _write_lists_with_commas(paths: Mapping[str, Any]) -> None:
    for path in paths.values():
        for each in path.get("get", {}).get("parameters", ()):
            if each.get("schema", {}).get("type") == "array":
                each |= {"style": "form", "explode": False}


def document(app: Flask) -> bytes:
    """The document of an application object as UTF-8 JSON."""
    return cast("_Document", app.extensions[_DOCUMENT])()
