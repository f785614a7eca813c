"""Follow-up visits (走访) promised by measure (十四)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, Table, Text, text

from store.tables.base import identity, metadata, moment, one_of
from store.vocabulary import VisitState

visit = Table(
    "visit",
    metadata,
    identity(),
    Column("uscc", Text),
    Column("application_id", BigInteger, ForeignKey("application.id"), nullable=False),
    Column("bureau", Text, nullable=False),
    Column("planned_on", Date, nullable=False),
    # Beyond the published holiday calendar the date is Monday-Friday arithmetic.
    Column("provisional", Boolean, nullable=False),
    Column("basis", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=VisitState.PLANNED.value),
    Column("created_at", moment(), nullable=False),
    one_of("state", VisitState),
    # However often an application is assessed again, it has one visit to come or done.
    Index(
        "uq_visit_live",
        "application_id",
        unique=True,
        postgresql_where=text(f"state <> '{VisitState.CANCELLED}'"),
    ),
    Index(None, "bureau", "planned_on"),
)
