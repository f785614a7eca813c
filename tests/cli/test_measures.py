"""docs/measures.md says what the code does, today."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from cli.main import main
from cli.measures import document, questions_of
from rules import PROVISIONS
from tests.support.scenarios.judging import NOTICE

COMMITTED = Path(__file__).parents[2] / "docs" / "measures.md"


def test_the_committed_table_is_not_stale() -> None:
    committed = COMMITTED.read_text(encoding="utf-8")
    assert committed == document(NOTICE.id), "stale: run `wenqi measures > docs/measures.md`"


def test_the_command_prints_it() -> None:
    shown = CliRunner().invoke(main, ["measures"])
    assert shown.exit_code == 0
    assert shown.output == document(NOTICE.id)


def test_every_provision_condition_parameter_and_contact_is_in_it() -> None:
    shown = document(NOTICE.id)
    for code, provision in PROVISIONS.items():
        assert f"## {code}\n" in shown
        section = shown.split(f"## {code}\n", 1)[1].split("\n## ", 1)[0]
        for condition in (*provision.conditions, *provision.item_conditions):
            assert f"| {condition.code} |" in section
        for key in provision.parameters:
            assert f"`{key}`" in section
        for rule in NOTICE.routing[code]:
            assert all(NOTICE.contacts[name]["phone"] in section for name in rule["to"])


def test_the_questions_shown_are_those_of_the_register() -> None:
    shown = {code: set(questions_of(provision, NOTICE)) for code, provision in PROVISIONS.items()}
    assert shown["m06_guarantee"] >= {"Q24", "Q25", "Q27", "Q28", "Q36"}
    assert shown["m13_training"] >= {"Q12", "Q30", "Q40"}
    assert shown["m05_finance"] == {"Q37", "Q41"}
    assert shown["m08_vouchers"] == set()
    assert set().union(*shown.values()) <= set(NOTICE.questions)
