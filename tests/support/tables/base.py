"""Shared pieces of the table definitions."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Identity, MetaData, Numeric

# Not every foreign key is enforced: see migration 0007 and docs/decisions/0009.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def identity() -> Column[int]:
    """A bigint primary key the database hands out."""
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


def moment() -> DateTime:
    """A point in time; always with its zone."""
    return DateTime(timezone=True)


def yuan() -> Numeric[Decimal]:
    """Money in yuan, exact to the fen."""
    return Numeric(14, 2)


def one_of(column: str, words: Iterable[str], *, nullable: bool = False) -> CheckConstraint:
    """CHECK that `column` holds one of `words`; the constraint is named after the column."""
    listed = ", ".join(f"'{word}'" for word in words)
    empty = f"{column} IS NULL OR " if nullable else ""
    return CheckConstraint(f"{empty}{column} IN ({listed})", name=column)
