"""The page on which a bureau's head chooses when the bureau is told of what."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.desk_client import DeskClient
from tests.support.ledgers import column
from tests.support.office import Office
from vocabulary.matters import Matter
from vocabulary.people import Role

MESSAGES = "/desk/messages"
CHOSEN = "SELECT matter || ' ' || telling || ' ' || chosen_by FROM message_choice ORDER BY id"


def test_the_head_chooses_and_others_read(enter: Callable[..., DeskClient], office: Office) -> None:
    head, officer = enter("test.bing", Role.SUPERVISOR), enter("test.jia", Role.OFFICER)
    shown = head.get(MESSAGES).text
    for matter in Matter:
        assert matter.label in shown
        assert matter.why in shown
        # What is fixed is not offered, and what is offered stands as it is.
        offered = shown.count(f'name="{matter.value}"')
        assert offered == (len(matter.allowed) if len(matter.allowed) > 1 else 0)
        if offered:
            assert f'name="{matter.value}" value="{matter.usual.value}" checked' in shown
    assert "每日提要在工作日09:30发" in shown

    head.send(MESSAGES, {"version": "0", "visits": "never", "ratings": "digest"})
    assert "已保存，对此后的消息有效。已告知本单位。" in head.get(MESSAGES).text
    assert column(office.db, CHOSEN) == [
        "visits never sasac:test.bing", "ratings digest sasac:test.bing"
    ]  # fmt: skip
    read = officer.get(MESSAGES).text
    assert "<p>不发</p>" in read
    assert "由主管选定" in read
    assert 'type="radio"' not in read
    assert "sasac:test.bing选定" in read
    officer.send(MESSAGES, {"version": "0", "visits": "digest"}, 403)
    assert "消息设置" in officer.get("/desk/account").text

    # Of what somebody else changed meanwhile nothing is overwritten.
    stale = head.send(MESSAGES, {"version": "0", "visits": "digest"}, 409).text
    assert "其间被更改过" in stale
    assert 'name="visits" value="never" checked' in stale


def test_what_hangs_on_it_is_refused_with_why(
    enter: Callable[..., DeskClient], office: Office
) -> None:
    head = enter("test.bing", Role.SUPERVISOR)
    refused = head.send(
        MESSAGES, {"version": "0", "objections": "never", "results": "never"}, 422
    ).text
    assert f"不能选不发，{Matter.OBJECTIONS.why}" in refused
    assert 'href="#objections"' in refused
    assert 'name="results" value="never" checked' in refused, "what was chosen is not lost"
    # What the API refuses is not passed over here.
    refused = head.send(MESSAGES, {"version": "0", "results": "never", "visits": "x"}, 422).text
    assert f"{Matter.VISITS.label}：没有这个选项" in refused
    head.send(MESSAGES, {"version": "0", "results": Matter.RESULTS.usual.value})
    assert "没有改动。" in head.get(MESSAGES).text, "nobody was told of it"
    assert column(office.db, CHOSEN) == []
