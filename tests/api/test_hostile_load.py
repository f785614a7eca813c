"""Eight hostile bodies at once, against real processes of the API: what they cost together."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import psutil
import pytest
import requests

from tests.support.app import App
from tests.support.unlimited import UNLIMITED

AT_ONCE: Final = 8
BYTES: Final = 240_000
# Per body 50 ms of CPU are meant; the bound leaves room for a machine that tests keep busy. A list
# of numbers used to cost 6.4 s, and eight of them at once 0.86 GB.
CPU_SECONDS: Final = 0.15 * AT_ONCE
MEMORY: Final = 100 * 1024**2


def processes(api: App) -> list[psutil.Process]:
    parent = psutil.Process(api.pid("api"))
    return [parent, *parent.children(recursive=True)]


def cpu(api: App) -> float:
    return sum(each.cpu_times().user + each.cpu_times().system for each in processes(api))


def memory(api: App) -> int:
    return sum(each.memory_info().rss for each in processes(api))


@pytest.mark.parametrize("item", ["1", "{}"])
@pytest.mark.parametrize("path", ["applications", "screenings"])
def test_eight_at_once_cost_little(launch_app: Callable[..., App], path: str, item: str) -> None:
    api = launch_app("api", env={**UNLIMITED, "API_WORKERS": "2"})
    url = f"{api.base_url}/api/v1/{path}"
    items = ",".join([item] * (BYTES // (len(item) + 1)))
    body = f'{{"provision":"m01_tenant","enterprise":{{}},"facts":{{"leases":[{items}]}}}}'.encode()
    small = b'{"provision":"m01_tenant","enterprise":{},"facts":{"leases":[]}}'

    def send(what: bytes) -> int:
        headers = {"Content-Type": "application/json"}
        return requests.post(url, data=what, headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(send, [small] * AT_ONCE * 4))  # what is loaded once
        began, before, most = cpu(api), memory(api), 0
        waiting = [pool.submit(send, body) for _ in range(AT_ONCE)]
        while not all(each.done() for each in waiting):
            most = max(most, memory(api))
            time.sleep(0.005)
    spent, grown = cpu(api) - began, max(most, memory(api)) - before
    assert {each.result() for each in waiting} <= {400, 413, 422}
    assert spent < CPU_SECONDS, spent
    assert grown < MEMORY, grown
