"""Two notices in one deployment, over HTTP and with every process: each by its own notice."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests

from casework.people import tokens
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.app import App
from tests.support.applications import tenant_body
from tests.support.ledgers import scalar
from tests.support.notices import with_second
from tests.support.waiting import wait_for

TIMEOUT = 30
ROOT = Path(__file__).parents[2]
FIRST = Settings.notice_id
HERE = {"registered_in": "yanqing", "taxed_in": "yanqing", "located_in": "yanqing"}


@dataclass
class Filed:
    """An application as its applicant knows it."""

    url: str
    receipt: str
    code: str

    def status(self) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.code}"}
        answer = requests.get(self.url, headers=headers, timeout=TIMEOUT)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def assessed(self) -> dict[str, Any]:
        """The status once it has been assessed."""
        wait_for(lambda: self.status()["outcome"] is not None, f"{self.receipt} is assessed")
        return self.status()


@dataclass
class House:
    """A deployment that takes applications under both notices."""

    base: str
    second: str
    database: Database
    settings: Settings

    @cached_property
    def known(self) -> dict[str, str]:
        """The headers of a trusted sending system."""
        return filing.credentials(self.database, self.settings)

    def ask(self, route: str, body: Any = None, who: str | None = None, **query: Any) -> Any:
        """An answer. `who`: the bureau whose supervisor asks."""
        method, path = route.split()
        headers = {}
        if path == "/applications":
            headers, body = self.known, {**filing.STATED, **body}
        if who is not None:
            made = tokens.create(
                self.database, self.settings, bureau=who, role="supervisor", label="测试"
            )
            headers = {"Authorization": f"Bearer {made}"}
        if method == "POST" and path.startswith("/cases/"):
            read = self.told(f"GET /cases/{path.split('/')[2]}", who=who)
            headers["If-Match"] = f'"{read["version"]}"'
        return requests.request(
            method,
            f"{self.base}/api/v1{path}",
            json=body,
            params=query,
            headers=headers,
            timeout=TIMEOUT,
        )

    def told(self, route: str, body: Any = None, who: str | None = None, **query: Any) -> Any:
        answer = self.ask(route, body, who, **query)
        assert answer.ok, answer.text
        return answer.json()

    def file(self, body: dict[str, Any]) -> Filed:
        told = self.told("POST /applications", body)
        return Filed(told["status_url"], told["receipt"], told["access_code"])

    def rent(self) -> dict[str, Any]:
        """A tenant's application under the second notice: two months of 30,000 yuan."""
        body = tenant_body()
        body["enterprise"] |= HERE
        body["facts"]["leases"][0] |= {"premises_district": "yanqing"}
        return {"notice": self.second, **body}

    def stalls(self) -> dict[str, Any]:
        """An application under a provision that only the second notice has."""
        months = [{"month": "2021-01", "count": 3}, {"month": "2021-02", "count": 2}]
        enterprise = {**tenant_body()["enterprise"], **HERE}
        return {
            "notice": self.second,
            "provision": "s02_stalls",
            "enterprise": enterprise,
            "facts": {"stalls": months},
        }


@pytest.fixture
def open_house(
    tmp_path: Path,
    environment: dict[str, str],
    database: Database,
    launch_app: Callable[..., App],
) -> Callable[..., House]:
    """`open_house()` runs every process, `open_house("api")` what answers at the door alone."""

    def make(*processes: str) -> House:
        folder = tmp_path / "notices"
        second = with_second(folder).name
        env = {"NOTICES_PATH": str(folder), "PYTHONPATH": str(ROOT)}
        app = launch_app(*processes, env=env)
        return House(app.base_url, second, database, Settings.from_env({**environment, **env}))

    return make


