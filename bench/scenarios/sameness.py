"""Before anything is timed: every contender must leave the rows that Wenqi leaves."""

from __future__ import annotations

import http.client
import json
from typing import Any

from bench import rows
from bench.applications import body, to_json, trusted
from bench.contenders import CONTENDERS, Contender, stand
from bench.machine import BenchError, Machine
from tests.support.waiting import poll

APPLICATIONS = 6
SECONDS = 60
COLUMNS = (
    *("enterprise", "facts", "uscc", "provision", "name", "state", "outcome", "amount", "lead"),
    *(
        "copied",
        "source",
        "version",
        "assessment",
        "events",
        "deliveries",
        "visit",
        "work",
        "benefits",
    ),
)


def check(machine: Machine) -> None:
    """Send the same applications to everyone. Raises BenchError naming the first difference."""
    left = {contender.name: _leave(machine, contender) for contender in CONTENDERS}
    wanted, counts = left["wenqi"]
    for name, (found, counted) in left.items():
        if counted != counts:
            raise BenchError(f"{name} leaves {counted}\nand should leave {counts}")
        for ours, theirs in zip(wanted, found, strict=True):
            for column, one, other in zip(COLUMNS, ours, theirs, strict=True):
                if _shown(one) != _shown(other):
                    raise BenchError(
                        f"{name} does other work than wenqi: {column} is\n{_shown(other)}\n"
                        f"and should be\n{_shown(one)}"
                    )


def _leave(machine: Machine, contender: Contender) -> tuple[list[tuple[Any, ...]], dict[str, int]]:
    place = stand(contender, machine)
    try:
        place.start()
        with place.connect() as conn:
            for serial in range(APPLICATIONS):
                submit(place.port, serial)
            _wait(machine, conn, contender)
            return rows.trace(conn), rows.counts(conn)
    finally:
        place.leave()


def submit(port: int, serial: int) -> None:
    """Send one application. Raises BenchError unless it is accepted."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        headers = {"Content-Type": "application/json", **trusted()}
        connection.request("POST", "/api/v1/applications", to_json(body(serial)), headers)
        answer = connection.getresponse()
        said = answer.read()
    finally:
        connection.close()
    if answer.status != 202:
        raise BenchError(f"a good application was answered {answer.status}: {said[:500]!r}")


def _wait(machine: Machine, conn: Any, contender: Contender) -> None:
    if not poll(lambda: rows.undecided(conn) == 0, SECONDS, machine.check):
        raise BenchError(f"{contender.title}: not everything was decided in {SECONDS} s")


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str, sort_keys=True)
