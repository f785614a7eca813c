"""Follow-up visits (走访) promised by measure (十四): one to come per enterprise at most."""

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
    LargeBinary,
    Table,
    Text,
    Time,
    text,
)

from tests.support.tables.base import identity, metadata, moment, one_of
from vocabulary.visits import OPEN_VISITS, VisitResult, VisitState

_OPEN = ", ".join(f"'{state}'" for state in OPEN_VISITS)

visit = Table(
    "visit",
    metadata,
    identity(),
    Column("uscc", Text),
    # The application it was first planned for; every one it is about points here by `visit_id`.
    Column("application_id", BigInteger, ForeignKey("application.id"), nullable=False),
    Column("bureau", Text, nullable=False),
    # The promised day at first (NULL in `due_on` means the same day), then the plan's.
    Column("planned_on", Date, nullable=False),
    Column("due_on", Date),
    Column("starts_at", Time),
    # Beyond the published holiday calendar the date is Monday-Friday arithmetic.
    Column("provisional", Boolean, nullable=False),
    Column("basis", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=VisitState.PLANNED.value),
    # The day people were last reminded of: a visit that is moved is reminded of again, once.
    Column("reminded_for", Date),
    Column("confirmed_by", Text),
    # Who is to go: the actor of an account; it gives no right.
    Column("assignee", Text),
    Column("visited_on", Date),
    Column("result", Text),
    Column("note", Text),
    Column("closed_by", Text),
    Column("closed_at", moment()),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("created_at", moment(), nullable=False),
    one_of("state", VisitState),
    one_of("result", VisitResult, nullable=True),
    # However often an application is assessed again, it has one visit to come or done.
    Index(
        "uq_visit_live",
        "application_id",
        unique=True,
        postgresql_where=text(f"state <> '{VisitState.CANCELLED}'"),
    ),
    # An enterprise never has two visits to come, whichever measures it applied under.
    Index(
        "uq_visit_open",
        "uscc",
        unique=True,
        postgresql_where=text(f"state IN ({_OPEN})"),
    ),
    Index(
        "ix_visit_waiting",
        "bureau",
        "planned_on",
        postgresql_where=text(f"state = '{VisitState.PLANNED}'"),
    ),
    # When an enterprise was last visited.
    Index(
        "ix_visit_done",
        "uscc",
        "visited_on",
        postgresql_where=text(f"state = '{VisitState.DONE}'"),
    ),
    Index(None, "bureau", "planned_on"),
    Index(
        "ix_visit_awaited",
        "bureau",
        "planned_on",
        postgresql_where=text("state IN ('scheduled', 'confirmed', 'reminded')"),
    ),
)

# One row per bureau that visits: locked while its plan is being changed.
visit_plan = Table(
    "visit_plan",
    metadata,
    Column("bureau", Text, primary_key=True),
    Column("visits_per_day", Integer),  # NULL: the deployment's number
    Column("set_by", Text),
    CheckConstraint("visits_per_day > 0", name="visits_per_day"),
)

# Subscriptions to a bureau's visit calendar. The secret in the address opens the feed only.
calendar_feed = Table(
    "calendar_feed",
    metadata,
    identity(),
    Column("bureau", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", moment(), nullable=False),
    Column("revoked_at", moment()),
    # With which it was shared; None: in a session.
    Column("token_id", BigInteger),
    # Only visits about cases that its maker works on.
    Column("own", Boolean, nullable=False, server_default=text("false")),
    Index(None, "bureau", "id"),
)
