"""Of one rules version, the same case gives the same assessment, to the byte, ever after.

`tests/data/assessments.json` holds the digest of every worked case's document. Where a change of
the rules means to change one, `RULES_VERSION` is raised and the file written anew:
`python -m tests.rules.test_same_bytes`. A change for speed alone must not need that.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from rules import RULES_VERSION
from schemas.kit.format_errors import FormatErrors
from tests.support.scenarios.every import run, scenarios

KEPT = Path(__file__).parents[1] / "data" / "assessments.json"


def digests() -> dict[str, str]:
    """Case -> SHA-256 of its assessment's document and benefits."""
    made = {}
    for scenario in scenarios():
        try:
            judged = run(scenario)
        except FormatErrors:
            continue  # a case that no form lets through is not assessed
        document: list[Any] = [
            judged.assessment.document(),
            [[benefit.key, str(benefit.amount)] for benefit in judged.assessment.benefits],
        ]
        text = json.dumps(document, ensure_ascii=False, sort_keys=True)
        made[f"{scenario.provision} {scenario}"] = hashlib.sha256(text.encode()).hexdigest()
    return made


def test_no_document_changes_within_a_rules_version() -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    now = digests()
    assert kept["rules_version"] == RULES_VERSION
    changed = [case for case, digest in kept["documents"].items() if now.get(case) != digest]
    assert not changed, "another document: raise RULES_VERSION, or keep what was said"
    assert now.keys() == kept["documents"].keys()


if __name__ == "__main__":
    content = {"rules_version": RULES_VERSION, "documents": digests()}
    KEPT.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
