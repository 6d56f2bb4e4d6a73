"""Ours measured against others, on one machine, in one run: `python -m tests.bench.peers`."""
