"""The notice that comes with the code: its forms, read as they are when it is the only one."""

from __future__ import annotations

from typing import Any

from config.settings import Settings
from schemas import application, openapi, screenings
from schemas.application import Submission
from schemas.form_set import FormSet, Offer, form_set
from schemas.forms import FORMS
from schemas.screenings import Screening

PACKAGED = Offer(Settings.notice_id, is_default=True, forms=tuple(FORMS.items()))
"""What one can apply for under the notice that comes with the code."""


def packaged_forms(notice: str | None) -> FormSet | None:
    """Its forms: it is the only one, and the default."""
    return form_set("schemas.forms") if notice in (None, PACKAGED.notice) else None


WORDS = form_set("schemas.forms").words


def load_application(raw: object) -> Submission:
    """An application under that notice. Raises FormatErrors."""
    return application.load_application(raw, packaged_forms)


def load_screening(raw: object) -> Screening:
    """A screening under that notice. Raises InvalidRequest."""
    return screenings.load_screening(raw, packaged_forms)


def example(provision: str) -> dict[str, Any]:
    """The published example of a provision of that notice."""
    return openapi.example(PACKAGED, provision)
