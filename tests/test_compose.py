"""docker-compose.yml: valid, without secrets, and with commands that really start.

No Docker engine is needed. The application's commands run against the test session's servers; those
of postgres and redis run on the embedded PostgreSQL 18 and Valkey, which take the same options.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import check_jsonschema.builtin_schemas
import jsonschema
import psycopg
import pytest
import redis

from config.declared import existing_file, existing_folder
from config.settings import Settings, every_setting
from deploy.local import embedded
from deploy.local.embedded import PostgresServer, ValkeyServer, wait_until
from deploy.local.processes import application_programs, runnable
from tests.support.app import App
from tests.support.compose import COMPOSE_FILE, MissingVariableError, read_compose
from tests.support.keys import TEST_DATA_KEYS, TEST_RING
from tests.support.notices import without_measure
from tests.support.servers import free_port, with_role
from tests.support.waiting import wait_for
from workers.envelope import MOST_BYTES

VARIABLES = {
    "POSTGRES_PASSWORD": "postgres-word",
    "DATABASE_OWNER_PASSWORD": "owner-word",
    "DATABASE_PASSWORD": "app-word",
    "DATABASE_AUDITOR_PASSWORD": "auditor-word",
    "REDIS_PASSWORD": "redis-word",
    "SECRET_KEY": "k" * 32,
    "DATA_KEYS_FILE": "/etc/wenqi/data-keys",
}
LOGINS = ("DATABASE_OWNER_URL", "DATABASE_AUDITOR_URL")
"""For the migration and whoever audits; no process that serves is given them."""

APPLICATION = {
    program.name: program
    for program in application_programs(
        host="0.0.0.0",  # noqa: S104 - inside a container
        port=8000,
        schedule=Path("/tmp/beat-schedule"),  # noqa: S108 - the container's own tmpfs
    )
}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = read_compose(VARIABLES)["services"]
    return found


def test_it_follows_the_compose_specification() -> None:
    schema = check_jsonschema.builtin_schemas.get_builtin_schema("vendor.compose-spec")
    jsonschema.validate(read_compose(VARIABLES), schema)
    broken = read_compose(VARIABLES)
    broken["services"]["api"]["comand"] = []
    with pytest.raises(jsonschema.ValidationError, match="comand"):
        jsonschema.validate(broken, schema)


@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_it_refuses_to_start_without_a_secret(name: str) -> None:
    with pytest.raises(MissingVariableError, match=name):
        read_compose({**VARIABLES, name: ""})


def test_it_holds_no_secret() -> None:
    text = COMPOSE_FILE.read_text(encoding="utf-8")
    secrets = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET|KEY|TOKEN)\w*)(:[-?])?", text)
    assert {name for name, _ in secrets} == set(VARIABLES)
    assert {operator for _, operator in secrets} == {":?"}
    assert not re.search(r"(?i)(password|secret|key|token)\w*[:=] *[\"']?[\w-]{6,}", text)


def test_it_runs_the_processes_of_make_run(services: dict[str, Any]) -> None:
    assert set(services) == {"postgres", "redis", "migrate", "proxy", *APPLICATION}
    commands = {name: tuple(services[name]["command"]) for name in APPLICATION}
    assert commands == {name: program.command for name, program in APPLICATION.items()}


def test_every_service_comes_back_and_the_official_images_are_used(
    services: dict[str, Any],
) -> None:
    policies = {name: service["restart"] for name, service in services.items()}
    assert policies.pop("migrate") == "on-failure"
    assert set(policies.values()) == {"unless-stopped"}
    assert services["postgres"]["image"] == "postgres:18"
    assert services["redis"]["image"] == "redis:8"
    assert services["proxy"]["image"].startswith("nginx:")
    for name in ("postgres", "redis", "api", "worker-assess", "worker-notify", "worker-remind"):
        assert services[name]["healthcheck"]["test"]


def test_every_service_is_given_time_to_finish(services: dict[str, Any]) -> None:
    grace = {name: services[name]["stop_grace_period"] for name in APPLICATION}
    assert grace == {name: f"{program.stop_seconds}s" for name, program in APPLICATION.items()}


def test_no_container_has_more_than_it_needs(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"], name
        assert service["pids_limit"], name
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}, name


def test_the_street_ends_at_the_proxy_and_only_who_sends_goes_out(
    services: dict[str, Any],
) -> None:
    networks = read_compose(VARIABLES)["networks"]
    assert {name for name, one in networks.items() if one.get("internal")} == {"inside", "door"}
    used = {name: set(service["networks"]) for name, service in services.items()}
    assert {name for name, those in used.items() if "out" in those} == {
        "worker-notify",
        "worker-remind",
    }
    assert {name for name, those in used.items() if "street" in those} == {"proxy"}
    assert {name for name, those in used.items() if "door" in those} == {"proxy", "api"}
    assert used["postgres"] == used["redis"] == used["migrate"] == {"inside"}


def test_only_the_proxy_is_published_and_on_loopback(services: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"proxy": ["127.0.0.1:8000:8080"]}


def test_every_setting_reaches_every_process() -> None:
    """Each variable by itself, so that none is handed on under another's name."""
    for item in every_setting():
        name = item.variable.name
        compose = read_compose({**VARIABLES, name: "probe-of-it"})["services"]
        for service in ("migrate", *APPLICATION):
            given = compose[service]["environment"]
            if not item.variable.in_containers:
                assert (name in given) == (service == "migrate" and name in LOGINS)
            elif name in ("DATABASE_URL", "REDIS_URL"):
                assert given[name]
            elif item.variable.parse in (existing_file, existing_folder):
                assert f"probe-of-it:{given[name]}:ro" in compose[service]["volumes"]
            else:
                assert given[name] == "probe-of-it", name


