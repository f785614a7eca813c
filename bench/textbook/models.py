"""ORM classes over Wenqi's tables: same columns, same constraints, same indexes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from store.db import driver_url
from tests.support import tables

if TYPE_CHECKING:
    # The columns come from the tables, where a type checker cannot see them.
    class _Columns(type):
        def __getattr__(cls, name: str) -> Any: ...

    class Base(metaclass=_Columns):
        """Shared registry."""

        def __init__(self, **values: Any) -> None: ...
        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...
else:

    class Base(DeclarativeBase):
        """Shared registry."""

        metadata = tables.metadata


class Application(Base):
    """An application under a provision."""

    __table__ = tables.application


class Assessment(Base):
    """A decision on an application."""

    __table__ = tables.assessment


class BenefitClaim(Base):
    """Whom a benefit concerns, and who holds it."""

    __table__ = tables.benefit_claim


class Event(Base):
    """Something that happened to an application."""

    __table__ = tables.event


class Delivery(Base):
    """A message to a bureau."""

    __table__ = tables.delivery


class Visit(Base):
    """A follow-up visit."""

    __table__ = tables.visit


class Reminder(Base):
    """Work for later: of a visit, of a promised day."""

    __table__ = tables.work_item


def make_session() -> sessionmaker[Session]:
    """The process's session factory, for the database of DATABASE_URL."""
    engine = create_engine(driver_url(os.environ["DATABASE_URL"]), pool_size=10, max_overflow=0)
    return sessionmaker(engine, expire_on_commit=False)
