"""docker-compose.yml: valid, without secrets, and with every setting in its place.

No Docker engine is needed. `test_compose_commands.py` starts what it starts.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import check_jsonschema.builtin_schemas
import jsonschema
import pytest

from config.declared import existing_file, existing_folder
from config.settings import Settings, every_setting
from tests.support.compose import (
    APPLICATION,
    COMPOSE_FILE,
    KEPT_FROM_BEAT,
    LOGINS,
    MOUNTED,
    VARIABLES,
    MissingVariableError,
    make_secrets,
    on_this_machine,
    read_compose,
)
from tests.support.keys import TEST_DATA_KEYS, TEST_RING
from tests.support.notices import without_measure

_NAMING_IMAGES = ("docker-compose.yml", "Dockerfile")


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_secrets(tmp_path_factory.mktemp("compose") / "secrets")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = read_compose(VARIABLES)["services"]
    return found


def test_secrets_that_are_there_stay(secrets: Path) -> None:
    made = {path.name: path.read_bytes() for path in secrets.iterdir()}
    make_secrets(secrets)
    assert {path.name: path.read_bytes() for path in secrets.iterdir()} == made
    assert secrets.stat().st_mode & 0o777 == 0o700


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
    assert {name for name, _ in secrets} == {"SECRETS"}
    assert {operator for _, operator in secrets} == {":?"}
    assert not re.search(r"(?i)(password|secret|key|token)\w*[:=] *[\"']?[\w-]{6,}", text)


def test_every_secret_is_a_file_and_each_container_gets_its_own_alone(
    services: dict[str, Any], secrets: Path
) -> None:
    declared = read_compose(VARIABLES)["secrets"]
    assert declared == {name: {"file": f"{VARIABLES['SECRETS']}/{name}"} for name in declared}
    assert {path.name for path in secrets.iterdir()} == set(declared)
    words = [
        line
        for path in secrets.iterdir()
        for line in path.read_text(encoding="ascii").split()
        if len(line) > 20
    ]
    assert len(words) > 10
    for name, service in services.items():
        held = set(service.get("secrets", ()))
        told = set(re.findall(rf"{MOUNTED}([a-z-]+)", str(service)))
        assert told == held, name
        owner = {"database-owner-url", "database-auditor-url"}
        assert bool(held & owner) == (name == "migrate")
        assert name != "beat" or held == {"database-url", "redis-url", "smtp-url", "sentry-dsn"}
        # Whatever `docker inspect` shows: no password, no key, no URL with one.
        shown = str({**service, "secrets": None})
        assert not re.search(r"://[^ ]*:[^ ]*@", shown)
        assert not [word for word in words if word in shown]


def test_every_image_has_a_digest_in_one_place_and_another_can_be_given() -> None:
    compose, dockerfile = (
        (COMPOSE_FILE.parent / name).read_text(encoding="utf-8") for name in _NAMING_IMAGES
    )
    pinned = r"[a-z]+:[\d.]+(?:-[a-z]+)?@sha256:[0-9a-f]{64}"
    named = dict(re.findall(r"\$\{(\w+_IMAGE):-([^}]+)\}", compose))
    assert set(named) == {"POSTGRES_IMAGE", "REDIS_IMAGE", "NGINX_IMAGE"}
    [python] = re.findall(r"^ARG PYTHON_IMAGE=(\S+)$", dockerfile, re.MULTILINE)
    for image in (*named.values(), python):
        assert re.fullmatch(pinned, image), image
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"${PYTHON_IMAGE}"}
    # Without a value Compose gives the environment's, and nothing where there is none.
    assert read_compose(VARIABLES)["services"]["api"]["build"]["args"]["PYTHON_IMAGE"] is None
    others = {name: f"own.example.org/{image}" for name, image in named.items()}
    built = read_compose({**VARIABLES, **others})["services"].values()
    assert {one["image"] for one in built} - {"wenqi:local"} == set(others.values())


def test_the_digests_are_renewed_where_they_stand(tmp_path: Path) -> None:
    """By a registry that says what the test wants; nothing else of the files changes."""
    for name in (*_NAMING_IMAGES, "deploy/pin-images.sh"):
        copied = tmp_path / name
        copied.parent.mkdir(exist_ok=True)
        shutil.copy(COMPOSE_FILE.parent / name, copied)
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(f"#!/bin/sh\necho sha256:{'0' * 64}\n", encoding="ascii")
    docker.chmod(0o755)
    script = str(tmp_path / "deploy/pin-images.sh")
    subprocess.run(["sh", script], env={"PATH": f"{docker.parent}:{os.defpath}"}, check=True)
    for name in _NAMING_IMAGES:
        before = (COMPOSE_FILE.parent / name).read_text(encoding="utf-8")
        renewed = re.sub(r"@sha256:[0-9a-f]{64}", f"@sha256:{'0' * 64}", before)
        assert (tmp_path / name).read_text(encoding="utf-8") == renewed != before


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
    assert services["postgres"]["image"].startswith("postgres:18@")
    assert services["redis"]["image"].startswith("redis:8@")
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


def test_what_postgres_refuses_is_logged_without_the_row(services: dict[str, Any]) -> None:
    quiet = {"log_error_verbosity=terse", "log_parameter_max_length_on_error=0"}
    assert quiet <= set(services["postgres"]["command"])


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
            if item.is_secret:
                assert name not in given
                mounted = MOUNTED + name.lower().replace("_", "-")
                kept = (service != "migrate" and name in LOGINS) or (
                    service == "beat" and name in KEPT_FROM_BEAT
                )
                assert (given.get(item.variable.file) or None) == (None if kept else mounted)
            elif not item.variable.in_containers:
                assert name not in given
            elif item.variable.parse in (existing_file, existing_folder):
                assert f"probe-of-it:{given[name]}:ro" in compose[service]["volumes"]
            else:
                assert given[name] == "probe-of-it", name


def test_only_what_is_for_trying_out_is_kept_from_the_containers() -> None:
    kept = [item.variable.name for item in every_setting() if not item.variable.in_containers]
    assert kept == [*LOGINS, "CODES_FILE", "ALLOW_TIME_TRAVEL"]
    assert "# ALLOW_TIME_TRAVEL" in COMPOSE_FILE.read_text(encoding="utf-8")


def test_what_is_unset_has_its_default_in_the_containers(
    services: dict[str, Any], secrets: Path
) -> None:
    for service in ("migrate", *APPLICATION):
        given = on_this_machine(services[service]["environment"], secrets)
        assert not {
            given[name]
            for name in ("BUREAU_ADDRESSES", "SMS_GATEWAY", "MESSAGE_REPORTS", "NOTICES_PATH")
        } - {""}
        owners = {f"{name}_FILE" for name in LOGINS}
        given = {name: value for name, value in given.items() if name not in owners}
        settings = Settings.from_env(given)
        plain = {
            name: (secrets / name.lower().replace("_", "-")).read_text(encoding="ascii")
            for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DATA_KEYS")
        }
        # Only here is it known that there is a proxy, from which networks it calls, and that the
        # composition's own networks alone reach the operators' listener; where containers may leave
        # a sign of life; and which volume holds files.
        known = {
            name: given[name]
            for name in ("TRUSTED_PROXIES", "OPERATOR_LISTEN", "ALIVE_FOLDER", "DOCUMENT_STORE")
        }
        given = {
            name: value
            for name, value in plain.items()
            if service != "beat" or name not in KEPT_FROM_BEAT
        }
        assert settings == Settings.from_env({**given, **known, "WENQI_ENV": "production"})


def test_a_deployments_values_and_files_arrive(tmp_path: Path, secrets: Path) -> None:
    bureaus = tmp_path / "offices.toml"
    bureaus.write_text('[sasac]\nemail = "duty@sasac.example.org"\n', encoding="utf-8")
    gateway = tmp_path / "gateway.toml"
    gateway.write_text('url = "https://sms.example.org/send"\n', encoding="utf-8")
    notice = without_measure(tmp_path / "notices", "m04")
    own = shutil.copytree(secrets, tmp_path / "secrets")
    (own / "data-keys").write_text(f"# of this year\n{TEST_DATA_KEYS}\n", encoding="ascii")
    (own / "smtp-url").write_text("smtp://mail.example.org:25\n", encoding="ascii")
    compose = read_compose(
        {
            **VARIABLES,
            "SMTP_FROM": "wenqi@example.org",
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
        given = on_this_machine(compose[service]["environment"], own)
        for name in ("BUREAU_ADDRESSES", "SMS_GATEWAY", "NOTICES_PATH"):
            given[name] = sources[given[name]]
        settings = Settings.from_env(given)
        assert settings.notices_path / settings.notice_id == notice
        assert list(settings.bureau_contacts()) == ["sasac"]
        assert settings.sms is not None
        assert service == "beat" or settings.require_data_keys() == TEST_RING
        assert settings.smtp is not None
        assert settings.determination_approval_yuan == Decimal(50_000)
        assert settings.export_hours == 2
        assert settings.practice.quiet == (time(21), time(7))
