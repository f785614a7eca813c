"""What of local practice waits for an administrator's word is in their inbox, and no case is."""

from __future__ import annotations

from dataclasses import replace

from casework.docket import practice
from casework.people.access import Principal
from casework.views import inbox
from schemas.practice import PracticeChange
from tests.support.office import HEAD, OFFICER, Office
from vocabulary.people import Role

ADMIN = replace(HEAD, role=Role.ADMIN, label="测试管")
SECOND = replace(ADMIN, label="测试二管", bureau="finance")


def asked(office: Office, who: Principal = SECOND) -> list[PracticeChange]:
    return inbox.list_messages(office.db, who).practice


def test_a_proposal_is_told_to_who_is_to_agree_until_they_have_or_its_day_comes(
    office: Office,
) -> None:
    office.submit()

    def propose(value: str) -> int:
        made = practice.propose(
            office.db, office.settings, ADMIN, "VISITS_PER_DAY", value=value,
            valid_from=office.in_days(2), reason="人手有变，逐日安排的家数要改",
        )  # fmt: skip
        return made.id

    first = propose("4")
    (told,) = asked(office)
    assert (told.id, told.name, told.value) == (first, "VISITS_PER_DAY", "4")
    # Not whoever proposed it, and nobody who is no administrator.
    for who in (ADMIN, HEAD, OFFICER):
        assert asked(office, who) == []
    # An administrator reads no message about a case.
    assert inbox.list_messages(office.db, replace(ADMIN, bureau="sasac")).items == []
    assert inbox.list_messages(office.db, OFFICER).items != []
    practice.confirm(office.db, office.settings, SECOND, first)
    assert asked(office) == []
    second = propose("5")
    practice.end(office.db, office.settings, SECOND, second)
    assert asked(office) == []
    third = propose("6")
    assert [each.id for each in asked(office)] == [third]
    office.go_to(office.in_days(2))
    assert asked(office) == []
