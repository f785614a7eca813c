"""docker-compose.yml as Docker Compose would read it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy.local.processes import application_programs

COMPOSE_FILE = Path(__file__).parent.parent.parent / "docker-compose.yml"
VARIABLES = {"SECRETS": "/etc/wenqi/secrets"}
MOUNTED = "/run/secrets/"
LOGINS = ("DATABASE_OWNER_URL", "DATABASE_AUDITOR_URL")
"""For the migration and whoever audits; no process that serves is given them."""
KEPT_FROM_BEAT = ("SECRET_KEY", "DATA_KEYS")
"""What only says when needs no keys."""

APPLICATION = {
    program.name: program
    for program in application_programs(
        host="0.0.0.0",  # noqa: S104 - inside a container
        port=8000,
        schedule=Path("/tmp/beat-schedule"),  # noqa: S108 - the container's own tmpfs
    )
}
# $$ | ${NAME} | ${NAME:-default} | ${NAME:?complaint} | ${NAME:+instead}
VARIABLE = re.compile(r"\$(?:\$|\{(\w+)(?::([-?+])([^}]*))?\})")


class MissingVariableError(Exception):
    """A variable marked as required is not set; compose refuses to start."""


def read_compose(variables: Mapping[str, str]) -> dict[str, Any]:
    """Return the file with its variables replaced, anchors and merges resolved."""
    raw = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))
    resolved: dict[str, Any] = _interpolate(raw, variables)
    return resolved


def _interpolate(node: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _interpolate(value, variables) for key, value in node.items()}
    if isinstance(node, list):
        return [_interpolate(value, variables) for value in node]
    if isinstance(node, str):
        return VARIABLE.sub(lambda match: _value(match, variables), node)
    return node


def _value(match: re.Match[str], variables: Mapping[str, str]) -> str:
    name, operator, argument = match.groups()
    if name is None:
        return "$"
    value = variables.get(name, "")
    if operator == "+":
        return str(argument) if value else ""
    if value or operator is None:
        return value
    if operator == "?":
        raise MissingVariableError(name)
    return str(argument)


def make_secrets(folder: Path) -> Path:
    """The folder that deploy/secrets.sh makes; what is there stays."""
    subprocess.run(["sh", str(COMPOSE_FILE.parent / "deploy/secrets.sh"), str(folder)], check=True)
    return folder


def on_this_machine(environment: dict[str, Any], secrets: Path) -> dict[str, str]:
    """A container's environment, with its mounted secrets where they really lie."""
    return {name: str(value).replace(MOUNTED, f"{secrets}/") for name, value in environment.items()}
