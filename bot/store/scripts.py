"""The keys of one user and the Lua scripts that move them in one step."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

# Every script may be sent twice with the same outcome, so that a broken connection is just tried again.
# `KEYS` are those of `Keys.all`: turn, session, answers, answered. Only commands that Redis 7 has.
_HOLDS = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end\n"
_NOW = "local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"
_DROP_ANSWERS_OLDER_THAN = """
for _, field in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now - ARGV[2])) do
  redis.call('HDEL', KEYS[3], field); redis.call('ZREM', KEYS[4], field)
end
"""
TAKE = """
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
LEAVE = _HOLDS + "return redis.call('DEL', KEYS[1])"
REMEMBER = f"""{_HOLDS}{_NOW}{_DROP_ANSWERS_OLDER_THAN}
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[3], ARGV[5], ARGV[6]); redis.call('ZADD', KEYS[4], now, ARGV[5])
  redis.call('PEXPIRE', KEYS[3], ARGV[2]); redis.call('PEXPIRE', KEYS[4], ARGV[2])
end
return 1
"""
FORGET = f"""{_HOLDS}{_NOW}{_DROP_ANSWERS_OLDER_THAN}
redis.call('DEL', KEYS[2])
return 1
"""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one user, all on one node of a Cluster; a digest, since an id is untrusted and personal."""

    all: tuple[str, str, str, str]

    @classmethod
    def of(cls, user: str) -> Keys:
        tag = f"wenyanglao:{{{digest(user)}}}"
        return cls((f"{tag}:turn", f"{tag}:session", f"{tag}:answers", f"{tag}:answered"))

    @property
    def turn(self) -> str:
        return self.all[0]

    @property
    def session(self) -> str:
        return self.all[1]

    @property
    def answers(self) -> str:
        return self.all[2]


def digest(text: str) -> str:
    """32 hexadecimal letters for a text that is untrusted, personal or long."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
