"""One case from submission to rating over HTTP, printed as a timeline with dates.

Everybody in it is made up: an enterprise, an officer and a supervisor of the lead bureau. Each run
tells a new case, because the one-benefit key of a real one would link a second run to the first.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import click
from stdnum.cn import uscc

from cli.demo import backstage
from cli.demo.http import Body, DemoError, RefusedError, call
from cli.demo.samples import FILED_BY, load_samples
from cli.tables import table
from config.settings import Settings
from rules.workdays import add_working_days

PROCESS_SECONDS = 90
POLL_SECONDS = 0.2
SUPPLEMENT_DAYS = 10
OFFICER, HEAD = ("officer", "示例经办人"), ("supervisor", "示例主管")
RENT_FIELD = "/facts/leases/0/rent"
ASKED_RENT, RENT, AMOUNT = "90000.00", "80000.00", "160000.00"

DAY_FULL, DAYS_TRIED = "invalid_visit_day", 60


@dataclass
class Story:
    """The API, the applicant's receipt and code, and the people of the lead bureau."""

    url: str
    settings: Settings
    intake_token: str
    receipt: str = ""
    access_code: str = ""
    bureau: str = ""
    visit: int = 0
    request: int = 0
    answered_by: str = ""
    tokens: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def as_applicant(self, path: str, body: Body | None = None) -> dict[str, Any]:
        """Ask as the holder of the access code; a body makes it a POST."""
        address = f"{self.url}/api/v1/applications/{self.receipt}{path}"
        return call(address, self.access_code, body).body

    def as_bureau(self, who: tuple[str, str], path: str, body: Body) -> dict[str, Any]:
        """Act on the case as somebody of the lead bureau, on what they have just read."""
        return self.change(f"/cases/{self.receipt}", path, body, who)

    def change(
        self,
        thing: str,
        act: str,
        body: Body,
        who: tuple[str, str] = OFFICER,
        bureau: str | None = None,
    ) -> dict[str, Any]:
        """Read a case, visit or request, and act on the version read."""
        credential = self._token(who, bureau)
        address = f"{self.url}/api/v1{thing}"
        read = call(address, credential)
        return call(address + act, credential, body, If_Match=read.etag).body

    def read(self, path: str, who: tuple[str, str] = OFFICER) -> dict[str, Any]:
        """Read something of the bureau's."""
        return call(f"{self.url}/api/v1{path}", self._token(who)).body

    def status(self) -> dict[str, Any]:
        """The application as its owner sees it."""
        return self.as_applicant("")

    def until(self, state: str, serial: int = 1) -> dict[str, Any]:
        """Wait until the application stands there, assessed so many times."""
        deadline = time.monotonic() + PROCESS_SECONDS
        while True:
            status = self.status()
            assessment = status["assessment"]
            if status["state"] == state and assessment and assessment["serial"] >= serial:
                return status
            if time.monotonic() > deadline:
                raise DemoError(f"{self.receipt} is still {status['state']!r}, not {state!r}")
            time.sleep(POLL_SECONDS)

    def _token(self, who: tuple[str, str], bureau: str | None = None) -> str:
        holder = (bureau or self.bureau, *who)
        if holder not in self.tokens:
            self.tokens[holder] = backstage.token_maker(self.settings)(*holder)
        return self.tokens[holder]


def tell(url: str, settings: Settings) -> None:
    """Live one case through the API at `url` and print it.

    Where business time may be moved (ALLOW_TIME_TRAVEL=1) the visit takes place on its day,
    elsewhere at once. Raises DemoError where the story gets stuck.
    """
    story = Story(url, settings, backstage.intake_token(settings))
    for number, (title, step) in enumerate(STEPS, 1):
        click.echo(f"{number:2}. {title}：{step(story)}")
    status = story.status()
    click.echo()
    rows = [
        (line["at"][:16].replace("T", " "), line["text"])
        for line in status["timeline"]
        if not line["type"].startswith("delivery.")
    ]
    click.echo(table(("时间", "经过"), rows, right_aligned=set()))


def _submit(story: Story) -> str:
    body = {**fresh_application(), **FILED_BY}
    accepted = call(f"{story.url}/api/v1/applications", story.intake_token, body).body
    story.receipt, story.access_code = accepted["receipt"], accepted["access_code"]
    status = story.until("awaiting_determination")
    lead = status["bureaus"]["lead"]
    story.bureau = lead["bureau"]
    return f"受理编号 {story.receipt}，由{lead['bureau_name']}（{lead['printed']}）办理"


def _acknowledge(story: Story) -> str:
    story.as_bureau(OFFICER, "/acknowledgement", {})
    return f"{OFFICER[1]}"


def _request(story: Story) -> str:
    due_on = date.fromisoformat(story.status()["received_at"][:10]) + timedelta(SUPPLEMENT_DAYS)
    story.as_bureau(
        OFFICER,
        "/supplement",
        {"fields": [RENT_FIELD], "reason": "填报租金与合同不符", "due_on": due_on.isoformat()},
    )
    (asked,) = story.status()["supplement"]["fields"]
    return f"{asked['label']}，现为 {asked['value']}，期限 {due_on.isoformat()}"


def _resubmit(story: Story) -> str:
    story.as_applicant("/supplement", {"values": {RENT_FIELD: RENT}})
    status = story.until("awaiting_determination", serial=2)
    return f"租金改为 {RENT}，重新核对后金额 {status['amount']}"