def test_only_what_is_for_trying_out_is_kept_from_the_containers() -> None:
    kept = [item.variable.name for item in every_setting() if not item.variable.in_containers]
    assert kept == [*LOGINS, "DATA_KEYS", "CODES_FILE", "ALLOW_TIME_TRAVEL"]
    assert "# ALLOW_TIME_TRAVEL" in COMPOSE_FILE.read_text(encoding="utf-8")


def test_what_is_unset_has_its_default_in_the_containers(services: dict[str, Any]) -> None:
    for service in ("migrate", *APPLICATION):
        given = dict(services[service]["environment"])
        assert not {
            given[name]
            for name in ("BUREAU_ADDRESSES", "SMS_GATEWAY", "MESSAGE_REPORTS", "NOTICES_PATH")
        } - {""}
        given = {name: value for name, value in given.items() if name not in LOGINS}
        assert given.pop("DATA_KEYS_FILE") == "/run/secrets/data-keys"
        settings = Settings.from_env(given)
        plain = {name: given[name] for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")}
        # Only here is it known that there is a proxy, from which networks it calls, and that the
        # composition's own networks alone reach the operators' listener; and where containers may
        # leave a sign of life.
        known = {
            name: given[name] for name in ("TRUSTED_PROXIES", "OPERATOR_LISTEN", "ALIVE_FOLDER")
        }
        assert settings == Settings.from_env({**plain, **known, "WENQI_ENV": "production"})


def test_a_deployments_values_and_files_arrive(tmp_path: Path) -> None:
    bureaus = tmp_path / "offices.toml"
    bureaus.write_text('[sasac]\nemail = "duty@sasac.example.org"\n', encoding="utf-8")
    gateway = tmp_path / "gateway.toml"
    gateway.write_text('url = "https://sms.example.org/send"\n', encoding="utf-8")
    notice = without_measure(tmp_path / "notices", "m04")
    data_keys = tmp_path / "data-keys"
    data_keys.write_text(f"# of this year\n{TEST_DATA_KEYS}\n", encoding="ascii")
    compose = read_compose(
        {
            **VARIABLES,
            "DATA_KEYS_FILE": str(data_keys),
            "NOTICES_PATH": str(notice.parent),
            "NOTICE_ID": notice.name,
            "BUREAU_ADDRESSES": str(bureaus),
            "SMS_GATEWAY": str(gateway),
            "DETERMINATION_APPROVAL_YUAN": "50000",
            "EXPORT_HOURS": "2",
            "QUIET_HOURS": "21:00-07:00",
        }
    )["services"]
    for service in ("migrate", *APPLICATION):
        bound = [item.split(":") for item in compose[service]["volumes"] if item.count(":")]
        sources = {target: source for source, target, _ in bound}
        given = dict(compose[service]["environment"])
        for name in ("BUREAU_ADDRESSES", "SMS_GATEWAY", "NOTICES_PATH", "DATA_KEYS_FILE"):
            given[name] = sources[given[name]]
        settings = Settings.from_env(given)
        assert settings.notices_path / settings.notice_id == notice
        assert list(settings.bureau_contacts()) == ["sasac"]
        assert settings.sms is not None
        assert settings.require_data_keys() == TEST_RING
        assert settings.determination_approval_yuan == Decimal(50_000)
        assert settings.export_hours == 2
        assert settings.practice.quiet == (time(21), time(7))


@pytest.fixture
def short_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="wenqi-") as made:
        yield Path(made)


