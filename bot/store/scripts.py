"""The keys of one user and the Lua scripts that move them in one step."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

# Every script may be sent twice with the same outcome, so that a broken connection is just tried again.
# `KEYS` are those of `Keys.all`, in their order. Only commands that Redis 7 has.
_NOW = "local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"
_NAMES = """
local turn, session, answers, answered = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local late, waiting, order, sending, quota = KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local consents, requests, versions, staff, older = KEYS[10], KEYS[11], KEYS[12], KEYS[13], KEYS[14]
"""
# A message allows 5 customer-service messages within 48 hours, an event 3 within a minute; a little less is
# taken, since the platform counts by a clock of its own.
_ALLOW = """
local function allow(what)
  if what == 'message' then redis.call('HSET', quota, 'until', now + 172740000, 'left', 5) end
  if what == 'event' then redis.call('HSET', quota, 'event_until', now + 55000, 'event_left', 3) end
  if what ~= 'nothing' then redis.call('PEXPIRE', quota, 172800000) end
end
local function spend()
  for _, kind in ipairs({'event_', ''}) do
    local ends = tonumber(redis.call('HGET', quota, kind .. 'until') or 0)
    local left = tonumber(redis.call('HGET', quota, kind .. 'left') or 0)
    if ends > now and left > 0 then redis.call('HINCRBY', quota, kind .. 'left', -1); return true end
  end
  return false
end
"""
_WAIT = """
local function wait(id, notice, keep_ms)
  if redis.call('HSETNX', waiting, id, notice) == 1 then redis.call('ZADD', order, now, id) end
  redis.call('PEXPIRE', waiting, keep_ms); redis.call('PEXPIRE', order, keep_ms)
end
local function told(id)
  redis.call('HDEL', waiting, id); redis.call('ZREM', order, id); redis.call('ZREM', sending, id)
end
local function next_waiting(most)
  local found = {}
  for _, id in ipairs(redis.call('ZRANGE', order, 0, -1)) do
    local ends = tonumber(redis.call('ZSCORE', sending, id) or 0)
    local notice = redis.call('HGET', waiting, id)
    if ends <= now and notice and #found < most then found[#found + 1] = notice end
  end
  return found
end
"""
# Of a flood only the newest keep their bytes: no try of the others can still come, and they are only known as answered.
MOST_ANSWERS = 500
_ANSWER = f"""
local function answer(push, bytes, keep_ms)
  redis.call('HSET', answers, push, bytes); redis.call('ZADD', answered, now, push)
  local flooded = -{MOST_ANSWERS + 1}
  for _, old in ipairs(redis.call('ZRANGE', answered, flooded, flooded)) do redis.call('HSET', answers, old, '') end
  redis.call('PEXPIRE', answers, keep_ms); redis.call('PEXPIRE', answered, keep_ms)
