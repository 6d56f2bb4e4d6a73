"""Fuzzing of what strangers send: a little of it in every test run, `python -m tests.fuzz --minutes N` for as long as wanted."""
