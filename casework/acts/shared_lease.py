"""One lease that two enterprises name: its rent is waived or subsidised once.

What is asked for under another credit code holds no key of this one's, as a number may be mistyped
or borrowed; so it is the officer who looks, before the second grant and not after it.
"""

from __future__ import annotations

from collections.abc import Collection

from casework.errors import Conflict


class LeaseGranted(Conflict):
    """Another enterprise was granted something on the same lease; the detail names the receipts."""

    code = "lease_granted"
    title = "同一合同已由另一单位获准"
    message = "同一合同已由另一单位获准。"


def check(receipts: Collection[str], *, known: Collection[str]) -> None:
    """Raises LeaseGranted for grants of which whoever determined did not know."""
    if unknown := sorted(set(receipts) - set(known)):
        raise LeaseGranted(
            f"同一合同已由受理编号{'、'.join(unknown)}的申请（另一单位）获准；同一租约的租金只准予"
            "一次。请核对两份合同原件；确须准予的，请在 despite 中写明理由，由第二人复签。"
        )
