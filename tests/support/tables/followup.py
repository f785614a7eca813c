"""What enterprises ask (诉求), which promised days were pointed out to whom, daily digests."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from tests.support.tables.base import identity, metadata, moment, one_of
from vocabulary.requests import RequestSource, RequestState, RequestSubject

request = Table(
    "request",
    metadata,
    identity(),
    Column("application_id", BigInteger, ForeignKey("application.id"), nullable=False),
    Column("visit_id", BigInteger, ForeignKey("visit.id")),
    Column("source", Text, nullable=False),
    # One of the four fields (十四) names, by which it is routed; NULL: the case's lead bureau.
    Column("field", Text),
    Column("subject", Text, nullable=False, server_default=RequestSubject.HELP.value),
    Column("words", Text, nullable=False),
    Column("bureau", Text, nullable=False),
    Column("transfers", Integer, nullable=False, server_default=text("0")),
    Column("opened_by", Text, nullable=False),
    Column("opened_at", moment(), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("basis", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=RequestState.OPEN.value),
    Column("erase_on", Date),  # what is deleted, and when, where that was asked
    Column("answer", Text),
    Column("closed_by", Text),
    Column("closed_at", moment()),
    Column("version", Integer, nullable=False, server_default=text("1")),
    one_of("subject", RequestSubject),
    one_of("source", RequestSource),
    one_of("state", RequestState),
    Index(None, "application_id", "id"),
    Index(None, "bureau", "id"),
    Index("ix_request_open", "bureau", "id", postgresql_where=text("state = 'open'")),
)

# Which promised day has been pointed out at which level: a doubled work item finds it said.
promise_told = Table(
    "promise_told",
    metadata,
    Column("application_id", BigInteger, ForeignKey("application.id"), primary_key=True),
    Column("promise", Text, primary_key=True),
    Column("level", Text, primary_key=True),
    Column("due_on", Date, primary_key=True),
    Column("told_at", moment(), nullable=False),
)

# How much work a bureau had when a day began.
bureau_day = Table(
    "bureau_day",
    metadata,
    Column("bureau", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("open", Integer, nullable=False),
    Column("overdue", Integer, nullable=False),
    Column("unassigned", Integer, nullable=False),
)

# A bureau's messages of a day in one. Made by the first message that goes into it.
digest = Table(
    "digest",
    metadata,
    identity(),
    Column("bureau", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("event_id", BigInteger, ForeignKey("event.id")),
    Column("created_at", moment(), nullable=False),
    UniqueConstraint("bureau", "day"),
)
