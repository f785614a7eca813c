"""Several visits of the board given to one person, without a script."""

from __future__ import annotations

import re
from collections.abc import Callable

from casework.followup import visit_list
from tests.support.applications import uscc
from tests.support.desk_client import DeskClient
from tests.support.ledgers import scalar
from tests.support.office import HEAD, Office
from vocabulary.people import Role

MANY = "/desk/visits/assignments"


def test_visits_are_chosen_on_the_board_and_what_was_not_given_stays_chosen(
    enter: Callable[..., DeskClient], office: Office
) -> None:
    for number in (71, 72, 73):
        office.submit(uscc=uscc(number))
    client, head = enter("test.jia", Role.OFFICER), enter("test.head", Role.SUPERVISOR)
    day = scalar(office.db, "SELECT min(planned_on) FROM visit")
    here = f"/desk/visits?of={day}"

    def offered(who: DeskClient) -> list[str]:
        return re.findall(r'form="assign-many" name="pick" value="([^"]+)"', who.get(here).text)

    assert sorted(offered(client)) == ["1~1", "2~1", "3~1"]
    assert enter("test.wu", Role.AUDITOR).get(here).text.count("assign-many") == 0
    head.send(MANY, {"pick": ["3~1"], "to": "test.head"}, 200)
    assert sorted(offered(client)) == ["1~1", "2~1"]  # a colleague's is not theirs to take
    form = {"pick": ["1~1", "2~1", "3~2", "4~x"], "to": "test.jia", "of": str(day)}
    told = client.send(MANY, form, 200).text
    assert "2家已办，1家没有办，仍然选中" in told
    assert re.findall(r'name="pick" value="([^"]+)" checked', told) == ["3~2"]
    assert "须由主管办理" in told
    assert f'href="{here}"' in told
    given = [visit_list.read(office.db, HEAD, each).assignee for each in (1, 2, 3)]
    assert [each.label for each in given if each] == ["test.jia", "test.jia", "test.head"]
    nothing = client.send(MANY, {"to": "test.jia"}, 422).text
    assert "没有选中任何一家" in nothing
    too_many = {"pick": [f"{each}~1" for each in range(1, 300)], "to": "test.jia"}
    assert "一次最多指派" in client.send(MANY, too_many, 422).text
    back = client.send(MANY, {"pick": ["1~2"], "to": ""}, 200).text
    assert "取消指派" in back
    assert visit_list.read(office.db, HEAD, 1).assignee is None