def _find(story: Story) -> str:
    finding = {"condition": "1.5", "result": True, "note": "示例：已核对2020年2-4月报表"}
    story.as_bureau(OFFICER, "/findings", {"findings": [finding]})
    status = story.until("awaiting_determination", serial=3)
    left = [item["condition"] for item in status["assessment"]["needs_finding"]]
    return f"受疫情影响经营困难：符合；尚待认定 {'、'.join(left)}"


def _determine(story: Story) -> str:
    result = story.as_bureau(
        OFFICER,
        "/determination",
        {"granted": True, "amount": AMOUNT, "reason": "示例：材料齐全，经核属实"},
    )
    return (
        f"准予 {result['amount']} 元，规则计算 {result['computed']} 元，"
        f"差额 {result['delta']} 元；{result['state_text']}"
    )


def _approve(story: Story) -> str:
    if story.status()["state"] != "awaiting_approval":
        return "金额未超过须复签的数额"
    result = story.as_bureau(
        HEAD, "/determination/approval", {"approved": True, "reason": "示例：同意"}
    )
    return f"{HEAD[1]}同意；{result['state_text']}"


def _publish(story: Story) -> str:
    listed = call(f"{story.url}/api/v1/publicity?provision=m01_tenant").body
    own = [row for row in listed["items"] if story.receipt.endswith(row["receipt_tail"])]
    if not own:
        raise DemoError(f"{story.receipt} is not on the publicity list")
    row = own[0]
    return f"{row['enterprise']}，{row['amount']} 元，{row['decided_on']} 决定"


def _visit(story: Story) -> str:
    visits = story.read("/visits?open=true")["items"]
    own = [v for v in visits if story.receipt in [a["receipt"] for a in v["applications"]]]
    if not own:
        raise DemoError(f"{story.receipt} has no visit to come")
    story.visit = own[0]["id"]
    _agree_day(story, date.fromisoformat(own[0]["planned_on"]))
    planned = story.read(f"/visits/{story.visit}")
    day = backstage.travel_to(story.settings, date.fromisoformat(planned["planned_on"]))
    story.tokens.clear()  # those of a day that is over are refused
    ask = {"words": "示例：希望延长房租缴纳期限", "field": "rent"}
    done = story.change(
        f"/visits/{story.visit}",
        "/outcome",
        {
            "visited_on": day.isoformat(),
            "result": "met",
            "note": "示例：经营正在恢复",
            "requests": [ask],
        },
    )
    (story.request,) = done["requests"]
    return f"定于 {planned['planned_on']}（{planned['basis']}），{day.isoformat()} 已走访"


def _agree_day(story: Story, day: date) -> None:
    """Confirm the visit, or move it to the next day on which the bureau has room for it."""
    at = {"starts_at": "10:00"}
    agreed = _if_there_is_room(story, "/confirmation", at)
    for _ in range(DAYS_TRIED):
        if agreed:
            return
        day, _ = add_working_days(day, 1)
        moved = {**at, "planned_on": day.isoformat(), "reason": "示例：当日走访已排满"}
        agreed = _if_there_is_room(story, "/move", moved)
    raise DemoError(f"no room for a visit up to {day.isoformat()}")


def _if_there_is_room(story: Story, act: str, body: Body) -> bool:
    """Act on the visit; False if its day is full."""
    try:
        story.change(f"/visits/{story.visit}", act, body)
    except RefusedError as refused:
        if refused.code != DAY_FULL:
            raise
        return False
    return True


def _ask(story: Story) -> str:
    asked = story.read(f"/requests/{story.request}")
    story.answered_by = asked["bureau"]
    return f"{asked['words']}，由{asked['bureau_name']}于 {asked['due_on']} 前答复"


def _answer(story: Story) -> str:
    words = {"answer": "示例：可延期一个季度缴纳"}
    story.change(f"/requests/{story.request}", "/answer", words, bureau=story.answered_by)
    return str(story.read(f"/requests/{story.request}")["state_text"])


def _rate(story: Story) -> str:
    story.as_applicant("/rating", {"grade": 5, "comment": "示例：办理很快"})
    return str(story.status()["rating"]["grade_text"])


STEPS: list[tuple[str, Callable[[Story], str]]] = [
    ("提交", _submit),
    ("签收", _acknowledge),
    ("要求补正", _request),
    ("补正", _resubmit),
    ("认定意见", _find),
    ("认定", _determine),
    ("复签", _approve),
    ("公示", _publish),
    ("走访", _visit),
    ("诉求", _ask),
    ("答复", _answer),
    ("评价", _rate),
]


def fresh_application() -> dict[str, Any]:
    """The first sample, as a fresh enterprise that states a rent its contract does not.

    On a lease of its own: the first sample's is granted by every `make run`.
    """
    sample = next(s for s in load_samples() if s.application["provision"] == "m01_tenant")
    body: dict[str, Any] = json.loads(json.dumps(sample.application))
    number = f"{secrets.randbelow(10**7):07d}"
    stem = f"91110102MA{number}"
    body["enterprise"]["uscc"] = stem + uscc.calc_check_digit(stem)
    lease = {**body["facts"]["leases"][0], "lease_no": f"示例-{number}", "rent": ASKED_RENT}
    body["facts"]["leases"] = [lease]
    return body
