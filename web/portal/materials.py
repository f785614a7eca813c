"""The step 材料 of a form: what to bring, and the documents that are there already.

`portal/materials.html` shows it, outside of the form of the step, so that what is uploaded has
forms of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from api.services import services
from casework.views import guide
from web.portal.own_drafts import Opened

CODE: Final = "materials"
TITLE: Final = "材料"


@dataclass(frozen=True, slots=True)
class Materials:
    """What the template shows. `papers`: what the form's answers are copied from."""

    papers: tuple[str, ...]


def of_draft(opened: Opened) -> Materials:
    """What is to be shown on the step of a draft."""
    found = guide.provision(services().settings, opened.draft.provision)
    return Materials(found[1].papers if found else ())
