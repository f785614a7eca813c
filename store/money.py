"""What is still due on a grant, and how far it has come: derived, never stored; SQL over
`fulfilment AS f` and its `application AS a`.

What an application was paid counts for it, under whichever of its determinations it was paid: a
later one pays the difference alone, and what is too much by then is to be taken back.
"""

from __future__ import annotations

from typing import Final

from store import predicates
from store.personal_columns import SIGN
from vocabulary.cases import State
from vocabulary.fulfilment import AccountState, Progress

RECLAIMED: Final = """coalesce((SELECT sum(r.amount) FROM reclaim AS r
        WHERE r.application_id = f.application_id), 0)"""
"""Yuan that came back."""
SETTLED: Final = f"""(
    coalesce((SELECT sum(l.amount) FROM payment_line AS l
        WHERE l.application_id = f.application_id AND l.state = 'paid'), 0)
    + coalesce((SELECT sum(w.waived) FROM fulfilment AS w
        WHERE w.application_id = f.application_id), 0)
    - {RECLAIMED})"""  # noqa: S608 -- constants
"""Yuan that the enterprise has by now, over all fulfilments of an application."""

_RIGHTLY: Final = "CASE WHEN f.state IN ('cancelled', 'stopped') THEN 0 ELSE f.amount END"
OUTSTANDING: Final = f"(CASE WHEN f.state = 'reclaimed' THEN 0 ELSE {_RIGHTLY} - {SETTLED} END)"
"""Yuan that are still due; below zero: that are to be taken back."""

ACCOUNT: Final = f"""(SELECT CASE
        WHEN NOT starts_with(k.particulars, '{SIGN}') THEN '{AccountState.GONE}'
        WHEN k.confirmed_at IS NULL
            THEN CASE WHEN k.is_filed THEN '{AccountState.FILED}' ELSE '{AccountState.NAMED}' END
        WHEN coalesce(k.usable_from, {predicates.day("greatest(k.given_at, k.confirmed_at)")} + 1)
            > {predicates.TODAY} THEN '{AccountState.NEW}' ELSE '{AccountState.USABLE}' END
    FROM payment_account AS k WHERE k.application_id = f.application_id
    ORDER BY k.id DESC LIMIT 1)"""  # noqa: S608 -- constants
"""How it is with the account that was given last: a word of `AccountState`, NULL without one. An
access code is all it takes to give one, so whoever is reachable hears of it and has a full working
day to say that it is not theirs."""
WITH_BANK: Final = (
    "EXISTS (SELECT FROM payment_line AS l"
    " WHERE l.application_id = f.application_id AND l.state = 'exported')"
)
"""Whether the bank has a payment of the application that it has not answered yet."""

PROGRESS: Final = f"""CASE WHEN f.state <> 'due' THEN f.state
    WHEN f.objections > 0 THEN '{Progress.OBJECTED}'
    WHEN a.state <> '{State.DETERMINED}' THEN '{Progress.UNDER_REVIEW}'
    WHEN f.publicised_until >= {predicates.TODAY} THEN '{Progress.PUBLICISED}'
    WHEN f.way = 'waiver' THEN '{Progress.TOLD}'
    WHEN {WITH_BANK} THEN '{Progress.EXPORTED}'
    ELSE CASE {ACCOUNT} WHEN '{AccountState.USABLE}' THEN '{Progress.PAYABLE}'
        WHEN '{AccountState.NEW}' THEN '{Progress.ACCOUNT_NEW}'
        WHEN '{AccountState.FILED}' THEN '{Progress.ACCOUNT_UNCONFIRMED}'
        WHEN '{AccountState.NAMED}' THEN '{Progress.ACCOUNT_UNCONFIRMED}'
        ELSE '{Progress.NO_ACCOUNT}' END END"""
"""How far it has come: a word of `Progress`, over `fulfilment AS f` and its `a`. What is payable is
what a batch takes."""

NEWEST: Final = "ORDER BY f.state = 'cancelled', f.id DESC LIMIT 1"
"""Of an application's: the one in force; else the last that was, which shows what is to be taken
back."""
