"""Run by every Python process of a fault run, before anything else: switches a planted bug on, and
takes SECRET_KEY from a file, so that a process that is restarted has the ring of by then.

Only a harness puts this folder on PYTHONPATH. The product reads none of these variables.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

Change = Callable[[ModuleType], None]


class _After(Loader):
    """Loads a module as usual, then changes it."""

    def __init__(self, loader: Any, change: Change) -> None:
        self._loader = loader
        self._change = change

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        made: ModuleType | None = self._loader.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        self._change(module)


class _Finder(MetaPathFinder):
    def __init__(self, changes: Mapping[str, Change]) -> None:
        self._changes = changes

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name not in self._changes:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None:
            spec.loader = _After(spec.loader, self._changes[name])
        return spec


def _install() -> None:
    from faults.plants import planted

    changes = dict(planted.ALWAYS)
    for name in os.environ["WENQI_FAULTS_PLANT"].split("+"):
        changes |= planted.PLANTS[name]
    sys.meta_path.insert(0, _Finder(changes))


if "WENQI_FAULTS_SECRETS" in os.environ:
    os.environ["SECRET_KEY"] = Path(os.environ["WENQI_FAULTS_SECRETS"]).read_text("utf-8")
if "WENQI_FAULTS_PLANT" in os.environ:
    _install()
