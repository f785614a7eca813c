"""What one can apply for, and beginning: before anything is typed, who may, what to bring."""

from __future__ import annotations

from datetime import datetime

from flask import Response

from api.auth import public
from api.errors import AddressNotFound
from api.services import services
from casework.intake import drafts
from casework.notices import guide
from vocabulary.zone import CHINA
from web.parts.forms import origins, typed
from web.parts.forms.of_schema import form_of
from web.parts.forms.origins import Source
from web.parts.forms.shapes import Field, Form, Part, Typed
from web.parts.page import go_to, page
from web.parts.posted import posted
from web.portal import enterprise, own_drafts
from web.portal.draft_size import require_drawable, require_room
from web.portal.pages import portal_pages

pages = portal_pages("apply")


@pages.route("/apply", methods=["GET"])
@public
def offered() -> Response:
    """Everything that one can apply for, and what this browser has begun."""
    measures = guide.measures(services().settings)
    codes = [each.code for measure in measures for each in measure.provisions]
    begun = {code for code in codes if own_drafts.codes_of(code)}
    response = page("portal/apply_list.html", measures=measures, begun=begun)
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.route("/apply/<provision>", methods=["GET"])
@public
def before(provision: str) -> Response:
    settings = services().settings
    form = _form(provision)
    found = guide.provision(settings, provision)
    if found is None:
        raise AddressNotFound(_UNKNOWN)
    response = page(
        "portal/apply_start.html",
        form=form,
        measure=found[0],
        provision=found[1],
        steps=form.steps,
        asked=sum(_questions(each.parts) for each in form.steps),
        days=settings.practice.determine,
        acknowledged=settings.practice.acknowledge,
        entered=enterprise.session(),
        can_log_in=settings.enterprise_login.issuer is not None,
        is_begun=bool(own_drafts.codes_of(provision)),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.route("/apply/<provision>", methods=["POST"])
@public
def begin(provision: str) -> Response:
    """A new draft, with what was typed before where a page brings it along."""
    form = _form(provision)
    sent = posted().to_dict(flat=False)
    require_drawable(form.steps, {name: values[-1] for name, values in sent.items()})
    filled: Typed = {}
    for step in form.steps:
        filled = typed.keep(step, filled, sent)
    return start_filled(provision, _with_login(filled))


def start_filled(provision: str, filled: Typed) -> Response:
    """Begin a draft of the default notice with given answers, JSON pointer -> text as typed, with
    the marks of where they come from (`origins.marked`), and go to its first step. Raises TooOften,
    DraftTooLarge, ProvisionNotOffered."""
    made = services()
    made.limiter.draft()
    form = _form(provision)
    require_drawable(form.steps, filled)
    require_room({}, filled)
    code = drafts.start(made.db, made.settings, provision, typed=filled)
    first = form.steps[0].code
    return own_drafts.remember(go_to(f"/apply/{provision}/{first}"), provision, code)


def _with_login(filled: Typed) -> Typed:
    """Name and credit code as the login says them, unless something was typed already."""
    found = enterprise.session()
    if found is None or any(filled.get(at) for at in _OWN):
        return filled
    known = dict(zip(_OWN, (found.name, found.uscc), strict=True))
    day = datetime.now(CHINA).date()
    return origins.marked({**filled, **known}, Source.LOGIN, day, known)


def _form(provision: str) -> Form:
    form = form_of(services().settings.notice_id, provision)
    if form is None:
        raise AddressNotFound(_UNKNOWN)
    return form


def _questions(parts: tuple[Part, ...]) -> int:
    return sum(1 if isinstance(each, Field) else _questions(each.parts) for each in parts)


_OWN = ("/enterprise/name", "/enterprise/uscc")
_UNKNOWN = "没有这一项。能申报的都列在我要申报那一页。"
