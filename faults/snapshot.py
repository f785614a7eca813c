"""What keeps a system from recovering, in one line: asked for when a round takes long."""

from __future__ import annotations

import redis
from sqlalchemy.exc import SQLAlchemyError

from faults.world import World

_WAITING = """
SELECT count(*), count(*) FILTER (WHERE leased_until > app_now()),
    count(*) FILTER (WHERE greatest(not_before, leased_until) <= app_now()),
    coalesce(max(attempts), 0), coalesce(max(extract(epoch FROM not_before - app_now())), 0)
FROM work_item WHERE stage = 'assess' AND dead_at IS NULL
"""


def snapshot(world: World) -> str:
    """Undecided applications, messages that wait for a worker, how long each program is up."""
    try:
        with world.db.statement() as conn:
            row = conn.exec_driver_sql(_WAITING).one()
        work = "{} undecided, {} leased, {} due, attempts ≤ {}, not before {:.0f} s".format(*row)
    except SQLAlchemyError as error:
        work = f"database: {type(error).__name__}"
    try:
        with redis.Redis.from_url(world.valkey.url, socket_timeout=1) as broker:
            queued = f"{broker.llen('assess')} queued"
    except redis.RedisError as error:
        queued = f"broker: {type(error).__name__}"
    up = ", ".join(
        f"{state.name} {state.state.lower()} {state.description.rpartition(' ')[2]}"
        for state in world.supervisor.states()
        if state.name in {"postgres", "valkey", "api", "relay", "worker-assess"}
    )
    return f"{work}; {queued}; {up}"
