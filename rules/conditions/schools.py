"""Private kindergartens and training institutions: conditions 3.1 to 3.5 of (三).

Whether 教委 approved it and whether it opened late by rule are for 教委 to find: what the form says
of them is shown, and never enough by itself.
"""

from __future__ import annotations

from rules.answers import failed, met, missing, open_question, to_find
from rules.conditions.premises import actual_use
from rules.model import Answer
from rules.provision import View
from vocabulary.forms import Approval, EnterpriseKind, Opening, School, Use

_NOT_PRIVATE = (EnterpriseKind.PUBLIC_BODY, EnterpriseKind.NATURAL_PERSON)
_PUBLIC_CODE = "1"
"""First character of the codes of 机关 and 事业单位 (GB 32100: registered by 机构编制)."""


def private_school(view: View) -> Answer:
    """3.1 民办幼儿园、民办教育培训机构: no public body; the subject tests of (一) do not come along
    (Q20). A public body's code under another kind is a contradiction that a person clears up."""
    kind, school = view.enterprise.get("kind"), view.facts.get("school")
    if kind in _NOT_PRIVATE:
        return failed("not_private", facts={"kind": kind})
    if school is None:
        return missing("/facts/school")
    facts = {"school": school}
    if school == School.OTHER:
        return failed(facts=facts)
    if str(view.enterprise.get("uscc", "")).startswith(_PUBLIC_CODE):
        return to_find("public_code", hold=True, facts={"kind": kind, **facts})
    return met(question="Q20", facts=facts)


def approved_by_education(view: View) -> Answer:
    """3.2 由市、区教委审批认定的: who approved, under which number, of which district (Q42)."""
    approval, number = view.facts.get("approval"), view.facts.get("approval_no")
    district = view.facts.get("approval_district")
    if approval is None:
        return missing("/facts/approval")
    if approval == Approval.NONE:
        return failed("not_approved", referral="m01_tenant", facts={"approval": approval})
    absent = [] if number else ["/facts/approval_no"]
    by_district = approval == Approval.DISTRICT_EDUCATION
    if by_district and district is None:
        absent.append("/facts/approval_district")
    if absent:
        return missing(*absent)
    facts = {"approval": approval, "approval_no": number}
    if not by_district:
        return to_find("by_city", facts=facts)
    facts["approval_district"] = district
    if district != view.notice.district:
        return open_question("Q42", "other_district", hold=True, facts=facts)
    return to_find("by_district", facts=facts)


def used_for_teaching(view: View) -> Answer:
    """3.4 从事办学活动: teaching rooms in full, office rooms by half (by reference to (一))."""
    use, parts = view.item.get("use"), view.item.get("parts") or ()
    uses = {part["use"] for part in parts} if use == Use.MIXED else {use}
    if uses == {Use.PRODUCTION}:
        return failed(facts={"use": use})
    return actual_use(view)


def opening_delayed(view: View) -> Answer:
    """3.5 依照防疫规定延期开学: 教委 finds it; online lessons from a shut site are Q20."""
    opening = view.facts.get("opening")
    if opening is None:
        return missing("/facts/opening")
    facts = {"opening": opening}
    if opening == Opening.OPENED:
        return failed(facts=facts)
    if opening == Opening.ONLINE_ONLY:
        return open_question("Q20", "online", facts=facts)
    planned, opened = view.facts.get("planned_opening_on"), view.facts.get("opened_on")
    if planned and opened:
        days = {"planned_opening_on": planned, "opened_on": opened}
        return to_find("delayed_days" if opened > planned else "not_later", facts={**facts, **days})
    return to_find("delayed", facts=facts)