def test_the_database_command_starts(services: dict[str, Any], short_folder: Path) -> None:
    program, *arguments = services["postgres"]["command"]
    assert (program, arguments[0::2]) == ("postgres", ["-c"] * (len(arguments) // 2))
    server = PostgresServer(
        short_folder / "postgres", short_folder / "pg", "word", options=tuple(arguments[1::2])
    )
    server.prepare()
    process = subprocess.Popen(server.program().command, stderr=subprocess.DEVNULL)
    try:
        assert wait_until(server.answers, 60, lambda: process.poll() is None)
        for option in arguments[1::2]:
            name, _, value = option.partition("=")
            with psycopg.connect(server.url) as connection:
                assert connection.execute(f"SHOW {name}").fetchone() == (value,)
    finally:
        process.send_signal(server.program().stop_signal)
        assert process.wait(60) == 0


def test_the_images_first_start_makes_the_roles(
    services: dict[str, Any], short_folder: Path
) -> None:
    """deploy/postgres/roles.sh, where the image runs it: as the superuser, before anybody comes."""
    script = "deploy/postgres/roles.sh"
    assert f"./{script}:/docker-entrypoint-initdb.d/roles.sh:ro" in services["postgres"]["volumes"]
    server = PostgresServer(
        short_folder / "postgres", short_folder / "pg", "word", create_databases=True
    )
    server.prepare()
    process = subprocess.Popen(server.program().command, stderr=subprocess.DEVNULL)
    roles = (embedded.OWNER, embedded.APPLICATION, embedded.AUDITOR)
    passwords = {
        name: value
        for name, value in services["postgres"]["environment"].items()
        if name.startswith("DATABASE_")
    }
    try:
        assert wait_until(server.answers, 60, lambda: process.poll() is None)
        superuser = urlsplit(server.superuser_url)
        with psycopg.connect(
            superuser._replace(path="/postgres").geturl(), autocommit=True
        ) as connection:
            connection.execute("DROP DATABASE wenqi")
            for role in roles:
                connection.execute(f"DROP ROLE {role}".encode())
        psql = Path(embedded._postgres_binary("psql"))
        subprocess.run(
            ["sh", str(COMPOSE_FILE.parent / script)],
            env={
                "PATH": f"{psql.parent}{os.pathsep}{os.environ['PATH']}",
                "POSTGRES_USER": superuser.username or "",
                "POSTGRES_DB": "postgres",
                "PGHOST": str(server.sockets),
                "PGPASSWORD": superuser.password or "",
                **passwords,
            },
            check=True,
            capture_output=True,
        )
        for role, word in zip(roles, ("owner-word", "app-word", "auditor-word"), strict=True):
            url = f"postgresql://{role}:{word}@/wenqi?host={server.sockets}"
            with psycopg.connect(url) as connection:
                found = connection.execute(
                    "SELECT rolsuper OR rolcreatedb OR rolcreaterole, pg_has_role(datdba, 'USAGE')"
                    " FROM pg_roles, pg_database"
                    " WHERE rolname = current_user AND datname = current_database()"
                ).fetchone()
            assert found == (False, role == embedded.OWNER)
    finally:
        process.send_signal(server.program().stop_signal)
        assert process.wait(60) == 0


def test_the_broker_command_starts(services: dict[str, Any], tmp_path: Path) -> None:
    program, *arguments = services["redis"]["command"]
    assert program == "redis-server"
    server = ValkeyServer(tmp_path, free_port(), VARIABLES["REDIS_PASSWORD"])
    binary = server.program().command[-2]
    process = subprocess.Popen(
        [binary, *arguments, "--port", str(server.port), "--bind", "127.0.0.1"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
    )
    try:
        assert wait_until(server.answers, 60, lambda: process.poll() is None)
        with redis.Redis.from_url(server.url) as client:
            wanted = {"appendonly": "yes", "maxmemory-policy": "noeviction", "save": ""}
            wanted["proto-max-bulk-len"] = str(4 * MOST_BYTES)
            assert {name: client.config_get(name)[name] for name in wanted} == wanted
        with redis.Redis(port=server.port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
    finally:
        process.terminate()
        assert process.wait(60) == 0


def service_environment(service: dict[str, Any], servers: dict[str, str]) -> dict[str, str]:
    """The service's own environment, on the test's servers."""
    own = {name: str(value) for name, value in service["environment"].items()}
    assert "@postgres:5432/" in own["DATABASE_URL"]
    assert "@redis:6379/" in own["REDIS_URL"]
    del own["DATA_KEYS_FILE"]
    logins = (name for name in LOGINS if name in own)
    ours = ("DATABASE_URL", "REDIS_URL", "DATA_KEYS", *logins)
    return {**own, **{name: servers[name] for name in ours}}


def test_the_migration_command_migrates(
    services: dict[str, Any],
    environment: dict[str, str],
    fresh_database_url: Callable[..., str],
) -> None:
    url = fresh_database_url()
    served = with_role(url, embedded.APPLICATION)
    servers = {**environment, "DATABASE_URL": served, "DATABASE_OWNER_URL": url}
    program, *arguments = services["migrate"]["command"]
    assert program == "wenqi"
    subprocess.run(
        [*runnable(("python", "-m", "cli.main")), *arguments],
        env=service_environment(services["migrate"], servers),
        check=True,
    )
    with psycopg.connect(served) as connection:
        assert connection.execute("SELECT count(*) FROM application").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DROP TABLE application")


def test_the_application_commands_start_and_are_healthy(
    services: dict[str, Any], environment: dict[str, str], launch_app: Callable[..., App]
) -> None:
    app = launch_app(env=service_environment(services["api"], environment), start=False)
    app.environment["ALIVE_FOLDER"] = str(app.folder)
    for name, program in app.programs.items():
        command = [str(app.port) if part == "8000" else part for part in services[name]["command"]]
        command = ["127.0.0.1" if part == "0.0.0.0" else part for part in command]  # noqa: S104
        if "--schedule" in command:
            command[command.index("--schedule") + 1] = str(app.folder / "beat-schedule")
        app.programs[name] = replace(program, command=tuple(command))
    app.start()

    # As in the image, where the virtual environment comes first.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def healthy(name: str) -> bool:
        kind, *test = services[name]["healthcheck"]["test"]
        command = ["sh", "-c", *test] if kind == "CMD-SHELL" else test
        command = [part.replace("127.0.0.1:8000", f"127.0.0.1:{app.port}") for part in command]
        checked = subprocess.run(
            command,
            env={**app.full_environment(), "PATH": path},
            capture_output=True,
            check=False,
        )
        return checked.returncode == 0

    for name in APPLICATION:
        if "healthcheck" in services[name]:
            wait_for(partial(healthy, name), f"{name} is healthy: {app.log(name)}")
    for name in APPLICATION:
        assert app.is_running(name), app.log(name)
    app.stop()
