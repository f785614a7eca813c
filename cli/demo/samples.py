"""The bundled samples over HTTP: submit, wait, let the bureau find and determine, show a table.

A sample is a JSON file in `samples/`: `title`, `application` (the body of a submission) and
optionally `official_findings`, which the lead bureau records once the application waits for them,
and `determination`, the reason for which its officer then grants what the rules computed. Each is
submitted under an Idempotency-Key of its own, so a second run finds the first one's applications
instead of filing them again.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from cli.demo.http import ApiUnreachableError, Body, DemoError, call
from cli.tables import table

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PROCESS_SECONDS = 90
POLL_SECONDS = 0.2
WAITS_FOR_FINDINGS = "needs_determination"
WAITS_FOR_DETERMINATION = "awaiting_determination"
COLUMNS = ("受理编号", "样例", "结果", "金额（元）", "已告知", "走访日期")
FILED_BY: dict[str, Any] = {"identity": {"level": "assured"}}
"""What the sending system says of who files."""
AMOUNT_COLUMN = COLUMNS.index("金额（元）")

# Makes a bearer token for a bureau: the demo plays the bureau's officer.
TokenMaker = Callable[[str], str]


@dataclass(frozen=True)
class Sample:
    """One sample file."""

    name: str
    title: str
    application: dict[str, Any]
    official_findings: list[dict[str, Any]]
    determination: str | None


def load_samples(folder: Path = SAMPLES) -> list[Sample]:
    """Read the sample files in the order of their names."""
    samples = []
    for path in sorted(folder.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        samples.append(
            Sample(
                name=path.stem,
                title=content["title"],
                application=content["application"],
                official_findings=content.get("official_findings", []),
                determination=content.get("determination"),
            )
        )
    return samples


def run(url: str, token_for: TokenMaker, intake_token: str) -> bool:
    """Submit all samples to the API at `url` as a sending system, and print what became of each.

    Returns whether every one was processed: assessed and its bureau told.
    """
    samples = load_samples()
    click.echo(f"submitting {len(samples)} samples to {url} ...")
    deadline = time.monotonic() + PROCESS_SECONDS
    filed = [(sample, _attempt(partial(_submit, intake_token), url, sample)) for sample in samples]
    rows, failures = [], []
    for sample, accepted in filed:
        try:
            if isinstance(accepted, DemoError):
                raise accepted
            status = _follow(url, sample, accepted, token_for, deadline)
        except DemoError as error:
            failures.append(f"{sample.name}: {error}")
        else:
            rows.append(table_row(sample, status))
    click.echo()
    click.echo(table(COLUMNS, rows, right_aligned={AMOUNT_COLUMN}))
    click.echo()
    for failure in failures:
        click.echo(f"not processed: {failure}", err=True)
    click.echo(f"{len(rows)} of {len(samples)} samples processed")
    return bool(samples) and not failures


def table_row(sample: Sample, status: dict[str, Any]) -> tuple[str, ...]:
    """One line of the table from the answer of the status resource."""
    contact = status["bureaus"]["lead"]
    visit = status["visit"]
    return (
        status["receipt"],
        sample.title,
        _result(status),
        status["determined_amount"] or status["amount"] or "—",
        f"{contact['bureau_name']} {''.join(contact['name'].split())} {contact['phone']}",
        visit["planned_on"] if visit else "—",
    )


def _result(status: dict[str, Any]) -> str:
    """What became of it: what a person determined, else what the rules say."""
    determined = status["determination"]
    if determined is None:
        return str(status["outcome_text"])
    return "已认定：准予" if determined["granted"] else "已认定：不予认定"


def _attempt(
    submit: Callable[[str, Sample], dict[str, Any]], url: str, sample: Sample
) -> dict[str, Any] | DemoError:
    """The answer or the refusal, so that one refused sample does not keep the others back."""
    try:
        return submit(url, sample)
    except DemoError as error:
        return error


def _submit(intake_token: str, url: str, sample: Sample) -> dict[str, Any]:
    body = {**sample.application, **FILED_BY}
    content = json.dumps(body, sort_keys=True).encode()
    key = f"demo-{sample.name}-{hashlib.sha256(content).hexdigest()[:16]}"
    return call(f"{url}/api/v1/applications", intake_token, body, Idempotency_Key=key).body


def _follow(
    url: str,
    sample: Sample,
    accepted: dict[str, Any],
    token_for: TokenMaker,
    deadline: float,
) -> dict[str, Any]:
    """The status after the last of what the sample asks for: assessment, findings, grant."""
    status = _wait(accepted, deadline, lambda status: _is_settled(status, after=0))
    if sample.official_findings and status["outcome"] == WAITS_FOR_FINDINGS:
        serial = status["assessment"]["serial"]
        found = {"findings": sample.official_findings}
        _act(url, token_for, status, "findings", found)
        status = _wait(accepted, deadline, lambda status: _is_settled(status, after=serial))
    if sample.determination and status["state"] == WAITS_FOR_DETERMINATION:
        granted = {"as_computed": True, "reason": sample.determination}
        _act(url, token_for, status, "determination", granted)
        status = call(accepted["status_url"], accepted["access_code"]).body
    return status


def _act(url: str, token_for: TokenMaker, status: dict[str, Any], act: str, body: Body) -> None:
    """Act on a case as an officer of its lead bureau, on the version just read."""
    call(
        f"{url}/api/v1/cases/{status['receipt']}/{act}",
        token_for(status["bureaus"]["lead"]["bureau"]),
        body,
        If_Match=f'"{status["version"]}"',
    )


def _is_settled(status: dict[str, Any], *, after: int) -> bool:
    """Whether it has an assessment later than number `after` and somebody was told."""
    assessment = status["assessment"]
    told = any(line["type"] == "delivery.sent" for line in status["timeline"])
    return assessment is not None and assessment["serial"] > after and told


def _wait(
    accepted: dict[str, Any], deadline: float, is_enough: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    while True:
        try:
            status = call(accepted["status_url"], accepted["access_code"]).body
        except ApiUnreachableError:
            if time.monotonic() > deadline:
                raise
        else:
            if is_enough(status):
                return status
            if time.monotonic() > deadline:
                raise DemoError(f"{accepted['receipt']} is still in state {status['state']!r}")
        time.sleep(POLL_SECONDS)
