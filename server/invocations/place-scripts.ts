// What Redis decides about places of calls, for all that one gateway asks of an agent in one go: whether a call may begin, and whose turn is next.

/** What becomes of a call that wants to begin: it may, or why not, or the id of the call that goes first. */
export type Entered = "in" | "full" | "crowded" | (string & {});

/** So many go with each question. */
const keysPerQuestion = 3;
const wordsPerQuestion = 4;

/** Until its process has claimed a turn that was given to it. */
const offerMs = 1_000;
/** So long a waiting call keeps its place in the queue without being heard of: its process may have died. */
const seenForMs = 3_000;

/**
 * KEYS: the agent's running calls; then for each question who holds its session, who waits for it in order, and until when each is
 * believed to wait. ARGV: now, the channel on which a call hears that it is its turn; then for each question the call, until when it
 * may run ("" when it leaves), how many of the agent at most, and how many may wait (0: this one does not). One answer for each.
 */
export const placeScript = `
local running = KEYS[1]
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function first(waiting, seen)
  while true do
    local id = redis.call('zrange', waiting, 0, 0)[1]
    if not id then return nil end
    local untilMs = redis.call('zscore', seen, id)
    if untilMs and tonumber(untilMs) >= now then return id end
    redis.call('zrem', waiting, id)
    redis.call('zrem', seen, id)
  end
end

local function enter(call, untilMs, max, waitingMax, holder, waiting, seen)
  local before = redis.call('get', holder) or first(waiting, seen)
  if before and before ~= call then
    if waitingMax == '0' then return before end
    if not redis.call('zscore', waiting, call) then
      if redis.call('zcard', waiting) >= tonumber(waitingMax) then return 'crowded' end
      local last = redis.call('zrevrange', waiting, 0, 0, 'WITHSCORES')[2] or '0'
      redis.call('zadd', waiting, last + 1, call)
    end
    redis.call('zadd', seen, now + ${seenForMs}, call)
    redis.call('pexpire', waiting, ${seenForMs * 2})
    redis.call('pexpire', seen, ${seenForMs * 2})
    return before
  end
  if redis.call('zcard', running) >= tonumber(max) then return 'full' end
  if before then
    redis.call('zrem', waiting, call)
    redis.call('zrem', seen, call)
  end
  redis.call('zadd', running, untilMs, call)
  redis.call('set', holder, call, 'PXAT', untilMs)
  return 'in'
end

local function leave(call, holder, waiting, seen)
  redis.call('zrem', running, call)
  redis.call('zrem', waiting, call)
  redis.call('zrem', seen, call)
  local held = redis.call('get', holder)
  if held and held ~= call then return '' end
  redis.call('del', holder)
  local id = first(waiting, seen)
  if not id then return '' end
  redis.call('set', holder, id, 'PX', ${offerMs})
  redis.call('publish', ARGV[2], id)
  return ''
end

redis.call('zremrangebyscore', running, '-inf', ARGV[1])
local answers, mayEnd = {}, false
for n = 0, (#ARGV - 2) / ${wordsPerQuestion} - 1 do
  local k, a = 1 + n * ${keysPerQuestion}, 2 + n * ${wordsPerQuestion}
  if ARGV[a + 2] == '' then
    answers[n + 1] = leave(ARGV[a + 1], KEYS[k + 1], KEYS[k + 2], KEYS[k + 3])
  else
    local entered = enter(ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], ARGV[a + 4], KEYS[k + 1], KEYS[k + 2], KEYS[k + 3])
    answers[n + 1] = entered
    mayEnd = mayEnd or entered == 'in'
  end
end
if mayEnd then
  local last = redis.call('zrevrange', running, 0, 0, 'WITHSCORES')[2]
  if last then redis.call('pexpireat', running, last) end
end
return answers`;
