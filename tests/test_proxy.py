"""deploy/nginx.conf speaks of the API as it is. docs/runbook.md shows it at work."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

from api.app import create_app
from api.limits import TooOften
from casework.errors import Overloaded
from config import capacity
from config.declared import Whole
from config.settings import Settings, every_setting
from schemas.kit.problem import problem
from schemas.kit.strict_json import TooLarge
from vocabulary.documents import MOST_BYTES
from web.parts import problems
from web.parts.multipart import MOST_AT_ONCE

ROOT = Path(__file__).parents[1]
CONFIGURATION = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
UNITS = {"k": 1024, "m": 1024**2}


def directives(name: str) -> list[str]:
    """The arguments of every directive of that name."""
    return re.findall(rf"^\s*{name}\s+([^;#]+);", CONFIGURATION, re.MULTILINE)


def test_it_lets_in_as_many_batches_as_the_api_takes(settings: Settings) -> None:
    assert f"batches {capacity.BATCHES}" in directives("limit_conn")
    (place,) = re.findall(r"location = (\S+) \{\n\s+limit_conn batches", CONFIGURATION)
    with create_app(settings).test_request_context(place, method="POST") as context:
        context.match_request()
        assert context.request.endpoint == "batch.submit"


def test_what_it_says_itself_is_worded_as_the_api_words_it() -> None:
    said = [json.loads(text) for text in re.findall(r"return \d+ '({.*})';", CONFIGURATION)]
    assert [one["status"] for one in said] == [413, 429, 503]
    titles = {error.code: error.title for error in (TooLarge, TooOften, Overloaded)}
    for one in said:
        assert one == problem(one["status"], one["code"], titles[one["code"]], one["detail"])


def test_a_browser_is_told_on_a_page_what_a_program_is_told_as_a_problem() -> None:
    """As `web/parts/problems.py` decides it: whoever takes HTML, everywhere but at the API."""
    pages = dict(re.findall(r"return (\d+) '(<!doctype html>.*)';", CONFIGURATION))
    assert set(pages) == {"413", "429", "503"}
    for status, text in pages.items():
        words = problems._WORDS[int(status)]
        assert words.title in text
        assert words.to_do[0] in text
        assert 'lang="zh-CN"' in text
        assert "'" not in text
    assert f"{MOST_BYTES // 1024**2} MB" in pages["413"]
    assert f"{MOST_AT_ONCE // 1024**2} MB" in pages["413"]
    assert [each.split()[-1] for each in directives("error_page")] == [
        f"/-/$told_as/{kind}" for kind in ("later", "later", "large", "often")
    ]
    for told, kind in itertools.product(("problem", "page"), ("later", "large", "often")):
        assert f"location = /-/{told}/{kind} {{\n            internal;" in CONFIGURATION
    choice = re.search(r'map "\$request_uri \$http_accept" \$told_as \{([^}]*)\}', CONFIGURATION)
    assert choice is not None
    assert choice[1].split() == [
        *("default", "problem;"),
        *('"~^/api/"', "problem;"),
        *('"~*text/html"', "page;"),
    ]


def test_what_the_api_may_be_set_to_take_passes_the_proxy() -> None:
    whole, batch, document, form = directives("client_max_body_size")
    (bound,) = (
        item.variable.parse for item in every_setting() if item.variable.name == "MAX_BODY_BYTES"
    )
    assert isinstance(bound, Whole)
    assert bound.high == int(whole[:-1]) * UNITS[whole[-1]]
    assert batch == "0"
    assert int(document[:-1]) * UNITS[document[-1]] == MOST_BYTES
    assert int(form[:-1]) * UNITS[form[-1]] == MOST_AT_ONCE


def test_floods_of_strangers_end_here_and_sending_systems_pass() -> None:
    (zone,) = directives("limit_req_zone")
    key, name, rate = zone.split()
    assert (name.split(":")[0], rate) == ("zone=requests", "rate=50r/s")
    strangers = re.search(
        rf"map \$http_authorization {re.escape(key)} \{{([^}}]*)}}", CONFIGURATION
    )
    assert strangers is not None
    assert strangers[1].split() == ['""', "$binary_remote_addr;", "default", '"";']
    assert directives("limit_req") == ["zone=requests burst=200 nodelay"]


def test_the_sample_for_tls_is_strict() -> None:
    assert directives("include") == ["/etc/nginx/conf.d/tls*.conf"]
    sample = (ROOT / "deploy" / "tls.conf.sample").read_text(encoding="utf-8")
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in sample
    (age,) = re.findall(r'set \$hsts_age "max-age=(\d+)', sample)
    assert int(age) >= 31_536_000
    # Headers of a place hide those of its server: whoever has some says this one too.
    places = re.split(r"\n {4,8}(?=server|location)", CONFIGURATION)[1:]
    saying = [each for each in places if "add_header" in each]
    assert len(saying) == 1 + len(re.findall("internal;", CONFIGURATION))
    assert [each for each in saying if "Strict-Transport-Security $hsts always;" not in each] == []
