"""What people do to a case: supplements, determinations, reviews, ratings, call-backs."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from tests.support.tables.base import identity, metadata, moment, one_of, yuan
from vocabulary.cases import DeterminationState, ReviewState, SupplementState


def _application() -> Column[int]:
    return Column("application_id", BigInteger, ForeignKey("application.id"), nullable=False)


# A bureau's request for facts (补正): the named fields, and only they, reopen to the applicant.
supplement = Table(
    "supplement",
    metadata,
    identity(),
    _application(),
    Column("fields", ARRAY(Text), nullable=False),  # JSON pointers
    Column("reason", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("bureau", Text, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("requested_at", moment(), nullable=False),
    Column("state", Text, nullable=False, server_default=SupplementState.OPEN.value),
    Column("closed_at", moment()),
    # Pointer -> [before, after]; what was there before is kept, events name pointers only.
    Column("changes", JSONB),
    # Papers that are asked for; see vocabulary.documents.
    Column("documents", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    one_of("state", SupplementState),
    Index(
        "uq_supplement_open",
        "application_id",
        unique=True,
        postgresql_where=text(f"state = '{SupplementState.OPEN}'"),
    ),
    Index(None, "application_id", "id"),
)

determination = Table(
    "determination",
    metadata,
    identity(),
    _application(),
    Column("granted", Boolean, nullable=False),
    Column("amount", yuan()),
    # What the rules compute with the findings of this determination.
    Column("computed", yuan()),
    Column("reason", Text, nullable=False),
    Column("findings", JSONB, nullable=False),
    Column("bureau", Text, nullable=False),
    Column("from_state", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", moment(), nullable=False),
    Column("state", Text, nullable=False),
    # The second person; NULL where none was needed.
    Column("decided_by", Text),
    Column("decided_at", moment()),
    Column("decision_note", Text),
    # The document of an amount without arithmetic: number, day, yuan (`schemas.basis`).
    Column("basis", JSONB),
    # Receipts of grants on the same lease to another enterprise, in spite of which it was made.
    Column("despite", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    one_of("state", DeterminationState),
    Index(
        "uq_determination_live",
        "application_id",
        "state",
        unique=True,
        postgresql_where=text(
            f"state IN ('{DeterminationState.PROPOSED}', '{DeterminationState.IN_FORCE}')"
        ),
    ),
    Index(None, "application_id", "id"),
    Index(
        "ix_determination_granted_by_day",
        text("coalesce(decided_at, proposed_at)"),
        "application_id",
        postgresql_where=text(f"state = '{DeterminationState.IN_FORCE}' AND granted"),
    ),
    Index(
        "ix_determination_refused",
        "application_id",
        postgresql_where=text(f"state = '{DeterminationState.IN_FORCE}' AND NOT granted"),
    ),
)

# Closed because another application of the same enterprise goes on in its place.
duplicate = Table(
    "duplicate",
    metadata,
    Column("application_id", BigInteger, ForeignKey("application.id"), primary_key=True),
    Column("kept_id", BigInteger, ForeignKey("application.id"), nullable=False),
    CheckConstraint("application_id <> kept_id", name="another"),
    Index(None, "kept_id"),
)

review = Table(
    "review",
    metadata,
    identity(),
    _application(),
    Column("reason", Text, nullable=False),
    Column("from_state", Text, nullable=False),
    Column("requested_at", moment(), nullable=False),
    Column("state", Text, nullable=False, server_default=ReviewState.OPEN.value),
    Column("decided_by", Text),
    Column("decided_at", moment()),
    Column("note", Text),
    one_of("state", ReviewState),
    Index(
        "uq_review_open",
        "application_id",
        unique=True,
        postgresql_where=text(f"state = '{ReviewState.OPEN}'"),
    ),
    Index(None, "application_id", "id"),
)

# Satisfaction (好差评), 5 very satisfied to 1 very dissatisfied; given once.
rating = Table(
    "rating",
    metadata,
    Column("application_id", BigInteger, ForeignKey("application.id"), primary_key=True),
    Column("grade", SmallInteger, nullable=False),
    Column("comment", Text),
    Column("rated_at", moment(), nullable=False),
    CheckConstraint("grade BETWEEN 1 AND 5", name="grade"),
)

# A bad rating opens one (回访); it is open while `done_at` is NULL.
callback = Table(
    "callback",
    metadata,
    Column("application_id", BigInteger, ForeignKey("application.id"), primary_key=True),
    Column("bureau", Text, nullable=False),
    Column("grade", Integer, nullable=False),
    Column("opened_at", moment(), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("done_by", Text),
    Column("done_at", moment()),
    Column("note", Text),
    Index(None, "bureau", "due_on", postgresql_where=text("done_at IS NULL")),
)
