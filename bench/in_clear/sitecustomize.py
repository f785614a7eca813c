"""Run by every Python process of the contender in clear, before anything else."""

from bench.in_clear import pass_through

pass_through()
