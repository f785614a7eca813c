"""deploy/nginx.conf speaks of the API as it is. docs/runbook.md shows it at work."""

from __future__ import annotations

import json
import re
from pathlib import Path

from api.app import create_app
from casework.errors import Overloaded
from config import capacity
from config.declared import Whole
from config.settings import Settings, every_setting
from schemas.kit.problem import problem
from schemas.kit.strict_json import TooLarge

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
    said = [json.loads(text) for text in re.findall(r"return \d+ '(.*)';", CONFIGURATION)]
    assert [one["status"] for one in said] == [413, 503]
    titles = {error.code: error.title for error in (TooLarge, Overloaded)}
    for one in said:
        assert one == problem(one["status"], one["code"], titles[one["code"]], one["detail"])


def test_what_the_api_may_be_set_to_take_passes_the_proxy() -> None:
    whole, batch = directives("client_max_body_size")
    (bound,) = (
        item.variable.parse for item in every_setting() if item.variable.name == "MAX_BODY_BYTES"
    )
    assert isinstance(bound, Whole)
    assert bound.high == int(whole[:-1]) * UNITS[whole[-1]]
    assert batch == "0"
