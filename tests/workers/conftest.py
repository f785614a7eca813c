"""A broker of its own for each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.broker import Broker


@pytest.fixture
def broker() -> Iterator[Broker]:
    """The broker, running."""
    # Not tmp_path: the server gives up root and must be able to enter every folder above its own.
    folder = Path(tempfile.mkdtemp(prefix="wenqi-broker-"))
    folder.chmod(0o755)
    made = Broker(folder)
    made.start()
    yield made
    made.kill()
    shutil.rmtree(folder)
