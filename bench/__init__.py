"""Measures Wenqi beside a textbook build, alternatives and the limits of the machine."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
