"""The publicity list (公示) for everyone, as a page: by measure and by day of decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, request

from api.auth import public
from api.services import services
from casework.notices.editions import every
from casework.reporting import publicity
from schemas.kit.format_errors import InvalidRequest
from schemas.kit.problem import FieldError
from schemas.publicity import PublicityPage, PublicityQuerySchema
from web.parts.forms.drawing import DrawnField, Fault, id_of
from web.parts.forms.sentences import plainer
from web.parts.forms.shapes import Control, Field, Step
from web.parts.forms.typed import read_value
from web.parts.page import page
from web.parts.query import read_query, understood
from web.portal.pages import portal_pages

pages = portal_pages("publicity")

_QUERY: Final = PublicityQuerySchema()
_AT: Final = "/query"
_DAYS: Final = Step(
    "days",
    "决定日期",
    _AT,
    (
        Field("decided_from", "决定日期从", "例如2020年3月1日", "", Control.DATE),
        Field("decided_to", "到", "当天也算；不填的不限", "", Control.DATE),
    ),
)
_LONGEST: Final = 40


@pages.route("/publicity", methods=["GET"])
@public
def listing() -> Response:
    typed = {each.name: request.args.get(each.name, "").strip()[:_LONGEST] for each in _DAYS.parts}
    # What else stands in a link may be of a measure that is gone.
    others = {name: text for name, text in request.args.items() if name not in typed}
    known, _, dropped = understood(_QUERY, others)
    asked, faults = _read(known, typed)
    found = PublicityPage(items=[], next=None)
    if not faults:
        found = publicity.list_grants(services().db, **asked)
    # Two notices may have one code.
    titles = {code: text for each in every() for code, text in each.notice.provisions.items()}
    onward = {**asked, "before": found.next}
    days = [_drawn(each, typed, faults) for each in _DAYS.parts if isinstance(each, Field)]
    response = page(
        "portal/publicity.html",
        422 if faults else 200,
        found=found,
        titles=titles,
        chosen=known.get("provision"),
        dropped=dropped,
        days=days,
        faults=[Fault(each.id, each.field.label, each.error) for each in days if each.error],
        is_narrowed=bool(asked.keys() - {"before", "limit"}),
        is_by_day=bool(asked.keys() & typed.keys()),
        notices=[each.notice.content["notice"] for each in every()],
        onward={name: value for name, value in onward.items() if value},
    )
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def _read(
    known: Mapping[str, str], typed: Mapping[str, str]
) -> tuple[dict[str, Any], list[FieldError]]:
    """What is asked, or which day cannot be read."""
    given = dict(known)
    for each in _DAYS.parts:
        if isinstance(each, Field):
            given[each.name] = typed[each.name] and str(read_value(each, typed[each.name]))
    try:
        asked: dict[str, Any] = read_query(_QUERY, given)
    except InvalidRequest as refused:
        texts = {f"{_AT}/{name}": text for name, text in typed.items()}
        return {}, plainer(_DAYS, texts, refused.errors)
    return asked, []


def _drawn(field: Field, typed: Mapping[str, str], faults: list[FieldError]) -> DrawnField:
    at = f"{_AT}/{field.name}"
    said = next((each.message for each in faults if each.pointer == at), "")
    text = typed[field.name]
    return DrawnField(field, id_of(at), field.name, text, frozenset((text,)), said)
