"""What counts as a decided grant: the one definition, as SQL over `application AS a`.

A grant is decided when a person's determination (认定) to grant is in force, or when the rules
alone found the application eligible. While a review is open nothing is decided.
"""

from __future__ import annotations

from typing import Final

DETERMINATION: Final = (
    "LEFT JOIN determination AS d ON d.application_id = a.id AND d.state = 'in_force'"
)
"""To be joined for the following."""

CANDIDATE: Final = "(a.state = 'determined' OR a.state = 'decided' AND a.outcome = 'eligible')"
"""The condition of the index `ix_application_granted`, of which `GRANTED` is a part."""

GRANTED: Final = (
    "(a.state = 'determined' AND d.granted OR a.state = 'decided' AND a.outcome = 'eligible')"
)
REFUSED: Final = (
    "(a.state = 'determined' AND NOT d.granted"
    " OR a.state = 'decided' AND a.outcome IN ('ineligible', 'not_in_force'))"
)
PENDING: Final = (
    "a.state IN ('received', 'awaiting_supplement', 'supplemented', 'awaiting_determination',"
    " 'awaiting_approval', 'under_review')"
)
AMOUNT: Final = "(CASE a.state WHEN 'determined' THEN d.amount ELSE a.amount END)"
"""Yuan granted; NULL where the notice gives no figure."""

DECIDED_AT: Final = (
    "(CASE a.state WHEN 'determined' THEN coalesce(d.decided_at, d.proposed_at)"
    " ELSE (SELECT s.assessed_at FROM assessment AS s"
    "  WHERE s.application_id = a.id AND s.in_force) END)"
)
"""When the decision in force was made."""
