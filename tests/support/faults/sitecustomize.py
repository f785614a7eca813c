"""Python imports this at start where the folder is on PYTHONPATH: two use cases are made to fail,
with a message and local variables full of what must never leave the machine."""

from __future__ import annotations

from typing import Any, NoReturn

from casework.decision import candidate
from casework.views import status

SECRETS = ("测试甲", "13800000000", "91110102MA00A001XU", "60000.00", "7K2QX-00000-ABCDE-ZZZZZ")


def _fail(*arguments: Any, **named: Any) -> NoReturn:
    name, phone, uscc, amount, access_code = SECRETS
    raise LookupError(
        f"{name} {phone} {uscc} {amount} {access_code} {arguments} {named}"
    ) from ValueError(name)


for module, name in ((status, "read"), (candidate, "assess")):
    setattr(module, name, _fail)
