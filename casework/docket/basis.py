"""What an amount rests on that no arithmetic of the notice gives: a document of whoever decides.

Without one an officer could write down any sum. The document names the sum for the applicant, all
grants on one document stay within it, and a second person looks at it whatever the sum.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Connection

from casework.docket import second_person
from casework.docket.desk import Case
from casework.errors import Invalid
from schemas.basis import Basis
from vocabulary.event_data import amount_text
from vocabulary.writing import number_form


class BasisRequired(Invalid):
    """An amount without arithmetic names no document."""

    code = "basis_required"
    title = "须写明金额依据"
    message = (
        "通知没有规定这一条的算法：写明金额的，须在 basis 中写明决定单位文件的文号、日期和"
        "所列金额，并由第二人复签。"
    )
    pointer = "/basis"


class BasisRefused(Invalid):
    """The document does not carry the amount."""

    code = "basis_refused"
    title = "金额依据不符"
    message = "金额依据不符。"
    pointer = "/basis"


def check(
    conn: Connection, case: Case, basis: Basis | None, amount: Decimal | None, *, arithmetic: bool
) -> None:
    """Whether an amount that is granted has its document, where the rules compute none.

    Nobody else determines anything of the enterprise under the measure before the transaction ends.
    Raises BasisRequired, BasisRefused.
    """
    if arithmetic or not amount:
        if basis is not None:
            raise BasisRefused("金额依据只用于通知没有规定算法、又写明金额的准予。")
        return
    if basis is None:
        raise BasisRequired
    if basis.dated_on > case.today:
        raise BasisRefused("文件日期在今天之后。")
    others = _granted_on(conn, case, basis)
    used = sum(others.values(), start=Decimal(0))
    if amount + used > basis.amount:
        said = f"认定金额超过{basis.number}所列的{amount_text(basis.amount)}"
        if used:
            named = "、".join(sorted(others))
            said += f"：受理编号{named}的申请已据此认定{amount_text(used)}"
        raise BasisRefused(f"{said}。")


def _granted_on(conn: Connection, case: Case, basis: Basis) -> dict[str, Decimal]:
    """Yuan that the enterprise's other applications were granted on the same document, in force or
    proposed, by receipt."""
    second_person.hold_account(conn, case)
    rows = conn.exec_driver_sql(
        "SELECT a.receipt, d.amount, d.basis ->> 'number' AS number FROM determination AS d"
        " JOIN application AS a ON a.id = d.application_id"
        " WHERE a.uscc IS NOT DISTINCT FROM (SELECT uscc FROM application WHERE id = %(id)s)"
        "  AND a.id <> %(id)s AND d.granted AND d.state IN ('proposed', 'in_force')"
        "  AND d.basis IS NOT NULL",
        {"id": case.id},
    )
    number = number_form(basis.number)
    return {row.receipt: row.amount for row in rows if number_form(row.number) == number}
