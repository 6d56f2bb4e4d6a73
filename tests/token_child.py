"""A stand-in for a bot that needs tokens: does what it reads, a line each (`get`, `renew TOKEN`), and prints the outcome."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

import structlog

from bot.errors import BotError
from bot.wechat.tokens import TokenLimits, Tokens
from tests.scripted_platform import opened


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("redis_url")
    parser.add_argument("base")
    parser.add_argument("--lock-s", type=float, default=15.0)
    options = parser.parse_args()
    # What is printed is read by the test.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    limits = TokenLimits(lock_s=options.lock_s, fetch_s=options.lock_s * 0.8)
    async with opened(options.redis_url, options.base, token_limits=limits) as (_, tokens):
        print("ready", os.getpid(), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(await outcome(tokens, *line.split()), flush=True)


async def outcome(tokens: Tokens, command: str, *bad: str) -> str:
    try:
        return await (tokens.renew(*bad) if command == "renew" else tokens.get())
    except BotError as error:
        return error.code


if __name__ == "__main__":
    asyncio.run(main())
