"""ORM classes over Wenqi's tables: same columns, same constraints, same indexes."""

from __future__ import annotations

import os

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, sessionmaker

from store import tables
from store.db import driver_url


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
    """Who holds a benefit."""

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


def make_session() -> sessionmaker:
    """The process's session factory, for the database of DATABASE_URL."""
    engine = create_engine(driver_url(os.environ["DATABASE_URL"]), pool_size=10, max_overflow=0)
    return sessionmaker(engine, expire_on_commit=False)
