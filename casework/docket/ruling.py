"""What a person ruled on an application."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person ruled on an application, in yuan. `amount`: None where the notice gives no
    figure; `computed`: what the rules computed when it was made, None without arithmetic."""

    granted: bool
    amount: Decimal | None
    computed: Decimal | None = None

    @property
    def overrides(self) -> bool:
        """Whether it grants more than the rules computed, which a second person has approved."""
        if self.amount is None or self.computed is None:
            return False
        return self.amount > self.computed
