"""Alerts, dashboard, runbook and metrics are held to each other: none names what is not there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
import requests
import yaml

from api import metrics
from casework.delivery import webhooks
from casework.operations import gauges
from store.db import Database
from tests.support.app import App
from tests.support.office import Office

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
RULES = PROMETHEUS / "wenqi.rules.yml"
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
OTHERS: Final = re.compile(r"^(up|node_\w+)$")
"""Prometheus' own, and those of node_exporter."""
NAME = re.compile(r"(?<![\w\"$.])(?:wenqi|node)_\w+|\bup\b")
SELECTOR = re.compile(r"(wenqi_\w+)\{([^}]*)\}")
BY = re.compile(r"\bby \(([^)]*)\)")
OF_SERIES = re.compile(r"_(?:bucket|sum|count)$")
ADDED: Final = frozenset({"instance", "job", "le"})
CONVENTION = re.compile(
    r"wenqi_(?!.*(?:milliseconds|_ms$|_kb$|_mb$|_minutes|_hours|_days))[a-z]+(?:_[a-z]+)*"
)


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def dashboard() -> dict[str, Any]:
    told = (ROOT / "deploy" / "grafana" / "wenqi.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(told)
    return found


def expressions() -> list[str]:
    panels = dashboard()["panels"]
    return [
        *(rule["expr"] for rule in alerts()),
        *(target["expr"] for panel in panels for target in panel["targets"]),
    ]


def declared() -> dict[str, set[str]]:
    """Metric -> the labels that it has."""
    ours = {gauge.name: set(gauge.labels) for gauge in gauges.GAUGES}
    for collector in set(metrics._registry._names_to_collectors.values()):
        for family in collector.collect():
            name = f"{family.name}_total" if family.type == "counter" else family.name
            ours[name] = set(collector._labelnames)  # type: ignore[attr-defined]
    return {**ours, "wenqi_build_info": {"version", "revision"}}


@pytest.fixture
def shown(launch_app: Callable[..., App], office: Office) -> str:
    """What a running API shows of a house where something has happened."""
    office.submit()
    webhooks.add(office.db, office.settings, bureau="sasac", url="https://one.example.org/hook")
    webhooks.add(office.db, office.settings, bureau="sasac", url="https://two.example.org/hook")
    webhooks.disable(office.db, 2)
    app = launch_app("api", env={"API_WORKERS": "1", "LIMIT_FAILURES_PER_MINUTE": "1"})
    for _ in range(2):
        headers = {"Authorization": f"Bearer {'0' * 20}"}
        requests.get(f"{app.base_url}/api/v1/cases", headers=headers, timeout=30)
    return requests.get(f"{app.operator_url}/metrics", timeout=30).text


def test_what_is_watched_exists_and_what_exists_is_watched(shown: str) -> None:
    kinds = dict(re.findall(r"^# TYPE (\S+) (\w+)$", shown, re.MULTILINE))
    used = {name for each in expressions() for name in NAME.findall(each)}
    ours = {
        OF_SERIES.sub("", name) if OF_SERIES.sub("", name) in kinds else name
        for name in used
        if not OTHERS.match(name)
    }
    assert ours == set(kinds)
    for name, kind in kinds.items():
        assert CONVENTION.fullmatch(name), name
        assert name.endswith("_total") == (kind == "counter"), name
        assert f"# HELP {name} " in shown
    for line in (
        'wenqi_webhook_endpoints{state="live"} 1.0',
        'wenqi_webhook_endpoints{state="switched_off"} 1.0',
        'wenqi_webhook_endpoints{state="given_up"} 0.0',
        'wenqi_recent_messages{channel="inbox",state="sent"}',
        'wenqi_database_connections{process="api",state="active"}',
        "wenqi_api_processes 1.0",
        "wenqi_api_pool_connections_max 12.0",
        "wenqi_calendar_end_timestamp_seconds 1.",
    ):
        assert f"\n{line}" in shown
    sized = re.search(r"^wenqi_api_memory_bytes (\S+)$", shown, re.MULTILINE)
    assert sized is not None
    assert 20e6 < float(sized[1]) < 2e9
    unsealed = re.search(r"^wenqi_unsealed_events (\S+)$", shown, re.MULTILINE)
    assert unsealed is not None
    assert float(unsealed[1]) > 0


def test_expressions_ask_for_labels_that_there_are() -> None:
    labels = declared()
    for expression in expressions():
        names = [OF_SERIES.sub("", name) for name in NAME.findall(expression)]
        known = set().union(*(labels.get(name, set()) for name in names), ADDED)
        for grouped in BY.findall(expression):
            assert {each.strip() for each in grouped.split(",")} <= known, expression
        for name, matchers in SELECTOR.findall(expression):
            asked = set(re.findall(r"(\w+)\s*[!=]", re.sub(r'"[^"]*"', "", matchers)))
            assert asked <= labels[OF_SERIES.sub("", name)] | ADDED, expression
        assert expression.count("(") == expression.count(")")


def test_every_alert_names_its_chapter_and_the_chapter_the_alert() -> None:
    chapters = {
        title: body
        for title, _, body in (each.partition("\n") for each in RUNBOOK.split("\n## ")[1:])
    }
    told = {
        chapter: set(re.findall(r"`(Wenqi\w+)`", line))
        for chapter, body in chapters.items()
        for line in re.findall(r"\A\nAlerts?: .*", body)
    }
    asked: dict[str, set[str]] = {}
    for rule in alerts():
        asked.setdefault(rule["annotations"]["runbook"], set()).add(rule["alert"])
        assert rule["labels"]["severity"] in ("page", "look")
        assert rule["annotations"]["summary"]
    assert told == asked
    names = [rule["alert"] for rule in alerts()]
    assert len(names) == len(set(names))
    assert set(re.findall(r"`(Wenqi\w+)`", RUNBOOK)) == set(names)


def test_panels_lie_beside_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_rules_do_what_they_say() -> None:
    """By promtool where it is at hand; anywhere: each alert has been thought through in a case, or
    is a plain comparison."""
    cases = yaml.safe_load((PROMETHEUS / "wenqi.test.yml").read_text(encoding="utf-8"))["tests"]
    tried = {one["alertname"] for case in cases for one in case["alert_rule_test"]}
    assert tried <= {rule["alert"] for rule in alerts()}
    involved = {
        rule["alert"] for rule in alerts() if re.search(r"\b(and|or|on|absent)\b", rule["expr"])
    }
    assert involved <= tried
    promtool = shutil.which("promtool")
    if promtool is None:
        return
    for check in (
        ("check", "config", "prometheus.yml"),
        ("check", "rules", "wenqi.rules.yml"),
        ("test", "rules", "wenqi.test.yml"),
    ):
        done = subprocess.run(
            [promtool, *check], cwd=PROMETHEUS, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_gauge_that_cannot_be_read_hides_no_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = gauges._asked("SELECT 1 FROM nosuch")
    broken = gauges.Gauge("wenqi_broken", "No such table.", (), nothing)
    every = gauges.GAUGES
    monkeypatch.setattr(gauges, "GAUGES", (broken, *every))
    assert [each.gauge for each in gauges.read(database)] == list(every)
