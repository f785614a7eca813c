"""Whether the rules can carry out a notice's data: every name in it that is a rule's own."""

from __future__ import annotations

from collections.abc import Mapping

from rules.notice import Notice
from rules.provision import Provision
from rules.routing import PREDICATES
from vocabulary.forms import District, Industry


class UnknownToRules(LookupError):
    """The data names what no rule knows, or lacks what a rule needs of it."""


def require_rules(notice: Notice, provisions: Mapping[str, Provision]) -> None:
    """Raises :class:`UnknownToRules` at the first thing in the data that no rule carries out."""
    if notice.district not in set(District):
        raise UnknownToRules(f"roles district: unknown {notice.district}")
    if unsized := set(Industry) - set(notice.sizes):
        raise UnknownToRules(f"sizes: lacks the industries {sorted(unsized)}")
    parameters = {entry["key"] for entry in notice.content["parameters"]}
    for code in notice.provisions:
        for rule in notice.routing[code]:
            if rule["when"] not in PREDICATES:
                raise UnknownToRules(f"routing {code}: unknown when {rule['when']}")
        if (provision := provisions.get(code)) is None:
            raise UnknownToRules(f"provisions {code}: no rule has this code")
        asked = {each.code for each in (*provision.conditions, *provision.item_conditions)}
        if provision.items is not None:
            asked.add(provision.items_code)
        if lacking := asked - set(notice.conditions):
            raise UnknownToRules(f"provisions {code}: lacks the conditions {sorted(lacking)}")
        if lacking := set(provision.parameters) - parameters:
            raise UnknownToRules(f"provisions {code}: lacks the parameters {sorted(lacking)}")
