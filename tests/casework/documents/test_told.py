"""Files in the timeline of a case: in their order, by the name of the paper."""

from __future__ import annotations

from casework.documents import handing_in
from casework.documents.handing_in import ByDraft
from casework.intake import drafts
from tests.support.office import Office
from tests.support.papers import LEASE, hand_in, pdf, photo
from vocabulary.documents import OTHER


def test_what_goes_with_an_application_is_told_in_its_order_by_its_names(office: Office) -> None:
    code = drafts.start(office.db, office.settings, "m01_tenant")
    draft = ByDraft(code)
    hand_in(office, draft, pdf(), paper=LEASE)
    hand_in(office, draft, photo(), paper=OTHER, name="门头.jpg")
    with office.db.transaction() as conn:  # what is changed last lies last
        conn.exec_driver_sql("UPDATE document SET name = name WHERE serial = 1")
    accepted = office.submit()
    handing_in.move(office.db, office.settings, code, accepted.receipt, accepted.access_code)
    told = [each["text"] for each in office.status(accepted)["timeline"]]
    assert [each for each in told if "材料" in each] == [
        f"申报单位已提交第1号材料（{LEASE}）",
        f"申报单位已提交第2号材料（{OTHER}）",
    ]
