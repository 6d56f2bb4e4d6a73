"""Run as a script, `leash.py PARENT_PID PROGRAM ARGUMENT…`: becomes the program, which dies with its parent.

A script of its own and not a function between fork and exec, where threads of the parent could hang it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, *command: str) -> None:
    """On Linux only; elsewhere the program outlives its parent, and the next one finds it running."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit("the parent was gone before the program began")
    os.execv(command[0], command)  # noqa: S606  # the launcher named it, no user did


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
