"""An assessment that has died: the applicant is told, and a bureau has the case."""

from __future__ import annotations

from casework.decision import assess
from casework.people.access import Principal
from casework.work import dispatch
from casework.work.dispatch import Stage
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import Office
from vocabulary.people import Role

RESIDUAL = Principal("development_reform", Role.SUPERVISOR, "测试卯")


def test_a_dead_assessment_is_handed_over_and_taken_back_when_it_is_revived(
    database: Database, settings: Settings
) -> None:
    office = Office(database, settings)
    accepted = filing.accept(database, settings, tenant())
    with database.statement() as conn:
        conn.exec_driver_sql(
            "UPDATE work_item SET attempts = %(n)s WHERE stage = 'assess'",
            {"n": settings.max_attempts},
        )
    (buried,) = dispatch.sweep(database, settings)
    status = office.status(accepted)
    assert status["next"]["who"] == "bureau"
    assert "已转人工" in status["next"]["action"]
    assert status["next"]["contact"]["phone"]
    assert "已转人工" in status["timeline"][-1]["text"] + status["timeline"][-2]["text"]
    assert office.case(accepted.receipt, RESIDUAL)["leads"]
    assert "application.stuck" in column(database, "SELECT type FROM event")
    assert scalar(database, "SELECT count(*) FROM delivery WHERE recipient = 'development_reform'")

    assert dispatch.retry(database, [buried.id]) == [buried.id]
    assess.run(database, settings, claim_ids(database, settings, Stage.ASSESS))
    status = office.status(accepted)
    assert (status["state"], status["bureaus"]["lead"]["bureau"]) == (
        "awaiting_determination",
        "sasac",
    )


def test_an_assessment_that_fails_for_good_is_handed_over_at_once(
    database: Database, settings: Settings
) -> None:
    office = Office(database, settings)
    accepted = filing.accept(database, settings, tenant())
    with database.statement() as conn:
        # Facts no form lets through: the rules cannot read them.
        conn.exec_driver_sql("UPDATE application SET facts = jsonb_build_object('leases', 7)")
        conn.exec_driver_sql(
            "UPDATE work_item SET attempts = %(n)s WHERE stage = 'assess'",
            {"n": settings.max_attempts - 1},
        )
    report = assess.run(database, settings, claim_ids(database, settings, Stage.ASSESS))
    assert [failure.dead for failure in report.failures] == [True]
    assert "已转人工" in office.status(accepted)["next"]["action"]
    assert office.case(accepted.receipt, RESIDUAL)["leads"]
