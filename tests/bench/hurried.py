"""The bot's own program with shorter waits, so that a bench need not last hours; what it takes: see `main`."""

from __future__ import annotations

import sys
from datetime import timedelta

from bot import job_queue
from bot.__main__ import cli
from bot.dispatch.tracking import Tracker


def main(pauses: str, redelivery: str, *arguments: str) -> None:
    """Seconds between the tries to reach a platform (1,2,3), seconds until another process does the jobs of one that
    died, and the words of the command (serve …, worker)."""
    tries = tuple(map(float, pauses.split(",")))
    told = Tracker.__init__.__kwdefaults__
    assert told is not None
    assert "pauses_s" in told
    told["pauses_s"] = tries
    job_queue._WORKER["redelivery_timeout"] = timedelta(seconds=float(redelivery))
    cli(list(arguments))


if __name__ == "__main__":
    main(*sys.argv[1:])