end
"""
# A call that is over and long past stands apart, and comes back where it is moved after all.
_CALLS = """
local function call(number) return redis.call('HGET', requests, number) or redis.call('HGET', older, number) end
local function calls()
  local found = redis.call('HVALS', requests)
  for _, one in ipairs(redis.call('HVALS', older)) do found[#found + 1] = one end
  return found
end
local function keep_call(number, version, call)
  redis.call('HSET', requests, number, call); redis.call('HSET', versions, number, version)
  redis.call('HDEL', older, number)
end
"""
_ALL = _NAMES + _NOW + _ALLOW + _WAIT + _ANSWER + _CALLS

# token, its time, digest of the push or '', what it allows, 0 for a push that just came, 1 to finish what was
# promised, 2 for a push that stood in line: where it got its promise there, its turn is still to be taken; 1 for
# without the older calls
# -> {0} somebody else's turn; {2, answer} answered before, not held;
# {1, nil, late, session, {waiting}, {promised messages of other pushes}, {requests}, staff, how many older calls were
# left out} held
TAKE = f"""{_ALL}
local owed = ARGV[3] ~= '' and redis.call('HEXISTS', late, ARGV[3]) or 0
if ARGV[3] ~= '' and (ARGV[5] == '0' or ARGV[5] == '2' and owed == 0) then
  local before = redis.call('HGET', answers, ARGV[3])
  if before then return {{2, before}} end
end
local held = redis.call('GET', turn)
if held and held ~= ARGV[1] and string.sub(held, 1, 4) ~= 'done' then return {{0}} end
redis.call('SET', turn, ARGV[1], 'PX', ARGV[2])
if owed == 0 and ARGV[5] ~= '1' then allow(ARGV[4]) end
local promised = {{}}
for _, push in ipairs(redis.call('HKEYS', late)) do
  if push ~= ARGV[3] and #promised < 20 then promised[#promised + 1] = redis.call('HGET', late, push) end
end
return {{1, false, owed, redis.call('GET', session), next_waiting(5), promised,
  ARGV[6] == '1' and redis.call('HVALS', requests) or calls(), redis.call('GET', staff),
  ARGV[6] == '1' and redis.call('HLEN', older) or 0}}
"""
HOLD = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end return redis.call('PEXPIRE', KEYS[1], ARGV[2])"
LEAVE = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end return redis.call('DEL', KEYS[1])"
# token, session, its time, digest of the push or '', answer, its time, notice, its id, its time, 1 to forget,
# how many notices were told, how many calls are settled, the notices' ids…, of each settled call its number and the
# version that was judged, and of each request its number, the version it follows, its own and itself
# -> 0 lost, 1 kept, 2 kept and too late for an answer, 3 a request was moved meanwhile and nothing is kept
KEEP = f"""{_ALL}
local held = redis.call('GET', turn)
if held == 'done1' .. ARGV[1] then return 1 end
if held == 'done2' .. ARGV[1] then return 2 end
if held ~= ARGV[1] then return 0 end
local settled = 13 + tonumber(ARGV[11])
local first = settled + 2 * tonumber(ARGV[12])
for place = first, #ARGV, 4 do
  if (redis.call('HGET', versions, ARGV[place]) or '0') ~= ARGV[place + 1] then return 3 end
end
for _, field in ipairs(redis.call('ZRANGEBYSCORE', answered, '-inf', now - ARGV[6])) do
  redis.call('HDEL', answers, field); redis.call('ZREM', answered, field)
end
-- A promise outlives its bytes: the answer waits for the user also where no try can come any more.
local owed = redis.call('HEXISTS', answers, ARGV[4]) + redis.call('HEXISTS', late, ARGV[4])
if ARGV[10] == '1' then
  -- That it was forgotten is still told, where it may be.
  local may_tell = owed > 0 and spend()
  redis.call('DEL', session, late, waiting, order, sending, quota, consents)
  for _, field in ipairs(redis.call('HKEYS', answers)) do redis.call('HSET', answers, field, '') end
  if may_tell then redis.call('HSET', quota, 'until', now + 300000, 'left', 1); redis.call('PEXPIRE', quota, 300000) end
end
redis.call('SET', session, ARGV[2], 'PX', ARGV[3])
local outcome = 1
if ARGV[4] ~= '' then
  if owed > 0 then
    outcome = 2
    redis.call('HDEL', late, ARGV[4])
    if ARGV[7] ~= '' then wait(ARGV[8], ARGV[7], ARGV[9]) end
  else
    answer(ARGV[4], ARGV[5], ARGV[6])
  end
end
-- What waits now tells them too.
for place = 13, settled - 1 do told(ARGV[place]) end
for place = first, #ARGV, 4 do keep_call(ARGV[place], ARGV[place + 2], ARGV[place + 3]) end
for place = settled, first - 1, 2 do
  local one = redis.call('HGET', requests, ARGV[place])
  if one and redis.call('HGET', versions, ARGV[place]) == ARGV[place + 1] then
    redis.call('HSET', older, ARGV[place], one); redis.call('HDEL', requests, ARGV[place])
  end
end
redis.call('SET', turn, 'done' .. outcome .. ARGV[1], 'PX', 5000)
return outcome
"""
# digest of the push, answer, its time, message, its time, what it allows -> the answer that counts
PROMISE = f"""{_ALL}
local before = redis.call('HGET', answers, ARGV[1])
if before then return before end
answer(ARGV[1], ARGV[2], ARGV[3])
redis.call('HSET', late, ARGV[1], ARGV[4]); redis.call('PEXPIRE', late, ARGV[5])
allow(ARGV[6])
return ARGV[2]
"""
PROMISED = "return redis.call('HGET', KEYS[5], ARGV[1])"
PUT = f"{_ALL} wait(ARGV[1], ARGV[2], ARGV[3]) return 1"
# As `PUT`, then number and version of the call that it tells of -> 1 waits, 0 the call was moved meanwhile
PUT_OF_CALL = f"""{_ALL}
if redis.call('HGET', versions, ARGV[4]) ~= ARGV[5] then return 0 end
wait(ARGV[1], ARGV[2], ARGV[3])
return 1
"""
# how long the sending may take, 1 where it counts in the ledger -> the notice, or nothing
TAKE_NOTICE = f"""{_ALL}
for _, id in ipairs(redis.call('ZRANGE', order, 0, -1)) do
  local ends = tonumber(redis.call('ZSCORE', sending, id) or 0)
  local notice = redis.call('HGET', waiting, id)
  if ends <= now and notice then
    if ARGV[2] == '1' and not spend() then return false end
    redis.call('ZADD', sending, now + ARGV[1], id); redis.call('PEXPIRE', sending, 86400000)
    return notice
  end
end
return false
"""
SENT = f"{_ALL} told(ARGV[1]) return 1"
NOT_SENT = "return redis.call('ZREM', KEYS[8], ARGV[1])"
CLOSE_LEDGER = "return redis.call('DEL', KEYS[9])"
# A count of 0 takes back what was allowed.
# template, how many, digest of the push with it or '', how long that counts
CONSENT = f"""{_ALL}
if ARGV[3] ~= '' then
  if redis.call('HSETNX', answers, ARGV[3], '') == 0 then return 0 end
  redis.call('ZADD', answered, now, ARGV[3])
  redis.call('PEXPIRE', answers, ARGV[4]); redis.call('PEXPIRE', answered, ARGV[4])
end
if ARGV[2] == '0' then return redis.call('HDEL', consents, ARGV[1]) end
redis.call('PERSIST', consents)
return redis.call('HINCRBY', consents, ARGV[1], ARGV[2])
"""
SPEND_CONSENT = """
if tonumber(redis.call('HGET', KEYS[10], ARGV[1]) or 0) < 1 then return 0 end
redis.call('HINCRBY', KEYS[10], ARGV[1], -1) return 1
"""
# number, the version it follows, its own, itself -> 1 kept, 0 moved meanwhile; said again, it is kept already
SAVE = f"""{_NAMES}{_CALLS}
local version = redis.call('HGET', versions, ARGV[1]) or '0'
if call(ARGV[1]) == ARGV[4] then return 1 end
if version ~= ARGV[2] then return 0 end
keep_call(ARGV[1], ARGV[3], ARGV[4])
return 1
"""
OWN = f"{_NAMES}{_CALLS} return calls()"
OLDER = "return redis.call('HVALS', KEYS[14])"
ONE = f"{_NAMES}{_CALLS} return call(ARGV[1])"

_PARTS = (
    "turn", "session", "answers", "answered", "late", "waiting", "order", "sending", "quota", "consents",
    "requests", "versions", "staff", "older",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one user, all on one node of a Cluster; `owner` is a digest, since an id is untrusted and personal."""

    all: tuple[str, ...]
    owner: str

    @classmethod
    @lru_cache(maxsize=1024)
    def of(cls, user: str) -> Keys:
        # Each turn asks for the same ones again and again.
        owner = digest(user)
        tag = f"wenyanglao:{{{owner}}}"
        return cls(tuple(f"{tag}:{part}" for part in _PARTS), owner)

    @property
    def turn(self) -> str:
        return self.all[0]

    @property
    def session(self) -> str:
        return self.all[1]

    @property
    def consents(self) -> str:
        return self.all[9]

    @property
    def staff(self) -> str:
        return self.all[12]


def digest(text: str) -> str:
    """32 hexadecimal letters for a text that is untrusted, personal or long."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
