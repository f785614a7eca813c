"""What the API shows to everybody: routes and their caller, the OpenAPI document, the page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.test import TestResponse

from api.app import create_app
from api.auth import Caller, caller, public, require_marks
from api.errors import STATUS, register
from casework import errors
from config.settings import Settings
from schemas.forms import FORMS
from schemas.kit.problem import Refused
from tests.support.keys import TEST_RING, TEST_SECRET_KEY
from tests.support.login_routes import LOGINS
from tests.support.routes_for import APPLICANT, BUREAU, CLIENT, PERSON, PUBLIC, REPORTER

ELSEWHERE = Settings(
    database_url="postgresql+psycopg://nobody@127.0.0.1:1/none",
    redis_url="redis://127.0.0.1:1/0",
    secret_key=TEST_SECRET_KEY,
    data_keys=TEST_RING,
)


@pytest.fixture(scope="module")
def app() -> Flask:
    """An application whose servers are away: nothing here needs them."""
    return create_app(ELSEWHERE)


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    return _json(answer)


def _json(answer: TestResponse) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(answer.data)
    return told


def _routes(app: Flask, who: Caller) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
        if caller(app.view_functions[rule.endpoint]) is who
    }


def test_every_route_is_for_whom_this_list_says(app: Flask) -> None:
    assert _routes(app, Caller.PUBLIC) == PUBLIC
    assert _routes(app, Caller.REPORTER) == REPORTER
    assert _routes(app, Caller.APPLICANT) == APPLICANT
    assert _routes(app, Caller.BUREAU) == BUREAU
    assert _routes(app, Caller.CLIENT) == CLIENT
    assert _routes(app, Caller.PERSON) == PERSON


def test_an_application_with_an_unmarked_route_does_not_start() -> None:
    made = Flask("unmarked", static_folder=None)
    made.add_url_rule("/open", "open", public(lambda: ""))
    require_marks(made)
    made.add_url_rule("/forgotten", "forgotten", lambda: "")
    with pytest.raises(RuntimeError, match="forgotten"):
        require_marks(made)


@pytest.mark.parametrize("route", sorted(APPLICANT | BUREAU | CLIENT))
def test_private_routes_ask_for_a_credential_before_anything_else(
    client: FlaskClient, route: str
) -> None:
    method, path = route.split()
    for authorization in (None, "Basic eDp5", "Bearer", "Bearer " + "x" * 201, "Bearer é"):
        headers = {"Authorization": authorization} if authorization else {}
        asked = path.replace("<receipt>", "x") + "?nothing=1"
        answer = client.open(asked, method=method, headers=headers)
        assert answer.status_code == 401
        assert _json(answer)["code"] == "unauthenticated"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/nothing", "/api/v1/provisions"])
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-ID"])


def test_errors_of_the_framework_are_problems_too(client: FlaskClient) -> None:
    titles = {404: "没有找到", 405: "此地址不支持该请求方法"}
    for method, path, status in (
        ("GET", "/nothing", 404),
        ("GET", "/healthz/", 404),
        ("DELETE", "/healthz", 405),
        ("OPTIONS", "/api/v1/applications", 405),
        ("BREW", "/healthz", 405),
    ):
        answer = client.open(path, method=method)
        assert answer.status_code == status
        assert answer.content_type == "application/problem+json"
        assert _json(answer)["title"] == titles[status]
    assert "GET" in client.delete("/healthz").headers["Allow"]


def _subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from _subclasses(sub)


def test_every_domain_error_is_of_one_kind_and_has_its_words() -> None:
    every = set(_subclasses(errors.CaseworkError)) - set(STATUS)
    assert len(every) > 20
    for error in every:
        assert sum(kind in STATUS for kind in error.__mro__) == 1, error
        assert re.fullmatch("[a-z_]+", error.code), error
        assert re.search("[一-龥]", error.title), error
        assert re.search("[一-龥]", error.message), error


def test_a_new_error_is_one_class() -> None:
    class OutOfStock(errors.Conflict):
        code = "out_of_stock"
        title = "已经发完"
        message = "已经发完，请明天再来。"

    made = Flask("new", static_folder=None)
    register(made)

    @made.route("/")
    def view() -> str:
        raise OutOfStock

    answer = made.test_client().get("/")
    assert answer.status_code == 409
    told = _json(answer)
    told.pop("request_id", None)
    assert told == {
        "type": "urn:wenqi:problem:out_of_stock",
        "title": "已经发完",
        "status": 409,
        "code": "out_of_stock",
        "detail": "已经发完，请明天再来。",
    }


def test_no_two_refusals_share_a_code() -> None:
    codes: dict[str, type[Any]] = {}
    for error in {*_subclasses(errors.CaseworkError), *_subclasses(Refused)} - set(STATUS):
        assert codes.setdefault(error.code, error) is error


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_the_document_holds_every_route_but_its_own(document: dict[str, Any]) -> None:
    documented = {
        f"{method.upper()} {path.replace('{', '<').replace('}', '>')}"
        for path, operations in document["paths"].items()
        for method in operations
        if method != "parameters"
    }
    own = {
        "GET /.well-known/security.txt",
        "GET /docs",
        "GET /docs/assets/<name>",
        "GET /openapi.json",
    }
    assert documented == (PUBLIC | APPLICANT | BUREAU | CLIENT | PERSON | REPORTER) - own


def test_private_operations_name_their_credential(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            route = f"{method.upper()} {path.replace('{', '<').replace('}', '>')}"
            named = [name for entry in operation["security"] for name in entry]
            expected = ["access_code"] if route in APPLICANT else []
            expected = ["bureau_token", "session"] if route in BUREAU else expected
            expected = ["session"] if route in PERSON else expected
            expected = ["report_signature"] if route in REPORTER else expected
            # Everyone may file; who sends filings for others shows its token.
            filing = route in CLIENT or route == "POST /api/v1/applications"
            expected = ["intake_token"] if filing else expected
            assert named == expected
            assert ("401" in operation["responses"]) == bool(expected or route in LOGINS)


def _texts(node: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _texts(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value, key)
    elif isinstance(node, str) and key in {"title", "description", "summary"}:
        yield key, node


def test_what_people_read_in_the_document_is_chinese(document: dict[str, Any]) -> None:
    # The document's own title alone: generators make a package's name of it.
    told = {**document, "info": {**document["info"], "title": "稳企"}}
    for key, text in _texts(told):
        assert re.search("[一-龥]", text), (key, text)


def test_each_provision_has_its_own_request_schema_and_a_valid_example(
    document: dict[str, Any],
) -> None:
    schemas = document["components"]["schemas"]
    mapping = schemas["ApplicationRequest"]["discriminator"]["mapping"]
    assert set(mapping) == set(FORMS)
    body = document["paths"]["/api/v1/applications"]["post"]["requestBody"]
    media = body["content"]["application/json"]
    whole = {"$ref": "#/components/schemas/ApplicationRequest", "components": {"schemas": schemas}}
    validator = jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())
    for code in FORMS:
        example = media["examples"][code]["value"]
        assert example["provision"] == code
        validator.validate(example)
        assert not validator.is_valid({**example, "facts": {**example["facts"], "x": 1}})


@pytest.mark.parametrize("code", sorted(FORMS))
def test_the_published_form_stands_alone(client: FlaskClient, code: str) -> None:
    provision = _json(client.get(f"/api/v1/provisions/{code}"))
    form = provision["form"]
    jsonschema.Draft202012Validator.check_schema(form)
    assert "#/components" not in json.dumps(form)
    jsonschema.Draft202012Validator(form).validate(provision["example"])
    assert provision["clause"]
    assert provision["routes"][-1]["contacts"]
    for contact in provision["contacts"]:
        assert contact["phone"] in contact["printed"]
    asked = [schema for _, schema in _properties(form)]
    assert all(schema.get("title") for schema in asked)
    for schema in asked:
        assert list(schema.get("x-enum-labels", {})) == schema.get("enum", [])


def _properties(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field a person fills in, at any depth; a condition asks nothing."""
    if isinstance(schema, dict):
        for name, value in schema.get("properties", {}).items():
            if name not in {"enterprise", "facts"}:
                yield name, value
        for key, value in schema.items():
            if key != "if":
                yield from _properties(value)


def test_the_listing_leads_to_every_form(client: FlaskClient) -> None:
    listing = _json(client.get("/api/v1/provisions"))
    assert listing["notice"]["number"] == "西政办发〔2020〕6号"
    assert {entry["code"] for entry in listing["provisions"]} == set(FORMS)
    for entry in listing["provisions"]:
        assert _json(client.get(entry["href"]))["code"] == entry["code"]
    assert client.get("/api/v1/provisions/m99_none").status_code == 404


class _Addresses(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in {"src", "href"}]
        assert tag != "style"
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)


def test_the_page_needs_no_other_host(client: FlaskClient) -> None:
    page = client.get("/docs")
    addresses = _Addresses()
    addresses.feed(page.text)
    assert len(addresses.found) >= 4
    for address in addresses.found:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert address.startswith("/")
        assert len(answer.data) > 100
    # Scripts come from files of ours alone; nothing may run from the page itself.
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert not re.search(r"https?:", policy)
    assert client.get("/docs/assets/index.css").status_code == 404
    assert client.get("/docs/assets/..%2Fflask_swagger_ui.py").status_code == 404
