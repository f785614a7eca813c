"""Bursts of failed tries: how many there were of late."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection

from config.settings import Settings
from vocabulary.troubles import BURST, Told

WINDOW: Final = timedelta(minutes=10)


class Burst(NamedTuple):
    """Tries that failed within WINDOW, and the network that most of them came from."""

    tries: int
    most_from: str | None


def of_late(conn: Connection) -> Burst:
    """What failed of late, by real time."""
    row = conn.exec_driver_sql(
        "SELECT coalesce(sum(tries), 0)::bigint, (array_agg(address ORDER BY tries DESC))[1]"
        " FROM (SELECT data ->> 'address' AS address,"
        "   sum(coalesce((data ->> 'tries')::bigint, 1)) AS tries"
        "  FROM event WHERE type IN ('access.failed', 'login.refused')"
        "   AND recorded_at > now() - %(window)s"
        "  GROUP BY 1) AS f",
        {"window": WINDOW},
    ).one()
    return Burst(*row)


def warnings(conn: Connection, settings: Settings) -> list[Told]:
    """That somebody tries codes, tokens, links or logins, with the command that shows it."""
    found = of_late(conn)
    if found.tries < settings.auditing.failed_tries_alert:
        return []
    return [BURST.of(tries=found.tries, most_from=found.most_from)]
