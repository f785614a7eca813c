"""What people change while the system runs."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, Index, Table, Text

from tests.support.tables.base import identity, metadata, moment, one_of
from vocabulary.matters import Telling

practice_change = Table(
    "practice_change",
    metadata,
    identity(),
    Column("parameter", Text, nullable=False),
    Column("value", Text),
    Column("valid_from", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", moment(), nullable=False),
    Column("confirmed_by", Text),
    Column("confirmed_at", moment()),
    # Withdrawn, or declined; what was agreed upon is not ended.
    Column("ended_by", Text),
    Column("ended_at", moment()),
    CheckConstraint("confirmed_by <> proposed_by", name="second"),
    CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed"),
    CheckConstraint(
        "(ended_by IS NULL) = (ended_at IS NULL) AND (ended_at IS NULL OR confirmed_at IS NULL)",
        name="ended",
    ),
)

bureau_address = Table(
    "bureau_address",
    metadata,
    identity(),
    Column("recipient", Text, nullable=False),
    # None: as the deployment's file has it.
    Column("contacts", Text),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", moment(), nullable=False),
    Index(None, "recipient", "id"),
)

message_choice = Table(
    "message_choice",
    metadata,
    identity(),
    Column("bureau", Text, nullable=False),
    # A later release may know others.
    Column("matter", Text, nullable=False),
    Column("telling", Text, nullable=False),
    Column("chosen_by", Text, nullable=False),
    Column("chosen_at", moment(), nullable=False),
    one_of("telling", Telling),
    Index(None, "bureau", "matter", "id"),
)
