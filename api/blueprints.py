"""Routes: who may call them, what they take, how they refuse; their documentation is made from it.

:meth:`Resource.officer` and :meth:`Resource.applicant` declare a private route in one place. What
a caller is asked is checked in this order: credential, right, If-Match, parameters, body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial, wraps
from typing import Any, Final, NamedTuple, NoReturn

from flask import Request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from api import etags, known_names, middleware
from api.auth import applicant, bureau, person
from api.body import read_json
from api.openapi import described
from api.services import services
from casework.notices import known
from casework.people.rights import Right
from schemas.kit.answers import schema_of
from schemas.kit.base import StrictSchema
from schemas.kit.format_errors import InvalidRequest, field_error, flatten
from schemas.kit.strict_json import MAX_VALUES

_BODY: Final = "json"
OFFICER: Final = ("bureau_token", "session")
_View = Callable[..., Any]


class Version(Enum):
    """What a route asks of If-Match; its view receives ``versions``."""

    OPTIONAL = "optional"
    REQUIRED = "required"


class Told(NamedTuple):
    """What a route answers when all went well: status, the answer's class (None without a body),
    in words."""

    status: int
    kind: type | None
    words: str


@dataclass(frozen=True, slots=True)
class _Asks:
    """What a route asks and answers, besides the credential.

    What its body (`takes`) and parameters (`query`) hold, the view receives by name. `conflicts`:
    it may be refused as things stand, as every route that asks for a version may. `polled`: who
    has the answer already is told so.
    """

    told: Told
    takes: Schema | None = None
    query: type[Schema] | None = None
    version: Version | None = None
    conflicts: bool = False
    polled: bool = False

    def refusals(self, path: str) -> Iterator[int]:
        """The statuses that the route refuses with, as far as they follow from what it asks."""
        yield 503
        if self.polled:
            yield 304
        if "<" in path:
            yield 404
        if self.takes is not None:
            yield from (400, 413, 415, 422)
        if self.query is not None:
            yield 422
        if self.version is not None:
            yield from (400, 412)
        if self.version is Version.REQUIRED:
            yield 428
        if self.conflicts or self.version is not None:
            yield 409

    def operation(self) -> dict[str, Any]:
        """The header, for the document."""
        if self.polled:
            return {"parameters": [etags.UNCHANGED]}
        if self.version is None:
            return {}
        return {"parameters": [etags.parameter(required=self.version is Version.REQUIRED)]}

    def prepared(self, view: _View) -> _View:
        """The view, called with the case named on the log and with the versions seen."""

        @wraps(view)
        def checked(**arguments: Any) -> Any:
            if "receipt" in arguments:
                middleware.about(arguments["receipt"])
            if self.version is not None:
                seen = etags.required if self.version is Version.REQUIRED else etags.seen
                arguments["versions"] = seen()
            return view(**arguments)

        return checked


class _Parser(FlaskParser):
    """Bodies and parameters as strictly as an application is read, errors in our own format."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"query": RAISE}  # noqa: RUF012 -- webargs declares it so

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body. Raises ``Refused`` (400, 413 or 415), Overloaded."""
        most = schema.most_values if isinstance(schema, StrictSchema) else MAX_VALUES
        return read_json(req, services().settings.max_body_bytes, most)

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """The parameters, each given once."""
        _refuse_repeated(req)
        return super().load_querystring(req, schema)

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> NoReturn:
        """webargs has put the messages below the name of their location."""
        messages: Any = error.messages
        raise InvalidRequest(list(flatten(messages.get(_BODY, messages))))


def _refuse_repeated(req: Request) -> None:
    """No parameter of ours takes several values; taking one of two silently would mislead."""
    repeated = [name for name, values in req.args.lists() if len(values) > 1]
    if repeated:
        raise InvalidRequest([field_error(f"/query/{name}", "repeated") for name in repeated])


class Resource(Blueprint):
    """A resource's routes and their documentation. `bodies`: what its routes take."""

    ARGUMENTS_PARSER = _Parser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bodies: list[Schema] = []

    def arguments(self, schema: Any, *, location: str = _BODY, **kwargs: Any) -> Any:
        """As flask-smorest's; remembers the schemas of bodies, and asks the notices about names."""
        if location == _BODY:
            self.bodies.append(schema)
        made = schema() if isinstance(schema, type) else schema
        if known.asks(made):
            kwargs["validate"] = partial(known_names.check, made)
        return super().arguments(made, location=location, **kwargs)

    def officer(
        self, route: str, right: Right, *words: str, **asks: Any
    ) -> Callable[[_View], _View]:
        """A route, as ``"POST /cases/<receipt>/transfer"``, for who has the right, by a session or
        with a token; the view receives the ``principal``. `words`: title and description."""
        return self._private(route, bureau(right), OFFICER, words, _Asks(**asks))

    def applicant(self, route: str, *words: str, **asks: Any) -> Callable[[_View], _View]:
        """As :meth:`officer`, for who holds an access code, which the view receives."""
        return self._private(route, applicant, ("access_code",), words, _Asks(**asks))

    def person(self, route: str, *words: str, **asks: Any) -> Callable[[_View], _View]:
        """As :meth:`officer`, for who has logged in; the view receives the ``session``."""
        return self._private(route, person, ("session",), words, _Asks(**asks))

    def _private(
        self,
        route: str,
        guard: Callable[[_View], _View],
        security: tuple[str, ...],
        words: tuple[str, ...],
        asks: _Asks,
    ) -> Callable[[_View], _View]:
        method, path = route.split()
        refusals = {401, *([] if security == ("access_code",) else [403]), *asks.refusals(path)}
        told = asks.told

        def declare(view: _View) -> _View:
            schema = None if told.kind is None else schema_of(told.kind)
            made: _View = self.response(told.status, schema, description=told.words)(view)
            if asks.takes is not None:
                made = self.arguments(asks.takes, as_kwargs=True)(made)
            if asks.query is not None:
                made = self.arguments(asks.query, location="query", as_kwargs=True)(made)
            made = guard(asks.prepared(made))
            made = described(
                *words,
                refusals=refusals,
                security=[{each: []} for each in security],
                **asks.operation(),
            )(made)
            self.route(path, methods=[method])(made)
            return view

        return declare
