"""(一) second paragraph: enterprises that cut the rent of their SME tenants.

30 % of the accepted cuts of March and April 2020 rent. Clause: (一)第二段.
"""

from __future__ import annotations

from rules.conditions import doubts, reliefs
from rules.conditions.subject import left_to_finding
from rules.keys import cuts_at, shared_cuts
from rules.model import Case, Share
from rules.provision import Check, Condition, Finder, Kind, Provision
from rules.reductions import PARAMETERS, cut_lines, net_of_received


def _same_cuts(case: Case) -> tuple[str, ...]:
    return cuts_at(case.enterprise, case.facts.get("tenants") or ())


def _whose_cuts(case: Case) -> tuple[Share, ...]:
    return shared_cuts(case.enterprise, case.facts.get("tenants") or ())


def subsidised(
    code: str, *first: Condition, lawful: Check, in_months: str, tenant: Check
) -> Provision:
    """A provision that subsidises rent cuts as this paragraph does; (二) refers to it.

    Takes what is asked before the shared conditions, who may be landlord and who tenant, the
    code of the condition on the months.
    """
    return Provision(
        code=code,
        kind=Kind.BENEFIT,
        conditions=(
            *first,
            Condition("2.1", lawful, Finder.OPEN),
            Condition("2.house", reliefs.own_premises, Finder.OPEN),
            Condition("2.6", left_to_finding, Finder.SETTLES),
            Condition("legal_form", doubts.kind_fits_code, Finder.OPEN, doubt=True),
        ),
        items="tenants",
        items_code="2.items",
        item_conditions=(
            Condition(in_months, reliefs.cut_in_months, Finder.OPEN),
            Condition("2.3", reliefs.as_required, Finder.OPEN),
            Condition("2.4", tenant, Finder.OPEN),
            Condition("2.5", reliefs.really_reduced, Finder.OPEN),
            Condition("2.place", reliefs.premises_in_district, Finder.OPEN),
            Condition("2.once", reliefs.subsidised_once, Finder.REFUTES),
            Condition("2.same", doubts.cut_listed_once, Finder.OPEN, doubt=True),
            Condition("2.form", doubts.tenant_fits_code, Finder.OPEN, doubt=True),
            Condition("2.itself", doubts.tenant_is_another, Finder.OPEN, doubt=True),
        ),
        lines=cut_lines,
        deductions=net_of_received,
        parameters=PARAMETERS,
        resembles=_same_cuts,
        shares=_whose_cuts,
    )


PROVISION = subsidised(
    "m01_landlord",
    lawful=reliefs.lawful_enterprise,
    in_months="2.2",
    tenant=reliefs.tenant_is_sme,
)
