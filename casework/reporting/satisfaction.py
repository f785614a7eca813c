"""What applicants thought of it: their grades, by bureau and provision."""

from __future__ import annotations

from casework.reporting.rows import BY_GROUP, GROUP, by_provision, figures_of
from casework.reporting.scope import Scope
from config.settings import Settings
from schemas import reports as answers
from store.db import Database, app_now
from vocabulary.cases import Grade


def satisfaction(db: Database, _settings: Settings, scope: Scope) -> answers.SatisfactionReport:
    """The grades that were given, 5 the best; who gave none is not counted."""
    where, values = scope.condition()
    counts = ", ".join(
        f"count(*) FILTER (WHERE g.grade = {each.value}) AS {each.name.lower()}" for each in Grade
    )
    with db.transaction() as conn:
        *rows, total = conn.exec_driver_sql(
            f"SELECT {GROUP}, count(*) AS rated, round(avg(g.grade), 1)::text AS mean, {counts}"  # noqa: S608 -- fixed parts
            f" FROM application AS a JOIN rating AS g ON g.application_id = a.id"
            f" WHERE {where} {BY_GROUP}",
            values,
        )
        return answers.SatisfactionReport(
            as_of=app_now(conn),
            scope=scope.document(),
            rows=by_provision(answers.SatisfactionRow, answers.SatisfactionFigures, rows),
            total=figures_of(answers.SatisfactionFigures, total),
        )
