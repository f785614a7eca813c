"""What is asked in many places, as SQL over `application AS a` and `visit AS v`, once.

Nothing is granted but by a determination (认定) in force: what the rules compute waits for a
person's, or, where local practice permits it, for `casework.acts.automatic`. While a review is
open nothing is decided, and what was granted is held.
"""

from __future__ import annotations

from typing import Final

from vocabulary.event_data import Cause
from vocabulary.events import EventType


def day(moment: str) -> str:
    """The day in China of a moment."""
    return f"({moment} AT TIME ZONE 'Asia/Shanghai')::date"


TODAY: Final = day("app_now()")
"""The business day."""

RECEIVED_FROM: Final = (
    "a.received_at >= %(received_from)s::date::timestamp AT TIME ZONE 'Asia/Shanghai'"
)
RECEIVED_TO: Final = (
    "a.received_at < (%(received_to)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'"
)
"""Received by the end of that day."""

ON_THE_CASE: Final = "(a.lead_bureau = %(bureau)s OR a.copied_bureaus @> ARRAY[%(bureau)s]::text[])"
"""Whether a bureau leads the case or is copied."""

COUNTED: Final = "NOT a.is_trial"
"""Whether an application is one: what a system sends in test mode is in no number, list or export.
Besides, the database holds that a trial has no bureau, no visit and no determination
(`ck_application_trial`), so that nothing asked by bureau, visit or grant can find it."""

OVER: Final = "('withdrawn', 'duplicate')"
"""States in which nobody works on an application any more, and nothing was decided on it."""

SHUT_SINCE: Final = "(SELECT f.shut_at FROM api_token AS f WHERE f.id = w.client)"
"""Since when the sending system is shut off that `webhook_endpoint AS w` belongs to; null: it is
not, or the endpoint is a bureau's. Nothing is sent there meanwhile."""

OFF_SINCE: Final = f"coalesce(w.disabled_at, {SHUT_SINCE})"
WHY_OFF: Final = (
    f"CASE WHEN w.disabled_at IS NULL AND {SHUT_SINCE} IS NOT NULL THEN '{Cause.SENDER_SHUT}'"
    " ELSE w.disabled_reason END"
)
"""Since when an endpoint is sent nothing, and the code of the reason; null where it is live."""

VERIFIED: Final = "(a.identity <> 'unverified' OR a.identity_checked_at IS NOT NULL)"
"""Whether it is known who filed: vouched for, reached by a code, or checked by an officer."""

ASSURED: Final = "(a.identity = 'assured' OR a.identity_checked_at IS NOT NULL)"
"""Whether it is known to be the enterprise itself: a telephone alone does not say that."""

OF_VISIT: Final = (
    "JOIN LATERAL (SELECT a.* FROM application AS a"  # noqa: S608 -- a constant
    " WHERE a.visit_id = v.id OR a.id = v.application_id"
    f" ORDER BY {VERIFIED} DESC, a.id LIMIT 1) AS a ON true"
)
"""Joins to a visit `v` the application that stands for it: the first whose filer is known."""

NEW_LEAD: Final = "e.type IN ({})".format(  # over `event AS e`
    ", ".join(f"'{kind}'" for kind in EventType if kind.new_lead)
)
"""Whether another bureau leads from then on."""

IS_STUCK: Final = """
EXISTS (SELECT FROM work_item AS w WHERE w.stage = 'assess' AND w.subject_id = a.id
    AND w.dead_at IS NOT NULL)
"""
"""Whether the system does not try to assess it any more; dead items are few."""

DETERMINATION: Final = (
    "LEFT JOIN determination AS d ON d.application_id = a.id AND d.state = 'in_force'"
)
"""To be joined for the following."""

CANDIDATE: Final = "a.state = 'determined'"
"""The condition of the index `ix_application_determined`, of which `GRANTED` is a part."""

GRANTED: Final = f"({CANDIDATE} AND d.granted)"
GRANT_IN_FORCE: Final = (
    "EXISTS (SELECT FROM determination AS d"
    " WHERE d.application_id = a.id AND d.state = 'in_force' AND d.granted)"
)
"""Whether a person's grant is in force, also while it is reviewed: what holds money. With
`CANDIDATE` it is `GRANTED` without a join, which would tempt the planner to read and sort every
grant there is."""
REFUSAL_IN_FORCE: Final = (
    "EXISTS (SELECT FROM determination AS d"
    " WHERE d.application_id = a.id AND d.state = 'in_force' AND NOT d.granted)"
)

REFUSED: Final = (
    "(a.state = 'determined' AND NOT d.granted"
    " OR a.state = 'decided' AND a.outcome IN ('ineligible', 'not_in_force'))"
)
PENDING: Final = (
    "a.state IN ('received', 'awaiting_supplement', 'supplemented', 'awaiting_determination',"
    " 'awaiting_approval', 'under_review')"
)
AMOUNT: Final = "(CASE a.state WHEN 'determined' THEN a.determined_amount ELSE a.amount END)"
"""Yuan granted; NULL where the notice gives no figure."""

DECIDED_AT: Final = (
    "(CASE a.state WHEN 'determined' THEN coalesce(d.decided_at, d.proposed_at)"
    " ELSE (SELECT s.assessed_at FROM assessment AS s"
    "  WHERE s.application_id = a.id AND s.in_force) END)"
)
"""When the decision in force was made."""

VISITOR: Final = (
    "(SELECT c.actor FROM account AS c WHERE c.actor = v.assignee AND c.bureau = v.bureau"
    " AND c.disabled_at IS NULL)"
)
"""Who is to do a visit, as long as they work in its bureau."""
OF_VISITOR: Final = (
    f"coalesce({VISITOR} = %(visitor)s, EXISTS (SELECT FROM application AS o"
    " WHERE o.visit_id = v.id AND o.assignee = %(visitor)s))"
)
"""Whether a visit is somebody's: given to them, or to nobody and about a case of theirs."""

VISITED: Final = "v.state = 'done'"
MET: Final = "v.result = 'met'"
"""Whether the enterprise was visited, and whether anybody of it was met."""
VISIT_DAY: Final = "coalesce(v.visited_on, v.planned_on)"
"""The day on which it was, else is to be visited."""

_HANDED_IN: Final = (
    "SELECT d.paper FROM document AS d JOIN document_file AS f ON f.id = d.file_id"
    " WHERE d.application_id = a.id AND f.state IN ('checking', 'ready')"
)
_BROKEN: Final = (
    "SELECT FROM document AS d JOIN document_file AS f ON f.id = d.file_id"
    " WHERE d.application_id = a.id AND f.state IN ('infected', 'lost')"
)
LACKING: Final = (
    "a.state = 'awaiting_supplement' AND NOT EXISTS (SELECT FROM supplement AS s"
    "  WHERE s.application_id = a.id AND s.state = 'open' AND s.fields = '{}'"
    f"  AND s.documents <@ ARRAY({_HANDED_IN} AND d.added_at >= s.requested_at))"
    f" OR EXISTS ({_BROKEN} AND d.paper <> ALL(ARRAY({_HANDED_IN})))"
)
"""A supplement that is not there yet (papers alone can be: all handed in), or a paper of which
nobody can read any copy."""
