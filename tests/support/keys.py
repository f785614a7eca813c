"""Keys that protect nothing."""

from __future__ import annotations

import base64
from typing import Final

from config import keys

TEST_SECRET_KEY: Final = "test-only-" + "0" * 32
TEST_DATA_KEYS: Final = f"test:{base64.b64encode(b'test-only-' + b'0' * 22).decode()}"
TEST_RING: Final = keys.parse("DATA_KEYS", TEST_DATA_KEYS)
