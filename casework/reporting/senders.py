"""What each sending system sent, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Row

from casework.reporting.rows import tally
from casework.reporting.scope import Scope
from config.settings import Settings
from schemas import reports as answers
from store import predicates
from store.db import Database, app_now

_SUMS: Final = ("granted", "refused", "pending")


def senders(db: Database, _settings: Settings, scope: Scope) -> answers.SenderReport:
    """By the system whose intake token an application came with; what came without one is left out.

    What was refused for its form never became an application: nobody keeps it, or counts it here.
    """
    where, values = scope.condition()
    with db.transaction() as conn:
        rows = conn.exec_driver_sql(
            "SELECT a.client, t.label AS name, a.outcome, a.state,"  # noqa: S608 -- fixed parts
            " count(*) AS applications,"
            f" count(*) FILTER (WHERE {predicates.GRANTED}) AS granted,"
            f" count(*) FILTER (WHERE {predicates.REFUSED}) AS refused,"
            f" count(*) FILTER (WHERE {predicates.PENDING}) AS pending"
            f" FROM application AS a JOIN api_token AS t ON t.id = a.client"
            f" {predicates.DETERMINATION} WHERE {where} GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 4",
            values,
        ).all()
        return answers.SenderReport(
            as_of=app_now(conn),
            scope=scope.document(),
            rows=[
                answers.SenderRow(client=client, name=name, **_figures(list(group)))
                for (client, name), group in groupby(rows, attrgetter("client", "name"))
            ],
            total=answers.SenderCounts(**_figures(rows)),
        )


def _figures(rows: Sequence[Row[Any]]) -> dict[str, Any]:
    sums = {name: sum(getattr(row, name) for row in rows) for name in _SUMS}
    counted = tally(rows)
    return {**{each.name: getattr(counted, each.name) for each in fields(counted)}, **sums}
