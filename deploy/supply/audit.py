"""Known vulnerabilities of what is pinned: `python -m deploy.supply.audit [--osv-url URL]`.

Exit status: 0, a database was asked about every package and knows of nothing; 1, it knows of
something; 3, **not checked**, because none could be asked about all of them. "Nothing found" is
never said without an answer.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, Final

from deploy.supply.installed import PINNED

CLEAN, VULNERABLE, NOT_CHECKED = 0, 1, 3
SECONDS: Final = 60
_DATABASES: Final = (("--vulnerability-service", "pypi"), ("--vulnerability-service", "osv"))


def audit(databases: Sequence[Sequence[str]]) -> tuple[int, list[str]]:
    """Ask the first database that answers. Returns the exit status, and what is to be said."""
    reasons = []
    for options in databases:
        told, reason = _ask(options)
        if told is None:
            reasons.append(f"NOT CHECKED by {options[1]}: {reason}")
            continue
        found = [
            f"{one['name']} {one['version']}: {each['id']}"
            f" (mended in {', '.join(each['fix_versions']) or 'no release'})"
            for one in told
            for each in one["vulns"]
        ]
        if found:
            return VULNERABLE, found
        return CLEAN, [f"{len(told)} packages, no known vulnerability ({options[1]})"]
    return NOT_CHECKED, [*reasons, "NOT CHECKED: this says nothing about vulnerabilities."]


def _ask(options: Sequence[str]) -> tuple[list[dict[str, Any]] | None, str]:
    """What a database says of every package, or None and why it cannot be relied upon."""
    command = [sys.executable, "-m", "pip_audit", "--strict", "--require-hashes", "--disable-pip"]
    command += ["--requirement", str(PINNED), "--format", "json", "--progress-spinner", "off"]
    command += ["--timeout", "5", *options]
    try:
        done = subprocess.run(  # noqa: S603 -- our own command
            command, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return None, "no answer in time"
    try:
        told = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return None, (done.stderr.strip().splitlines() or ["no answer"])[-1][:300]
    unsure = [one["name"] for one in told if "skip_reason" in one or "vulns" not in one]
    if unsure or not told:
        return None, f"no answer about {', '.join(unsure) or 'anything'}"
    return told, ""


def main() -> None:
    """Say it, and exit with the status."""
    databases: Sequence[Sequence[str]] = _DATABASES
    if sys.argv[1:2] == ["--osv-url"]:
        databases = [("--vulnerability-service", "osv", "--osv-url", sys.argv[2])]
    status, lines = audit(databases)
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(status)


if __name__ == "__main__":
    main()
