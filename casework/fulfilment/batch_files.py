"""The file of a payment batch, as the paying bureau gives it to its bank: CSV, UTF-8 with a mark.

    编号 · 受理编号 · 户名 · 账号 · 开户行 · 金额（元） · 用途     a line each
    合计 · how many lines · … · their sum
    校验 · SHA-256 (hex) of every byte above that line

The same batch always makes the same bytes, so it can be fetched again and compared.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from casework.fulfilment.payment_account import Account
from vocabulary.formulas import harmless

HEADINGS: Final = ("编号", "受理编号", "户名", "账号", "开户行", "金额（元）", "用途")
TOTAL: Final = "合计"
CHECK: Final = "校验"
_MARK: Final = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """One payment of a batch. `amount` in yuan."""

    number: str
    receipt: str
    account: Account
    amount: Decimal
    purpose: str


def written(lines: Sequence[Line]) -> bytes:
    """The file with these payments in this order."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for line in lines:
        account = line.account
        cells = (line.receipt, account.holder, account.number, account.bank, f"{line.amount:.2f}")
        writer.writerow([harmless(cell) for cell in (line.number, *cells, line.purpose)])
    total = sum((line.amount for line in lines), Decimal())
    writer.writerow([TOTAL, len(lines), "", "", "", f"{total:.2f}", ""])
    body = _MARK + text.getvalue().encode()
    return body + f"{CHECK},{hashlib.sha256(body).hexdigest()}\r\n".encode()


def as_workbook(content: bytes) -> bytes:
    """The same file as a workbook, to be read by people: Excel would open the accounts of the CSV
    as numbers and lose their last digits. Here they are text, sums are numbers."""
    from xlsxwriter import Workbook

    made, yuan = io.BytesIO(), HEADINGS.index("金额（元）")
    with Workbook(made, {"in_memory": True}) as book:
        sheet, look = book.add_worksheet(), book.add_format({"num_format": "#,##0.00"})
        sheet.set_column(0, len(HEADINGS) - 1, 24)
        for at, row in enumerate(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))):
            for place, cell in enumerate(row):
                if at and place == yuan:
                    sheet.write_number(at, place, Decimal(cell), look)
                else:
                    sheet.write_string(at, place, cell)
    return made.getvalue()


def digest(content: bytes) -> str:
    """SHA-256 of a whole file, hex: by which a batch is known."""
    return hashlib.sha256(content).hexdigest()
