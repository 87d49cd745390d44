// What Redis decides about places of calls, each at one go: whether a call may begin, and whose turn is next.

/** An answer of `enterScript` beside the id of the call that goes first. */
export type Entered = "in" | "full" | "crowded" | (string & {});

/** Until its process has claimed a turn that was given to it. */
const offerMs = 1_000;
/** So long a waiting call keeps its place in the queue without being heard of: its process may have died. */
const seenForMs = 3_000;

/** KEYS of both: the agent's running calls, who holds the session, who waits for it in order, and until when each is believed to wait. */
const shared = `
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function first()
  while true do
    local id = redis.call('zrange', KEYS[3], 0, 0)[1]
    if not id then return nil end
    local seen = redis.call('zscore', KEYS[4], id)
    if seen and tonumber(seen) >= now then return id end
    redis.call('zrem', KEYS[3], id)
    redis.call('zrem', KEYS[4], id)
  end
end`;

/** ARGV: this call, now, until when, how many of the agent at most, how many may wait (0: this one does not). */
export const enterScript = `${shared}
redis.call('zremrangebyscore', KEYS[1], '-inf', ARGV[2])
local before = redis.call('get', KEYS[2]) or first()
if before and before ~= ARGV[1] then
  if ARGV[5] == '0' then return before end
  if not redis.call('zscore', KEYS[3], ARGV[1]) then
    if redis.call('zcard', KEYS[3]) >= tonumber(ARGV[5]) then return 'crowded' end
    local last = redis.call('zrevrange', KEYS[3], 0, 0, 'WITHSCORES')[2] or '0'
    redis.call('zadd', KEYS[3], last + 1, ARGV[1])
  end
  redis.call('zadd', KEYS[4], now + ${seenForMs}, ARGV[1])
  redis.call('pexpire', KEYS[3], ${seenForMs * 2})
  redis.call('pexpire', KEYS[4], ${seenForMs * 2})
  return before
end
if redis.call('zcard', KEYS[1]) >= tonumber(ARGV[4]) then return 'full' end
if before then
  redis.call('zrem', KEYS[3], ARGV[1])
  redis.call('zrem', KEYS[4], ARGV[1])
end
redis.call('zadd', KEYS[1], ARGV[3], ARGV[1])
redis.call('pexpireat', KEYS[1], redis.call('zrevrange', KEYS[1], 0, 0, 'WITHSCORES')[2])
redis.call('set', KEYS[2], ARGV[1], 'PXAT', ARGV[3])
return 'in'`;

/** ARGV: this call, which may run or wait; the channel on which the next one hears that it is its turn. */
export const leaveScript = `${shared}
redis.call('zrem', KEYS[1], ARGV[1])
redis.call('zrem', KEYS[3], ARGV[1])
redis.call('zrem', KEYS[4], ARGV[1])
local holder = redis.call('get', KEYS[2])
if holder and holder ~= ARGV[1] then return end
redis.call('del', KEYS[2])
local id = first()
if not id then return end
redis.call('set', KEYS[2], id, 'PX', ${offerMs})
redis.call('publish', ARGV[2], id)`;