def _faults(answer: requests.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


def test_each_application_goes_its_own_notices_way(open_house: Callable[..., House]) -> None:
    house = open_house()
    first, rent, stalls = (
        house.file(tenant_body()),
        house.file(house.rent()),
        house.file(house.stalls()),
    )

    # Judged: the same rule with other months, shares and district; and a rule of its own.
    judged = {filed.receipt: filed.assessed() for filed in (first, rent, stalls)}
    assert [told["notice"] for told in judged.values()] == [FIRST, house.second, house.second]
    assert [told["amount"] for told in judged.values()] == ["60000.00", "18000.00", "1000.00"]
    texts = json.dumps(judged[rent.receipt], ensure_ascii=False)
    assert "冬季减免房租" in texts
    assert "2021-01" in texts
    assert "西城" not in texts
    assert judged[rent.receipt]["assessment"]["clause"]["where"] == "第一条"

    # Routed and told.
    leads = [told["bureaus"]["lead"]["bureau"] for told in judged.values()]
    assert leads == ["sasac", "shili_premises", "shili_winter"]
    assert judged[stalls.receipt]["bureaus"]["lead"]["phone"] == "5550102"
    [message] = house.told("GET /inbox", who="shili_winter")["items"]
    assert message["receipt"] == stalls.receipt

    # Shown and listed, to its own bureau and to no other.
    case = house.told(f"GET /cases/{rent.receipt}", who="shili_premises")
    assert case["casework"]["actions"]
    assert house.ask(f"GET /cases/{rent.receipt}", who="sasac").status_code == 404
    [listed] = house.told("GET /cases", who="shili_premises")["items"]
    assert listed["receipt"] == rent.receipt

    # Found and decided by its own notice's people; then it is made public beside the first's.
    finding = {"condition": "2.verified", "result": True, "note": "已核实"}
    house.told(f"POST /cases/{stalls.receipt}/findings", {"findings": [finding]}, "shili_winter")
    wait_for(lambda: stalls.status()["outcome"] == "eligible", "the finding has been taken in")
    assert house.told("GET /publicity")["items"] == []
    yes = {"granted": True, "amount": "1000.00", "reason": "经核属实"}
    house.told(f"POST /cases/{stalls.receipt}/determination", yes, "shili_winter")
    [grant] = house.told("GET /publicity")["items"]
    assert (grant["measure"], grant["title"], grant["amount"]) == ("二", "冬季出摊补助", "1000.00")
    page = requests.get(f"{house.base}/publicity", timeout=TIMEOUT).text
    assert "示政办发〔2021〕3号" in page
    assert "西政办发〔2020〕6号" in page

    # Counted and exported.
    rows = house.told("GET /reports/amounts", who="shili_winter")["rows"]
    assert [(row["bureau_name"], row["title"], row["granted_amount"]) for row in rows] == [
        ("示例区过冬办", "冬季出摊补助", "1000.00")
    ]
    visits = house.told("GET /reports/visits", who="shili_winter")["rows"]
    assert [row["bureau_name"] for row in visits] == ["示例区过冬办"]
    assert [row[2:4] for row in _exported(house, "shili_winter")[1:]] == [["二", "冬季出摊补助"]]


def _exported(house: House, who: str) -> list[list[str]]:
    asked = house.told("POST /exports", {"format": "csv"}, who)

    def is_ready() -> bool:
        state = house.told("GET " + asked["status_url"].split("/api/v1")[1], who=who)["state"]
        return bool(state == "ready")

    wait_for(is_ready, "the export is ready")
    file = requests.get(asked["download_url"], timeout=TIMEOUT).content.decode("utf-8-sig")
    return list(csv.reader(file.splitlines()))


def test_what_its_notice_does_not_have_is_refused_at_the_door(
    open_house: Callable[..., House],
) -> None:
    house = open_house("api")
    there = [
        ({**house.stalls(), "notice": FIRST}, ("/provision", "unknown_provision")),
        ({**tenant_body(), "provision": "s02_stalls"}, ("/provision", "unknown_provision")),
        ({**house.rent(), "provision": "m04_chain_shop"}, ("/provision", "unknown_provision")),
        ({**tenant_body(), "notice": "keine-2000-1"}, ("/notice", "unknown_notice")),
        ({**tenant_body(), "notice": "../shili-2021-3"}, ("/notice", "unknown_notice")),
        ({**tenant_body(), "notice": 7}, ("/notice", "invalid_string")),
    ]
    for body, fault in there:
        assert fault in _faults(house.ask("POST /applications", body))
    lines = [body for body, _ in there] + [house.stalls()]
    answer = requests.post(
        f"{house.base}/api/v1/applications/batch",
        data="\n".join(json.dumps(line | filing.STATED) for line in lines).encode(),
        headers={"Content-Type": "application/x-ndjson", **house.known},
        timeout=TIMEOUT,
    )
    told = [json.loads(line) for line in answer.content.splitlines()]
    assert [line.get("status") for line in told] == [422] * len(there) + [202, None]
    assert scalar(house.database, "SELECT count(*) FROM application") == 1
    assert scalar(house.database, "SELECT notice_id FROM application") == house.second


def test_each_notice_is_shown_and_screened_by_itself(
    open_house: Callable[..., House],
) -> None:
    house = open_house("api")
    shown = house.told("GET /provisions")
    assert shown["notice"]["id"] == FIRST
    assert {notice["id"] for notice in shown["notices"]} == {FIRST, house.second}
    listing = house.told("GET /provisions", notice=house.second)
    assert [entry["code"] for entry in listing["provisions"]] == [
        "s03_loans",
        "m01_tenant",
        "s02_stalls",
    ]
    document = requests.get(f"{house.base}/openapi.json", timeout=TIMEOUT).json()
    whole = {"$ref": "#/components/schemas/ApplicationRequest", **document}
    for entry in listing["provisions"]:
        read = house.told("GET " + entry["href"].removeprefix("/api/v1"))
        assert read["notice"]["id"] == house.second
        jsonschema.Draft202012Validator(read["form"]).validate(read["example"])
        jsonschema.Draft202012Validator(whole).validate(read["example"])
        assert house.ask("POST /applications", read["example"]).status_code == 202
    jsonschema.Draft202012Validator(whole).validate(tenant_body())
    assert not jsonschema.Draft202012Validator(whole).is_valid({**house.stalls(), "notice": FIRST})
    assert house.ask("GET /provisions/s02_stalls").status_code == 404
    for path in ("/provisions", "/provisions/m01_tenant"):
        unknown = house.ask(f"GET {path}", notice="keine-2000-1")
        assert _faults(unknown) == [("/query/notice", "unknown_notice")]

    enterprise = {**tenant_body()["enterprise"], **HERE}
    asked = {"notice": house.second, "enterprise": enterprise}
    screened = house.told("POST /screenings", asked)
    assert screened["notice"] == house.second
    verdicts = {verdict["provision"]: verdict for verdict in screened["verdicts"]}
    assert set(verdicts) == {"m01_tenant", "s02_stalls", "s03_loans"}
    assert verdicts["s03_loans"]["outcome"] == "referred"
    assert verdicts["s02_stalls"]["missing"][0]["label"] == "摊位"
    own = {"s02_stalls": house.stalls()["facts"]}
    told = house.told("POST /screenings", {**asked, "facts": own})
    amounts = {each["provision"]: each["amount"] for each in told["verdicts"]}
    assert amounts["s02_stalls"] == "1000.00"
    foreign = house.ask("POST /screenings", {"enterprise": enterprise, "facts": own})
    assert _faults(foreign) == [("/facts/s02_stalls", "unknown_provision")]
    nowhere = house.ask("POST /screenings", {**asked, "notice": "keine-2000-1"})
    assert _faults(nowhere) == [("/notice", "unknown_notice")]
