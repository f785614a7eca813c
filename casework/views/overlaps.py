"""Applications that meet, as each side reads it.

An officer sees all of them, with those whose filer is not known marked as such. An applicant reads
that there is another one and what to do, and which one only where both are known to be the
enterprise's own: anybody can file under a public credit code. What was filed by somebody unknown
says nothing to anybody but officers, and its filer is told of nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import Connection

from casework.decision import overlaps
from casework.decision.overlaps import Meeting, Party
from rules.money import to_fen
from rules.notice import Notice
from schemas.overlaps import OtherApplication, Overlap, OverlapAmounts
from vocabulary.overlaps import Meets

_TEXT: Final[Mapping[tuple[Meets, bool], str]] = {
    (Meets.SAME, False): "另有一份申请主张同一笔款项。谁先提出不影响结果；同一笔款项只准予一次。",
    (Meets.SAME, True): "另有一份主张同一笔款项的申请已获准，该款项在本申请中不再计入。",
    (Meets.BASE, False): (
        "另有一份申请涉及同一笔租金，一份的金额要看另一份的结果。谁先办结，合计都一样。"
    ),
    (Meets.BASE, True): "另有一份涉及同一笔租金的申请已获准，本申请已按其结果核对。",
    (Meets.SHARED, False): (
        "另有一份申请填报了同一产权（出租）单位、同一编号的合同，承租的却是另一个单位。"
        "同一租约的租金只准予一次。"
    ),
    (Meets.SHARED, True): (
        "另有一份填报同一产权（出租）单位、同一编号合同、由另一个单位承租的申请已获准。"
    ),
    (
        Meets.RESEMBLES,
        False,
    ): "另有一份申请填报了同一地址的租约，合同编号或月份不同，可能是同一租约。",
    (Meets.RESEMBLES, True): "另有一份填报了同一地址的租约、合同编号或月份不同的申请已获准。",
}
"""How they meet, whether the other one is granted -> what both sides read."""

_APPLICANT_DOES: Final[Mapping[Meets, str]] = {
    Meets.SAME: (
        "如另一份也是本单位提出的，留一份即可，可撤回另一份；如不是本单位提出的，"
        "请告知联系单位，并出示营业执照和合同原件。"
    ),
    Meets.BASE: "两份都会办理，不必撤回。",
    Meets.SHARED: (
        "请核对合同编号；编号无误的，请告知联系单位，并出示营业执照和合同原件，由经办人查明。"
    ),
    Meets.RESEMBLES: "如为同一租约，请告知联系单位，可撤回其中一份；确为两份租约的，不必处理。",
}
_OFFICER_DOES: Final[Mapping[Meets, str]] = {
    Meets.SAME: "请核对两份是否同一事项；先作出的认定有效，另一份随即重新核对。",
    Meets.BASE: "可各自认定；一份认定后，另一份随即重新核对，已认定的须按新结果重新认定。",
    Meets.SHARED: (
        "准予前请核对两份合同原件和各自的营业执照；一份准予后，另一份须写明理由并由第二人复签"
        "才能准予。"
    ),
    Meets.RESEMBLES: "请核对合同原件；确属同一租约的，只认定一份。",
}
_UNKNOWN: Final = "（另一份申请的申报单位身份未核实，不影响本申请。）"


@dataclass(frozen=True, slots=True)
class Met:
    """An application with those that it meets."""

    own: Party
    others: list[tuple[Party, Meeting]]


def read(conn: Connection, application_id: int) -> Met | None:
    """Whom an application meets; None if it meets nobody."""
    own = overlaps.parties(conn, [application_id]).get(application_id)
    if own is None:
        return None
    others = overlaps.met_by(conn, own)
    return Met(own, others) if others else None


def for_applicant(met: Met | None, notice: Notice) -> list[Overlap]:
    """What the applicant reads of it."""
    if met is None or not met.own.is_verified:
        return []
    shown = []
    for other, meeting in met.others:
        knows = met.own.is_assured and other.is_assured and met.own.uscc == other.uscc
        if other.is_verified and (knows or meeting.how is not Meets.RESEMBLES):
            named = _other(other, notice) if knows else None
            shown.append(_overlap(met, other, meeting, _APPLICANT_DOES, named))
    return shown


def for_officer(met: Met | None, notice: Notice) -> list[Overlap]:
    """What an officer reads of it."""
    if met is None:
        return []
    return [
        _overlap(
            met,
            other,
            meeting,
            _OFFICER_DOES,
            _other(other, notice),
            note=_note(met.own, other, notice),
            amounts=_amounts(other, meeting),
        )
        for other, meeting in met.others
    ]


def _overlap(
    met: Met,
    other: Party,
    meeting: Meeting,
    does: Mapping[Meets, str],
    named: OtherApplication | None,
    *,
    note: str = "",
    amounts: OverlapAmounts | None = None,
) -> Overlap:
    return Overlap(
        meets=meeting.how,
        meets_text=meeting.how.label,
        granted=other.is_granted,
        text=_TEXT[meeting.how, other.is_granted] + note,
        to_do=does[meeting.how],
        lines=[line.label for line in met.own.lines_of(meeting.keys)],
        other=named,
        amounts=amounts,
    )


def _other(other: Party, notice: Notice) -> OtherApplication:
    return OtherApplication(
        receipt=other.receipt,
        provision=other.provision,
        provision_title=_provision(notice, other).get("title", other.provision),
        state=other.state,
        state_text=other.state.label,
        bureau_name=notice.name_of(other.bureaus[0]),
    )


def _amounts(other: Party, meeting: Meeting) -> OverlapAmounts:
    lines = other.lines_of(meeting.keys)
    return OverlapAmounts(
        lines=[line.label for line in lines],
        amount=to_fen(sum([line.yuan for line in lines], start=Fraction(0))),
        verified=other.is_verified,
    )


def _note(own: Party, other: Party, notice: Notice) -> str:
    """What the notice's data says to officers of two of its provisions, and who is unknown."""
    said = dict.fromkeys(_provision(notice, each).get("overlap_note", "") for each in (own, other))
    return "".join(said) + ("" if other.is_verified else _UNKNOWN)


def _provision(notice: Notice, party: Party) -> Mapping[str, Any]:
    """What the notice says of a provision; nothing of another notice's."""
    return notice.provisions.get(party.provision, {}) if party.notice_id == notice.id else {}
