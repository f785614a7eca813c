"""A chapter of a life in which everything happens: the rights of the person."""

from __future__ import annotations

from casework.acts import withdraw
from casework.delivery import send
from casework.followup import requests
from casework.followup.requests import Asked
from casework.operations import purge
from casework.views import own_data as view
from casework.work.dispatch import Stage
from tests.support.applications import uscc
from tests.support.handed_in import handed_in
from tests.support.ledgers import claim_ids
from tests.support.office import OFFICER, Office
from tests.support.said import said
from vocabulary.requests import RequestSubject


def own_data(office: Office) -> None:
    """An enterprise hands files in, reads what is held of it, has it deleted, and it is."""
    handed_in(office)
    accepted = office.submit(uscc=uscc(7042))
    own = (accepted.receipt, accepted.access_code)
    view.copy(office.db, office.settings, *own)
    withdraw.withdraw(office.db, office.settings, *own, reason=said("不再需要"))
    asked = requests.open_by_applicant(
        office.db, office.settings, *own, Asked(said("删除"), subject=RequestSubject.DELETION)
    )
    day, seen = office.today(), frozenset({1})
    act = (office.db, office.settings, OFFICER)
    requests.answer(*act, asked, seen, words="同意", erase_on=day)
    send.run(office.db, office.settings, claim_ids(office.db, office.settings, Stage.NOTIFY))
    purge.file(office.db, office.settings)
    purge.run(office.db, office.settings, claim_ids(office.db, office.settings, Stage.PURGE))
