"""Acts on one application: what an officer or the applicant does to it, once they have read it.

Each declaration is the route and its documentation, the credential, the right, If-Match and the
body's schema; the answer tells the version that came of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from marshmallow import Schema

from api.blueprints import Resource, Told, Version
from api.etags import Tagged, tagged
from api.services import services
from casework.acts.determination import Determined
from casework.docket.desk import Versions
from casework.people.access import Principal
from casework.people.rights import Right
from schemas import acts as sent
from vocabulary.receipts import normalise

_UseCase = Callable[..., int | Determined]


class _Describe(Protocol):
    def __call__(self, *words: str, done: str, determines: bool = False) -> None:
        """Declare the act with a title, a description, and what is so when it is `done`."""


def officer_act(
    blueprint: Resource, path: str, right: Right, takes: Schema, act: _UseCase
) -> _Describe:
    """An act below ``/cases/<receipt>/``.

    `act` receives database, settings, principal, receipt, versions, and what was sent by name. It
    gives the case's new version or, where it `determines`, what was determined.
    """

    @wraps(act)
    def view(
        principal: Principal, receipt: str, versions: Versions, **body: Any
    ) -> Tagged[sent.Moved]:
        made = services()
        result = act(made.db, made.settings, principal, receipt, versions, **body)
        return moved(receipt, "cases", result)

    def describe(*words: str, done: str, determines: bool = False) -> None:
        told = Told(200, sent.Determined if determines else sent.Moved, done)
        route = f"POST /cases/<receipt>/{path}"
        asked = blueprint.officer(
            route, right, *words, takes=takes, version=Version.REQUIRED, told=told
        )
        asked(view)

    return describe


def applicant_act(blueprint: Resource, path: str, takes: Schema, act: _UseCase) -> _Describe:
    """An act below ``/applications/<receipt>/``.

    `act` receives database, settings, receipt, access code, and by name what was sent and the
    versions that were seen, if any. It gives the application's new version.
    """

    @wraps(act)
    def view(receipt: str, access_code: str, **body: Any) -> Tagged[sent.Moved]:
        made = services()
        result = act(made.db, made.settings, receipt, access_code, **body)
        return moved(receipt, "applications", result)

    def describe(*words: str, done: str, determines: bool = False) -> None:
        told = Told(200, sent.Determined if determines else sent.Moved, done)
        route = f"POST /applications/<receipt>/{path}"
        asked = blueprint.applicant(route, *words, takes=takes, version=Version.OPTIONAL, told=told)
        asked(view)

    return describe


def moved(receipt: str, kind: str, result: int | Determined) -> Tagged[sent.Moved]:
    """The answer after an act on an application: where it is (`kind`: below ``cases`` or below
    ``applications``), its new version, and what was determined."""
    number = normalise(receipt)
    url = f"{services().settings.public_url}/api/v1/{kind}/{number}"
    if isinstance(result, int):
        return tagged(sent.Moved(receipt=number, version=result, case_url=url))
    determined = sent.Determined(
        receipt=number,
        version=result.version,
        case_url=url,
        state=result.state,
        state_text=result.state.label,
        amount=result.amount,
        computed=result.computed,
        delta=result.delta,
    )
    return tagged(determined)
