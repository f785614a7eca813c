"""Private kindergartens and training institutions: conditions 3.1 to 3.5 of (三)."""

from __future__ import annotations

from rules.answers import failed, met, missing, open_question
from rules.conditions.premises import actual_use
from rules.model import Answer
from rules.provision import View
from vocabulary.forms import Approval, Opening, School, Use


def private_school(view: View) -> Answer:
    """3.1 民办幼儿园、民办教育培训机构. The subject tests of (一) do not come along (Q20)."""
    school = view.facts.get("school")
    if school is None:
        return missing("/facts/school")
    facts = {"school": school}
    return failed(facts=facts) if school == School.OTHER else met(question="Q20", facts=facts)


def approved_by_education(view: View) -> Answer:
    """3.2 由市、区教委审批认定的: who approved, under which number."""
    approval, number = view.facts.get("approval"), view.facts.get("approval_no")
    if approval is None:
        return missing("/facts/approval")
    if approval == Approval.NONE:
        return failed("not_approved", referral="m01_tenant", facts={"approval": approval})
    if not number:
        return missing("/facts/approval_no")
    return met(facts={"approval": approval, "approval_no": number})


def used_for_teaching(view: View) -> Answer:
    """3.4 从事办学活动: teaching rooms in full, office rooms by half (by reference to (一))."""
    use, parts = view.item.get("use"), view.item.get("parts") or ()
    uses = {part["use"] for part in parts} if use == Use.MIXED else {use}
    if uses == {Use.PRODUCTION}:
        return failed(facts={"use": use})
    return actual_use(view)


def opening_delayed(view: View) -> Answer:
    """3.5 依照防疫规定延期开学; teaching online while the site was shut is a reading (Q20)."""
    opening = view.facts.get("opening")
    if opening is None:
        return missing("/facts/opening")
    facts = {"opening": opening}
    if opening == Opening.OPENED:
        return failed(facts=facts)
    if opening == Opening.ONLINE_ONLY:
        return open_question("Q20", "online", facts=facts)
    return met(facts=facts)
