"""Does a list of the desk stay as fast when a lot is stored? Its pages over a growing database.

An officer of one bureau has `OPEN` cases that need an act. What else is stored was granted long
ago by the same bureau and has been visited: no list may cost more for it.
"""

from __future__ import annotations

import secrets
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

import psutil

from api.services import services
from bench import backlog, stored
from bench.contenders import WENQI, Stand, stand
from bench.machine import BenchError, Machine
from casework.acts.determine import Decision
from cli.tables import numbers
from config.settings import Settings
from store.db import Database
from tests.support.desk_client import DeskClient
from tests.support.office import Office, decide
from web.app import create_app

OPEN: Final = 200
ROUNDS: Final = 15
WARM: Final = 3
_FIRST_SERIAL: Final = 8_000_000
LISTS: Final[Mapping[str, str]] = {
    "today": "/desk/",
    "open, by promised day": "/desk/cases?sort=due&limit=200",
    "open, nobody's": "/desk/cases?assignee=none&sort=due&limit=200",
    "late": "/desk/cases?overdue=true&sort=due",
    "waiting, newest first": "/desk/cases?state=awaiting_determination&limit=200",
    "all, newest first": "/desk/cases",
    "all, by amount": "/desk/cases?sort=-amount",
    "granted": "/desk/cases?granted=true",
    "one day": "/desk/cases?received_from=2020-03-02&received_to=2020-03-02",
    "by credit code": "/desk/cases?q={uscc}",
    "by part of a name": "/desk/cases?q={name}",
    "visits": "/desk/visits",
    "payments": "/desk/payments",
}
"""Pages of the desk, and what is asked for; `{uscc}` and `{name}` are of a case that needs an
act."""

Costs = Mapping[str, float]
"""Milliseconds of CPU per page, our process and its PostgreSQL backend together."""


@dataclass(frozen=True, slots=True)
class Level:
    """What the pages cost beside so many stored cases."""

    stored: int
    costs: Costs


def measure(machine: Machine, sizes: Sequence[int], say: Callable[[str], None]) -> list[Level]:
    """One database that grows through `sizes`, measured at each."""
    place, levels = stand(WENQI, machine), list[Level]()
    settings = Settings.from_env(place.environment)
    settings = replace(settings, accounts=replace(settings.accounts, second_factor=False))
    office = Office(Database(settings.database_url, pool_size=1), settings)
    try:
        _granted_long_ago(place, office)
        backlog.fill(place.database_url, place.environment, OPEN, _FIRST_SERIAL)
        office.assess_all()
        for size in sizes:
            stored.grow(place.database_url, place.environment, size)
            machine.wait_until_quiet()
            _name_all(place)
            sought = _sought(place)
            with _desk(office) as page:
                costs = {name: page(path.format(**sought)) for name, path in LISTS.items()}
            levels.append(Level(size, costs))
            say(f"  {size:,} stored: {max(levels[-1].costs.values()):.0f} ms, the dearest page")
    finally:
        office.db.close()
        place.leave()
    return levels


def _granted_long_ago(place: Stand, office: Office) -> None:
    """The first application, of which all that is stored is copied: granted and visited."""
    backlog.fill(place.database_url, place.environment, 1, stored.PATTERN_SERIAL)
    office.assess_all()
    with place.connect() as conn:
        [(receipt, amount)] = conn.execute("SELECT receipt, amount FROM application").fetchall()
        decide(office, receipt, Decision(granted=True, amount=amount, reason="经核属实"))
        conn.execute("UPDATE visit SET state = 'done'")
        conn.execute("UPDATE application SET received_at = received_at - interval '1 year'")
        conn.execute(
            "UPDATE determination SET proposed_at = proposed_at - interval '1 year',"
            " decided_at = decided_at - interval '1 year'"
        )
        conn.execute(
            "UPDATE fulfilment SET state = 'waived', waived = amount, waived_how = 'visit',"
            " waived_on = publicised_until, waived_by = 'bench'"
        )
        conn.execute("DELETE FROM work_item")
        # Copies hang every delivery on each event of an assessment.
        conn.execute("DELETE FROM delivery WHERE event_id <> (SELECT min(event_id) FROM delivery)")


def _name_all(place: Stand) -> None:
    """Let the copies be found by their name, which is the first one's."""
    with place.connect() as conn:
        conn.execute(
            "INSERT INTO known_name (party, form, pairs) SELECT a.uscc, k.form, k.pairs"
            " FROM application AS a, known_name AS k WHERE k.party ="
            "  (SELECT uscc FROM application WHERE id = %(first)s) AND a.name ="
            "  (SELECT name FROM application WHERE id = %(first)s) ON CONFLICT DO NOTHING",
            {"first": stored.PATTERN},
        )
        conn.execute("VACUUM (ANALYZE) known_name")


def _sought(place: Stand) -> dict[str, str]:
    with place.connect() as conn:
        row = conn.execute(
            "SELECT uscc, name FROM application WHERE state = 'awaiting_determination' LIMIT 1"
        ).fetchone()
    if row is None:
        raise BenchError("no case waits for a determination")
    uscc, name = row
    return {"uscc": quote(uscc), "name": quote(name[2:])}


@contextmanager
def _desk(office: Office) -> Iterator[Callable[[str], float]]:
    """What a page costs, in milliseconds of CPU: the median of some rounds."""
    app = create_app(office.settings)
    with app.app_context():
        made = services()
    backend = _backend(made.db)
    client = DeskClient(app).enter(office, f"bench.{secrets.token_hex(4)}")

    def page(path: str) -> float:
        taken = []
        for _ in range(WARM + ROUNDS):
            theirs, ours = backend.cpu_times(), time.process_time()
            client.get(path)
            ours, now = time.process_time() - ours, backend.cpu_times()
            taken.append((ours, now.user + now.system - theirs.user - theirs.system))
        # The backend's time comes in hundredths of a second: a mean, not a median.
        ours = statistics.median(one for one, _ in taken[WARM:])
        return (ours + statistics.fmean(other for _, other in taken[WARM:])) * 1000

    try:
        yield page
    finally:
        made.db.close()


def _backend(database: Database) -> psutil.Process:
    with database.statement() as conn:
        return psutil.Process(conn.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def text(levels: Sequence[Level]) -> str:
    """Milliseconds at each level, and the largest beside the smallest."""
    first, last = levels[0].costs, levels[-1].costs
    rows: list[Sequence[str]] = [
        ("CPU ms per page", *(f"{each.stored:,} stored" for each in levels), "ratio"),
        *(
            (
                name,
                *(f"{each.costs[name]:.1f}" for each in levels),
                f"{last[name] / first[name]:.2f}",
            )
            for name in LISTS
        ),
    ]
    return "\n".join(numbers(rows))
