"""Conditions of (十四), second sentence: other special difficulties."""

from __future__ import annotations

from rules.answers import failed, met, missing, to_find
from rules.model import Answer
from rules.provision import View


def in_one_of_four_fields(view: View) -> Answer:
    """14.2 房租减免、融资融通、复工复产以及发展生产: the field is named."""
    field = view.facts.get("field")
    return missing(view.at("field")) if field is None else met(facts={"field": field})


def other_special_difficulty(view: View) -> Answer:
    """14.3 其他特殊困难: described, and not what (一) to (十三) already provide for."""
    covered_by = view.facts.get("covered_by")
    if covered_by is not None:
        return failed(
            "covered", referral="m14_covered", refers=True, facts={"covered_by": covered_by}
        )
    if view.facts.get("during_epidemic") is False:
        return failed("outside_epidemic")
    if not view.facts.get("difficulty"):
        return missing(view.at("difficulty"))
    return met("described")


def decided_by_district(_: View) -> Answer:
    """14.4 经区政府决策后: the district government's decision, and only its own."""
    return to_find("awaits_district")
