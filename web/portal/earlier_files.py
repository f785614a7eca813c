"""Files of the enterprise's other applications, offered so that nothing is photographed twice."""

from __future__ import annotations

from api.services import services
from casework.documents import reuse
from casework.documents.handing_in import ByCode, Holder
from casework.documents.reuse import OfEnterprise, Source
from casework.views import documents
from casework.views.documents import Earlier
from web.portal import enterprise, holding
from web.portal.handing_in import handle


def offered(holder: Holder) -> list[Earlier]:
    """What this browser may use again. Raises NotFound (nobody's)."""
    made = services()
    return documents.earlier(made.db, made.settings, holder, _sources())


def use(holder: Holder, given: str) -> bool:
    """Hand one of them in again. Whether it was: not what is there already, or is not offered.

    Raises TooManyDocuments, NotTaken, DraftFrozen.
    """
    made = services()
    made.limiter.document()
    return reuse.use(made.db, made.settings, holder, _sources(), handle(given))


def _sources() -> list[Source]:
    """Whose files: of the enterprise that has logged in, and of the application whose number and
    code were typed in."""
    session, held = enterprise.session(), holding.held()
    made: list[Source] = [OfEnterprise(session.uscc)] if session else []
    return [*made, ByCode(held.receipt, held.access_code)] if held else made
