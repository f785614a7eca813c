"""What the table of stages says of each."""

from __future__ import annotations

from casework.work import dispatch
from store import ledger
from store.db import Database
from tests.support.ledgers import scalar
from tests.support.office import Office
from vocabulary.work import Stage


def test_a_dead_letter_of_any_stage_names_the_application_it_is_about(
    office: Office, owner: Database
) -> None:
    with owner.transaction() as conn:  # no id is the one of something else
        for number, table in enumerate(("visit", "delivery"), 1):
            conn.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {number}000)"
            )
    receipt = office.submit().receipt
    application, visit = (
        scalar(office.db, f"SELECT {name} FROM application WHERE receipt = %(r)s", r=receipt)  # noqa: S608 -- fixed
        for name in ("id", "visit_id")
    )
    of_it = "FROM delivery WHERE application_id = %(id)s"
    delivery = scalar(office.db, f"SELECT max(id) {of_it}", id=application)
    assert len({application, visit, delivery}) == 3
    about = {
        Stage.DETERMINE: application,
        Stage.ASSESS: application,
        Stage.NOTIFY: delivery,
        Stage.REMIND: visit,
        Stage.CHASE: application,
        Stage.PURGE: application,
    }
    with office.db.transaction() as conn:
        conn.exec_driver_sql("DELETE FROM work_item")
        for stage in Stage:
            ledger.add(conn, stage, [(about.get(stage, application), None)])
        conn.exec_driver_sql("UPDATE work_item SET dead_at = app_now()")
    named = {letter.stage: letter.receipt for letter in dispatch.dead_letters(office.db)}
    assert named == {stage: receipt if stage in about else None for stage in Stage}
