"""Two cases side by side: what is the same of both, and what is not (重复申报)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from flask import Response

from api.services import services
from casework.errors import CaseNotFound
from casework.people.access import Principal
from casework.people.rights import Right
from casework.views import cases, documents
from schemas.cases import Case
from schemas.documents import Document
from vocabulary.cases import Act
from vocabulary.days import moment
from web.desk import case_page, refusals
from web.desk.case_page import address
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.parts.page import go_to, page
from web.parts.writing import answered, yuan

pages = desk_pages("pair")
_NONE = "–"


class Row(NamedTuple):
    """What one thing is in the earlier case, and in the later one; "–": not there."""

    label: str
    earlier: str
    later: str

    @property
    def differs(self) -> bool:
        """Whether it is not the same in both."""
        return self.earlier != self.later


class Papers(NamedTuple):
    """What was handed in as one paper with either case."""

    paper: str
    earlier: list[Document]
    later: list[Document]


@pages.route("/desk/cases/<receipt>/beside", methods=["GET"])
@desk(Right.READ_CASE)
def any_other(principal: Principal, receipt: str) -> Response:
    """To the first one that is open to whoever asks; else to what the case says of them."""
    made = services()
    case = cases.read(made.db, made.settings, principal, receipt)
    bureaus = {case.bureaus.lead.bureau_name} if case.bureaus else set()
    ours = [
        each.other.receipt
        for each in case.overlaps
        if each.other and each.other.bureau_name in bureaus
    ]
    for other in [*case.casework.asked_before, *case.casework.duplicates, *ours]:
        return go_to(f"{address(case.receipt)}/beside/{other}")
    return go_to(f"{address(case.receipt)}#overlaps")


@pages.route("/desk/cases/<receipt>/beside/<other>", methods=["GET"])
@desk(Right.READ_CASE)
def beside(principal: Principal, receipt: str, other: str) -> Response:
    """Both, as each is read by itself: with its rights, and its look on the trail."""
    made = services()
    one = cases.read(made.db, made.settings, principal, receipt)
    try:
        two = cases.read(made.db, made.settings, principal, other)
    except CaseNotFound:
        return refusals.of_others(other)
    earlier, later = sorted((one, two), key=lambda case: (case.received_at, case.receipt))
    papers = [
        documents.of_case(made.db, principal, each.receipt).items for each in (earlier, later)
    ]
    rows = _answers(earlier, later)
    closes = (
        Act.CLOSE_DUPLICATE in later.casework.actions
        and earlier.receipt in later.casework.asked_before
    )
    return page(
        "desk/pair.html",
        here=one,
        earlier=earlier,
        later=later,
        standing=_standing(earlier, later),
        different=[each for each in rows if each.differs],
        same=[each for each in rows if not each.differs],
        papers=_papers(*papers),
        closes=closes and principal.may(Right.CLOSE_DUPLICATE),
    )


def _standing(earlier: Case, later: Case) -> list[Row]:
    """How both stand."""
    told: tuple[tuple[str, Callable[[Case], str]], ...] = (
        ("受理时间", lambda case: moment(case.received_at)),
        ("申报单位", lambda case: case.enterprise.name),
        ("统一社会信用代码", lambda case: case.enterprise.uscc or _NONE),
        ("身份", lambda case: case.identity.level_text),
        ("事项", lambda case: case.provision_title),
        ("状态", lambda case: case.state_text),
        ("金额", _amount),
        ("期限", _due),
        ("走访", _visit),
    )
    return [Row(label, read(earlier), read(later)) for label, read in told]


def _amount(case: Case) -> str:
    much = case.amount if case.determined_amount is None else case.determined_amount
    return _NONE if much is None else yuan(much)


def _due(case: Case) -> str:
    last = case.promises[-1:]
    return f"{last[0].text}最迟{answered(str(last[0].due_on), 'due_on')}" if last else _NONE


def _visit(case: Case) -> str:
    visit = case.visit
    if visit is None:
        return _NONE
    return f"{answered(str(visit.planned_on), 'planned_on')}，{visit.state_text}"


def _answers(earlier: Case, later: Case) -> list[Row]:
    """The answers of both, the same one beside the same; in the order of the form."""
    one = {each.pointer: each for each in case_page.answers(earlier)}
    two = {each.pointer: each for each in case_page.answers(later)}
    rows = []
    for pointer in _merged(one, two):
        label = (one.get(pointer) or two[pointer]).label
        said = [
            answered(filed[pointer].value, pointer) if pointer in filed else _NONE
            for filed in (one, two)
        ]
        rows.append(Row(label, *said))
    return rows


def _merged(one: Iterable[str], two: Iterable[str]) -> list[str]:
    """The keys of both: what only the second has stands after what it follows there."""
    merged, before = list(one), -1
    for key in two:
        if key in merged:
            before = merged.index(key)
        else:
            before += 1
            merged.insert(before, key)
    return merged


def _papers(one: Iterable[Document], two: Iterable[Document]) -> list[Papers]:
    earlier, later = list(one), list(two)
    names = dict.fromkeys(each.paper for each in (*earlier, *later))
    return [
        Papers(
            name,
            [each for each in earlier if each.paper == name],
            [each for each in later if each.paper == name],
        )
        for name in names
    ]
