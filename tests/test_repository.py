"""Promises about the repository itself."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
LINES_MAX = 400


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in files if path.is_file()]


def test_no_source_file_grows_past_a_screenful_of_screens() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in tracked_files()
        if path.suffix == ".py"
    }
    assert {name: lines for name, lines in lengths.items() if lines > LINES_MAX} == {}
    assert "tests/test_repository.py" in lengths


def test_no_download_address_and_no_path_of_this_machine() -> None:
    """Whoever clones has another machine and another package index."""
    addresses = r"https?://[^\s'\"]+\.(?:whl|tar\.gz|tgz|zip)\b|index-url|pythonhosted"
    places = "|".join(re.escape(f"{place}/") for place in (ROOT, Path.home()) if place.parts[2:])
    forbidden = re.compile(f"{addresses}|{places}" if places else addresses)
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked_files()
        if path != Path(__file__)
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), 1
        )
        if forbidden.search(line)
    ]
    assert found == []


def test_every_pinned_package_has_hashes() -> None:
    for name in ("runtime.txt", "dev.txt", "bench.txt"):
        entries = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        packages = re.split(r"\n(?=\S)", entries.strip())
        assert len(packages) > 40
        assert [entry for entry in packages if "--hash=sha256:" not in entry] == []


def test_all_environments_use_the_same_releases() -> None:
    runtime, dev, bench = (
        set(re.findall(r"(?m)^[^\s#]+==\S+", (ROOT / "requirements" / name).read_text("utf-8")))
        for name in ("runtime.txt", "dev.txt", "bench.txt")
    )
    assert runtime
    assert runtime <= dev
    assert runtime <= bench


def test_every_decision_has_the_form_that_their_readme_gives() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    assert len(decisions) > 15
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        number = int(path.name[:4])
        assert re.match(
            rf"# {number}\. \S.*\n\nStatus: (accepted|superseded by \d+)\n\n## ", text
        ), path
        sections = re.findall(r"^## (.*)$", text, re.MULTILINE)
        assert sections[:3] == ["Context", "Decision", "Consequences"], path
        assert sections[3:] in ([], ["Measured"]), path
        assert f"]({path.name})" in index, path


def test_phrases_that_are_read_twice_do_not_come_back() -> None:
    marks = re.compile(
        r"\b(?:the own|belong into|what lacks|nothing we talk to|on a safe way|by the hundred)\b"
        r"|\b(?:In|Out): "
    )
    found = [
        f"{path.relative_to(ROOT)}: {mark}"
        for path in tracked_files()
        if path.suffix in {".py", ".md"} and path != Path(__file__)
        for mark in marks.findall(path.read_text(encoding="utf-8"))
    ]
    assert found == []
