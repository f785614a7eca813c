"""Who tries a receipt without its code learns nothing, from the work that it makes either."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from stdnum.iso7064 import mod_37_36

from casework.acts import withdraw
from casework.errors import ApplicationNotFound
from casework.views import status
from config.settings import Settings
from store.db import Database
from tests.support.ledgers import file_tenants
from tests.support.watching import watched

WRONG = "00000-00000-00000-00000"


def _read(database: Database, settings: Settings, receipt: str) -> None:
    status.read(database, settings, receipt, WRONG)


def _withdraw(database: Database, settings: Settings, receipt: str) -> None:
    withdraw.withdraw(database, settings, receipt, WRONG)


def _another(receipt: str) -> str:
    """A well-formed receipt number that was never given out."""
    day, number, _ = receipt.removeprefix("WQ").split("-")
    number = f"{int(number) + 1000:07d}"
    return f"WQ{day}-{number}-{mod_37_36.calc_check_digit(f'WQ{day}{number}')}"


@pytest.mark.parametrize("ask", [_read, _withdraw])
def test_a_receipt_that_is_and_one_that_is_not_make_the_same_work(
    database: Database, settings: Settings, ask: Callable[[Database, Settings, str], None]
) -> None:
    (filed,) = file_tenants(database, settings, 1)
    made: list[list[str]] = []
    for receipt in (filed.receipt, _another(filed.receipt), "WQ-nothing-of-the-kind"):
        with watched(database) as seen, pytest.raises(ApplicationNotFound):
            ask(database, settings, receipt)
        made.append(seen.statements)
    assert made[0] == made[1] == made[2]
    # And nothing of the case was read, nor locked, before the code was known to be right.
    assert len(made[0]) == 1
    assert "FOR NO KEY UPDATE" not in made[0][0]
    assert not re.search(r"\b(facts|enterprise|personal|visit|supplement)\b", made[0][0])
    with watched(database) as seen:
        status.read(database, settings, filed.receipt, filed.access_code)
    assert seen.statements[0] == made[0][0]
