"""The start of a new application with what an earlier one says: nothing is typed twice."""

from __future__ import annotations

from flask import Response

from api.services import services
from casework.notices import guide
from casework.views import own_data, status
from schemas.status import Status
from vocabulary.zone import CHINA
from web.parts.forms import origins, typed
from web.parts.forms.of_schema import form_of
from web.parts.forms.origins import Source
from web.parts.forms.shapes import Typed
from web.parts.page import page
from web.parts.posted import posted
from web.portal.apply import start_filled
from web.portal.holding import Held, holder
from web.portal.pages import portal_pages

pages = portal_pages("again")


@pages.route("/status/again", methods=["GET"])
@holder
def asked(held: Held) -> Response:
    made = services()
    found = status.read(made.db, made.settings, held.receipt, held.access_code)
    return page("portal/again.html", found=found, offered=_offered(found))


@pages.route("/status/again", methods=["POST"])
@holder
def begin(held: Held) -> Response:
    made = services()
    found = status.read(made.db, made.settings, held.receipt, held.access_code)
    offered, wanted = _offered(found), posted().get("provision", "")
    provision = wanted if wanted in offered else next(iter(offered))
    day = found.received_at.astimezone(CHINA).date()
    filled = _answers(held, found, provision)
    return start_filled(provision, origins.marked(filled, Source.EARLIER, day))


def _offered(found: Status) -> dict[str, str]:
    """Code -> title of what can be applied for: the same first, then all others."""
    measures = guide.measures(services().settings)
    titles = {each.code: each.title for measure in measures for each in measure.provisions}
    same = {code: title for code, title in titles.items() if code == found.provision}
    return same | titles


def _answers(held: Held, found: Status, provision: str) -> Typed:
    """What the application says, as it is typed: all of it for the same provision, for another one
    what it says of the enterprise."""
    made = services()
    form = form_of(made.settings.notice_id, provision)
    if form is None:
        return {}
    given = own_data.answers(made.db, made.settings, held.receipt, held.access_code)
    if provision != found.provision:
        given = {"enterprise": given["enterprise"], "facts": {}}
    return typed.as_typed(form, given)
