"""A chapter of a life in which everything happens: files that are handed in, looked at, infected
and lost."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from casework.documents import document_scan, looking, stores
from casework.views import documents as views
from casework.work.dispatch import Stage
from tests.support.applications import uscc
from tests.support.ledgers import claim_ids
from tests.support.office import OFFICER, Office
from tests.support.papers import by_code, hand_in, pdf, photo, scanning, sick_pdf


def handed_in(office: Office) -> None:
    """One is clean and looked at, one is infected, one is lost."""
    accepted = office.submit(uscc=uscc(7044))
    holder = by_code(accepted)
    shown = hand_in(office, holder, photo())
    views.of_case(office.db, OFFICER, accepted.receipt)
    looking.open_of_case(office.db, office.settings, OFFICER, accepted.receipt, shown.handle)
    with TemporaryDirectory() as folder, scanning(office, Path(folder)) as (scanned, _):
        hand_in(scanned, holder, sick_pdf())
        store = stores.open_store(scanned.settings.documents)
        before = {each.name for each in store.every()}
        hand_in(scanned, holder, pdf())
        store.remove({each.name for each in store.every()} - before)
        ids = claim_ids(scanned.db, scanned.settings, Stage.SCAN)
        document_scan.run(scanned.db, scanned.settings, ids)
