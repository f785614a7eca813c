"""Whether a determination follows: who may decide, what is open, which amounts are possible."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from sqlalchemy import Connection

from casework.decision import overlaps
from casework.docket import desk
from casework.docket.desk import Case
from casework.docket.finders import Document, decider, finders, waiting
from casework.docket.ruling import Ruling
from casework.errors import Conflict, Invalid, NotPermitted
from casework.notices import editions
from casework.people.access import Principal
from rules import deciders
from rules.model import Assessment
from schemas.findings import Finding
from vocabulary.cases import Act, State
from vocabulary.event_data import amount_text
from vocabulary.outcomes import Outcome

_DENIED = frozenset({Outcome.INELIGIBLE, Outcome.NOT_IN_FORCE})


class InvalidDetermination(Invalid):
    """The determination does not follow from its findings, or its amount is not possible."""

    code = "invalid_determination"
    title = "认定内容有误"
    message = "认定内容有误。"


class BenefitTaken(Conflict):
    """The same yuan is granted under another receipt, which the detail names (officers only)."""

    code = "benefit_taken"
    title = "同一款项已由另一申请认定"
    message = "同一款项已由另一申请认定计入，不能重复准予。"


class LeaseGranted(Conflict):
    """Another enterprise was granted something on the same lease; the detail names the receipts."""

    code = "lease_granted"
    title = "同一合同已由另一单位获准"
    message = "同一合同已由另一单位获准。"


class IdentityNotVerified(Conflict):
    """A grant to somebody of whom it is not known who it is."""

    code = "identity_not_verified"
    title = "申报单位身份未核实，不能准予"
    message = (
        "申报单位身份未核实，不能准予。请申报单位凭查询码索取验证码、核实联系方式；"
        "或由牵头单位经办人核对身份后，在本案「核对身份」（identity）中记录，再作认定。"
    )


def require_decider(case: Case, principal: Principal) -> None:
    """Raises NotPermitted for any body but the one that decides this provision.

    The notice's data names it: the lead, a bureau, or the district government (十四).
    """
    notice = editions.edition(case.notice_id).notice
    deciding = decider(notice, case.provision, case.lead_bureau, case.copied_bureaus)
    if principal.bureau == deciding:
        return
    name = notice.name_of(deciding or "lead")
    raise NotPermitted(f"此项须由{name}决定。")


def still_open(
    standing: Document,
    case: Case,
    bureau: str,
    reason: str,
    given: Sequence[Finding],
) -> list[Finding]:
    """Findings "met" for every condition that waits for this bureau and that it has not named.

    Takes the assessment in force. Conditions that are another body's to find are left open.
    """
    notice = editions.edition(case.notice_id).notice
    named = {finding.place for finding in given}
    return [
        Finding(row["code"], result=True, note=reason, item=row.get("item"))
        for row in waiting(standing)
        if (row["code"], row.get("item")) not in named
        and (row["code"], None) not in named
        and bureau
        in finders(
            notice, standing, case.lead_bureau, case.copied_bureaus, row["code"], row.get("item")
        )
    ]


def check_supplement(conn: Connection, case: Case, *, granted: bool) -> None:
    """A case that waits for the applicant can be refused once the deadline has passed.

    Raises IllegalMove.
    """
    if case.state is not State.AWAITING_SUPPLEMENT:
        return
    if granted:
        raise desk.refuse(case, Act.DETERMINE, "材料尚未补正，不能准予。")
    due_on = conn.exec_driver_sql(
        "SELECT due_on FROM supplement WHERE application_id = %(id)s ORDER BY id DESC LIMIT 1",
        {"id": case.id},
    ).scalar_one_or_none()
    if due_on is None or case.today <= due_on:
        raise desk.refuse(case, Act.DETERMINE, "补正期限未过，不能以未补正为由不予认定。")


def check(
    conn: Connection,
    case: Case,
    assessment: Assessment,
    ruling: Ruling,
    *,
    overrides: bool,
) -> Decimal | None:
    """The amount to be written down for a ruling, yuan.

    Takes what the rules say with the findings it rests on; whether more than that is granted
    on purpose, with a reason of its own. Raises InvalidDetermination if it does not follow,
    BenefitTaken if the same yuan is granted elsewhere, IdentityNotVerified for a grant to
    whomever.
    """
    still_open = waiting(assessment.document())
    amount = ruling.amount
    if ruling.granted and not case.is_verified:
        raise IdentityNotVerified
    if ruling.granted:
        _check_follows(conn, case, assessment, still_open)
        _check_amount(assessment, amount, overrides=overrides)
        if paid := overlaps.paid_before(conn, assessment.overlap.claims, case.id):
            raise BenefitTaken(
                f"同一款项已按受理编号{'、'.join(paid)}的申请付过，那份的认定已不再有效，"
                "钱还没有退回。请先办结那一份；已办结或者撤回的，先登记追回。"
            )
        return amount
    if amount is not None:
        raise InvalidDetermination("不予认定时不填金额。")
    if assessment.outcome is Outcome.ELIGIBLE:
        raise InvalidDetermination("按现有认定意见符合条件；不予认定须写明不符合的条件和理由。")
    if still_open and assessment.outcome is Outcome.NEEDS_DETERMINATION:
        raise InvalidDetermination("不予认定须写明至少一项不符合的条件和理由。")
    return None if assessment.amount is None else Decimal("0.00")


def check_shared_lease(receipts: Collection[str], *, known: Collection[str]) -> None:
    """Raises LeaseGranted for grants to others on the same lease of which whoever determined did
    not know: its rent is waived or subsidised once."""
    if unknown := sorted(set(receipts) - set(known)):
        raise LeaseGranted(
            f"同一合同已由受理编号{'、'.join(unknown)}的申请（另一单位）获准；同一租约的租金只准予"
            "一次。请核对两份合同原件；确须准予的，请在 despite 中写明理由，由第二人复签。"
        )


def check_as_computed(
    case: Case, assessment: Assessment, named: Sequence[Finding], found: Sequence[Finding]
) -> None:
    """Raises InvalidDetermination where what the case shows is not what would be granted.

    Takes what the rules say with the findings; those that the decision names, and all that the
    grant would have to find: nothing is found that nobody has named.
    """
    if case.outcome not in (Outcome.ELIGIBLE, Outcome.NEEDS_DETERMINATION):
        result = case.outcome.label if case.outcome else "尚未核对"
        raise InvalidDetermination(f"核对结果为{result}，没有可以按计算结果准予的金额。")
    follows = case.outcome if not named else assessment.outcome
    if len(found) > len(named) or follows is not Outcome.ELIGIBLE:
        raise InvalidDetermination(
            "本件还不能按计算结果准予：须先记录待认定条件的认定意见，或逐件写明认定内容。"
        )
    if assessment.amount != case.amount:
        raise InvalidDetermination(
            f"按规则现在计算为{amount_text(assessment.amount)}，与案件所列的"
            f"{amount_text(case.amount)}不同；请核对后写明金额办理。"
        )


def _check_follows(
    conn: Connection, case: Case, assessment: Assessment, still_open: Sequence[Document]
) -> None:
    """Raises InvalidDetermination where nothing can be granted."""
    if assessment.outcome in _DENIED:
        raise InvalidDetermination("按所报事实和认定意见不符合条件，不能准予。")
    if assessment.outcome is Outcome.INCOMPLETE:
        raise InvalidDetermination("材料不全，须先补正。")
    if still_open:
        notice = editions.edition(case.notice_id).notice
        bureaus = deciders.on_case(
            document(conn, case), notice, case.lead_bureau, case.copied_bureaus
        )
        named = [
            f"{notice.conditions[row['code']]['label']}"
            f"（{deciders.of_row(notice, row, bureaus).name(notice)}）"
            for row in still_open
        ]
        still = "、".join(dict.fromkeys(named))
        raise InvalidDetermination(f"下列条件尚须由有关单位认定：{still}。")


def _check_amount(assessment: Assessment, amount: Decimal | None, *, overrides: bool) -> None:
    """Raises InvalidDetermination or BenefitTaken for an amount that cannot be granted."""
    if assessment.outcome is Outcome.REFERRED and amount:
        raise InvalidDetermination("本条转由有关单位办理，不由本件给付；不填金额。")
    if assessment.amount is None:
        return
    if amount is None:
        raise InvalidDetermination("须写明认定金额。")
    cap = assessment.cap
    if cap is not None and amount > cap.granted:
        raise InvalidDetermination(f"认定金额超过上限内可用的{cap.granted:,.2f}元。")
    if amount <= assessment.amount:
        return
    if counted_by := sorted({line.earlier for line in assessment.lines if line.earlier}):
        raise BenefitTaken(
            f"同一款项已由受理编号{'、'.join(counted_by)}的申请认定计入，不能重复准予；"
            f"按规则本件可计{assessment.amount:,.2f}元。"
        )
    if not overrides:
        raise InvalidDetermination(
            f"认定金额超过按规则计算的{assessment.amount:,.2f}元；确须超出的，"
            "请在 override 中写明理由，由第二人复签。"
        )


def document(conn: Connection, case: Case) -> Document:
    """The assessment in force."""
    found: Document = conn.exec_driver_sql(
        "SELECT document FROM assessment WHERE application_id = %(id)s AND in_force",
        {"id": case.id},
    ).scalar_one()
    return found
