"""(一) second paragraph: landlords."""

from __future__ import annotations

from schemas.forms.reliefs import LandlordFacts


class LandlordForm(LandlordFacts):
    """What a landlord that cut rent is asked."""
