"""Files of earlier applications: offered to the enterprise that filed them, to nobody else."""

from __future__ import annotations

from collections.abc import Sequence

from casework.documents import handing_in, reuse, sweep
from casework.documents.handing_in import ByCode, ByDraft, Holder
from casework.documents.reuse import OfEnterprise, Source
from casework.intake import drafts
from casework.intake.accept import Accepted
from casework.intake.identity import Identity, of_login
from casework.people import enterprise_sessions
from tests.support import filing
from tests.support.applications import tenant_body, uscc
from tests.support.ledgers import column, scalar
from tests.support.office import Office
from tests.support.packaged import load_application
from tests.support.papers import LEASE, by_code, hand_in, pdf
from tests.support.shopfront import KNOWN_CONTACT

OWN, OTHER = uscc(871), uscc(872)


def file(office: Office, code: str, identity: Identity, lease: str) -> Accepted:
    made = load_application(tenant_body(uscc=code, lease_no=lease))
    filed = filing.accept(office.db, office.settings, made, identity=identity)
    office.assess_all()
    return filed


def draft_of(office: Office, code: str) -> ByDraft:
    typed = {"/enterprise/uscc": code.lower()}
    return ByDraft(drafts.start(office.db, office.settings, "m01_tenant", typed=typed))


def names(office: Office, holder: Holder, sources: Sequence[Source]) -> list[str]:
    found = reuse.offered(office.db, office.settings, holder, sources)
    return [each.document.name for each in found]


def test_an_enterprise_uses_its_files_again_and_a_stranger_never(office: Office) -> None:
    mine = file(office, OWN, of_login(), "租甲")
    hand_in(office, by_code(mine), paper=LEASE, name="本企业.jpg")
    stranger = file(office, OWN, KNOWN_CONTACT, "租乙")
    hand_in(office, by_code(stranger), pdf(), paper=LEASE, name="冒名.pdf")
    nobody = file(office, OWN, filing.OPEN_FORM, "租丙")
    hand_in(office, by_code(nobody), paper=LEASE, name="没核实.jpg")
    session = (OfEnterprise(OWN),)
    draft = draft_of(office, OWN)
    assert names(office, draft, session) == ["本企业.jpg"]
    # For another enterprise, without a login, with a code that is wrong or of a filing unknown.
    assert names(office, draft_of(office, OTHER), session) == []
    assert names(office, draft, ()) == []
    wrong = ByCode(mine.receipt, nobody.access_code)
    assert names(office, draft, (wrong, by_code(nobody), OfEnterprise(OTHER))) == []
    # A telephone that was reached is not the enterprise: nothing goes under its credit code.
    assert names(office, draft, (by_code(stranger),)) == []
    assert names(office, draft, (by_code(mine),)) == ["本企业.jpg"]
    assert names(office, draft_of(office, OTHER), (by_code(mine),)) == []
    # A case is offered nothing by its code alone: anybody files under a credit code.
    assert names(office, by_code(stranger), session) == []


def test_one_stored_file_belongs_to_both_and_is_there_once(office: Office) -> None:
    mine = file(office, OWN, of_login(), "租甲")
    kept = hand_in(office, by_code(mine), paper=LEASE, name="本企业.jpg")
    draft, session = draft_of(office, OWN), (OfEnterprise(OWN),)
    act = (office.db, office.settings, draft, session)
    assert [reuse.use(*act, kept.handle) for _ in range(2)] == [True, False]
    (used,) = handing_in.handed_in(office.db, office.settings, draft)
    assert (used.name, used.paper, used.filed_at) == ("本企业.jpg", LEASE, None)
    assert used.handle != kept.handle
    assert b"".join(handing_in.opened(office.db, office.settings, draft, used.handle).pieces)
    assert scalar(office.db, "SELECT count(*) FROM document_file") == 1
    # The credit code is changed afterwards: it is not filed for another enterprise.
    mixed = (office.db, office.settings, draft)
    assert reuse.of_others(*mixed, OWN) == []
    assert [each.name for each in reuse.of_others(*mixed, OTHER)] == ["本企业.jpg"]
    with office.db.transaction() as conn:
        conn.exec_driver_sql("DELETE FROM document WHERE handle = %(it)s", {"it": kept.handle})
        conn.exec_driver_sql("UPDATE document_file SET stored_at = stored_at - interval '2 hours'")
    assert sweep.run(office.db, office.settings).files == 0


def test_a_login_hands_a_file_in_again_with_a_case_of_its_own(office: Office) -> None:
    first, second = (file(office, OWN, of_login(), lease) for lease in ("租甲", "租乙"))
    kept = hand_in(office, by_code(first), paper=LEASE, name="合同.jpg")
    secret = enterprise_sessions.begin(
        office.db, office.settings, issuer="i", uscc=OWN, name="测试面馆"
    )
    case = ByCode(second.receipt, f"@{secret}")
    session = (OfEnterprise(OWN),)
    assert names(office, case, session) == ["合同.jpg"]
    assert reuse.use(office.db, office.settings, case, session, kept.handle)
    assert names(office, case, session) == []
    assert column(office.db, "SELECT filed_at IS NOT NULL FROM document") == [True, True]
    assert f"已提交第1号材料（{LEASE}）" in str(office.status(second)["timeline"])
