"""A notice that ends, takes applications for a while only, and says what to bring."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.notices import load_from
from rules import PROVISIONS
from rules.engine import assess
from rules.explain import explain
from rules.model import Case
from rules.notice import Notice
from rules.screening import screen
from tests.support.notices import copy_packaged, replace_once
from tests.support.packaged import WORDS
from vocabulary.outcomes import Outcome

ISSUED = 'in_force_from = "2020-05-11"\n'
WHOLE = """
[window]
from = "2020-06-01"
until = "2020-06-30"
source = "local_practice"
cite = "申报指南第二条"
"""
SECOND = """
[windows."二"]
from = "2020-07-01"
source = "notice"
cite = "(二)"
words = "同步延长至4月"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_packaged(tmp_path)


def told(folder: Path, provision: str, on: date) -> dict[str, Any]:
    """What a case that states nothing is told if it is received on a day."""
    notice = Notice(load_from(folder).content)
    document = assess(PROVISIONS[provision], Case({}, {}, on), notice).document()
    assert (document["outcome"] == Outcome.NOT_IN_FORCE) == (not document["findings"])
    explained = explain(document, notice, WORDS)
    return {name: explained[name] for name in ("outcome", "outcome_text", "amount", "summary")}


def append(path: Path, more: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")


def test_after_its_last_day_it_takes_nothing_more(folder: Path) -> None:
    replace_once(folder / "notice.toml", ISSUED, f'{ISSUED}in_force_until = "2020-12-31"\n')
    assert told(folder, "m01_tenant", date(2020, 12, 31))["outcome"] == Outcome.INCOMPLETE
    assert told(folder, "m01_tenant", date(2021, 1, 1)) == {
        "outcome": "not_in_force",
        "outcome_text": "不在受理期内",
        "amount": "0.00",
        "summary": "本通知执行至2020年12月31日，收到申请之日已不再受理。",
    }
    assert told(folder, "m01_tenant", date(2020, 5, 10))["summary"] == (
        "收到申请之日，本通知尚未印发。"
    )


def test_a_window_is_told_in_words_with_its_source(folder: Path) -> None:
    append(folder / "notice.toml", WHOLE)
    first = "(一)第一段「承租区属国有企业房产的中小微企业、个体工商户减免房租」"
    days = "2020年6月1日至2020年6月30日（申报指南第二条）"
    assert told(folder, "m01_tenant", date(2020, 5, 31))["summary"] == (
        f"{first}的受理时间：{days}，收到申请之日尚未开始受理，请在受理时间内申请。"
    )
    for day in (1, 30):
        assert told(folder, "m01_tenant", date(2020, 6, day))["outcome"] == Outcome.INCOMPLETE
    assert told(folder, "m01_tenant", date(2020, 7, 1))["summary"] == (
        f"{first}的受理时间：{days}，收到申请之日已停止受理。"
    )


def test_a_measure_may_have_a_window_of_its_own(folder: Path) -> None:
    append(folder / "notice.toml", WHOLE)
    append(folder / "measures" / "m02.toml", SECOND)
    early = told(folder, "m02_carrier", date(2020, 6, 15))
    assert early["outcome"] == Outcome.NOT_IN_FORCE
    assert "受理时间：自2020年7月1日起（(二)：“同步延长至4月”）" in early["summary"]
    assert told(folder, "m02_carrier", date(2026, 1, 1))["outcome"] == Outcome.INCOMPLETE
    notice = Notice(load_from(folder).content)
    screened = {
        one.assessment.provision: one.assessment.outcome
        for one in screen({}, {}, notice, PROVISIONS, date(2020, 7, 1))
    }
    assert screened.pop("m02_carrier") != Outcome.NOT_IN_FORCE
    assert set(screened.values()) == {Outcome.NOT_IN_FORCE}
