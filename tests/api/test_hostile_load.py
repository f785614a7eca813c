"""Eight hostile bodies at once, against real processes of the API: what they take together."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Final

import psutil
import requests

from tests.support.app import App
from tests.support.unlimited import UNLIMITED

AT_ONCE: Final = 8
BYTES: Final = 240_000
MEMORY: Final = 100 * 1024**2
"""Eight lists of numbers used to take 0.86 GB."""
SMALL: Final = b'{"provision":"m01_tenant","enterprise":{},"facts":{"leases":[]}}'


def processes(api: App) -> list[psutil.Process]:
    parent = psutil.Process(api.pid("api"))
    return [parent, *parent.children(recursive=True)]


def memory(api: App) -> int:
    return sum(each.memory_info().rss for each in processes(api))


def test_eight_at_once_take_little_memory(launch_app: Callable[..., App]) -> None:
    """What each costs the processor is counted by `test_hostile_bodies`."""
    api = launch_app("api", env={**UNLIMITED, "API_WORKERS": "2"})
    for path, item in product(("applications", "screenings"), ("1", "{}")):
        items = ",".join([item] * (BYTES // (len(item) + 1)))
        facts = f'{{"leases":[{items}]}}'
        body = f'{{"provision":"m01_tenant","enterprise":{{}},"facts":{facts}}}'.encode()
        assert _grown(api, path, body) < MEMORY, (path, item)


def _grown(api: App, path: str, body: bytes) -> int:
    def send(what: bytes) -> int:
        headers = {"Content-Type": "application/json"}
        url = f"{api.base_url}/api/v1/{path}"
        return requests.post(url, data=what, headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(send, [SMALL] * AT_ONCE * 4))  # what is loaded once
        before, most = memory(api), 0
        waiting = [pool.submit(send, body) for _ in range(AT_ONCE)]
        while not all(each.done() for each in waiting):
            most = max(most, memory(api))
            time.sleep(0.005)
    assert {each.result() for each in waiting} <= {400, 413, 422}
    return max(most, memory(api)) - before
