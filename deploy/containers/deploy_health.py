"""Asks the process of this container whether it lives; the exit code tells. Nothing but the standard library.

A worker has no door but the one of its metrics: `--metrics` asks there.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from http.client import HTTPConnection, HTTPException

_PATIENCE_S = 4.0


def lives(port: int, path: str = "/healthz") -> bool:
    """Whether it answers 200."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def port_of(metrics: bool) -> int:
    """By the same settings that the process has; METRICS_BIND must be set for a worker."""
    told = os.environ["METRICS_BIND"].rpartition(":")[2] if metrics else os.environ.get("BOT_PORT")
    return int(told or 8080)


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("path", nargs="?", default="/healthz")
    parser.add_argument("--metrics", action="store_true")
    asked = parser.parse_args()
    sys.exit(0 if lives(port_of(asked.metrics), asked.path) else 1)
