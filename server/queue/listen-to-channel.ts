// Hears a Redis channel: one connection of its own for the whole process, kept only while somebody listens.
import type { Redis } from "ioredis";

type Listener = (message: string) => void;
type Hub = { connection: Redis; listeners: Map<string, Set<Listener>> };

/** By the connection that the process already has, whose address and password the hub takes over. */
const hubs = new WeakMap<Redis, Hub>();

/**
 * Calls `listener` for each message until the returned function is called. Messages sent while Redis is away are lost, so a
 * listener must also look at the rows now and then. Never rejects.
 */
export async function listenToChannel(redis: Redis, channel: string, listener: Listener): Promise<() => void> {
  const hub = hubs.get(redis) ?? openHub(redis);
  const listeners = hub.listeners.get(channel) ?? new Set();
  listeners.add(listener);
  hub.listeners.set(channel, listeners);
  if (listeners.size === 1) await hub.connection.subscribe(channel).catch(() => undefined); // repeated by ioredis on reconnect
  return () => stopListening(redis, hub, channel, listener);
}

/** ioredis subscribes again by itself whenever the connection returns. */
function openHub(redis: Redis): Hub {
  const connection = redis.duplicate({ lazyConnect: false, autoResubscribe: true, maxRetriesPerRequest: null });
  const hub: Hub = { connection, listeners: new Map() };
  connection.on("error", () => undefined); // the process's own connection says it already
  connection.on("message", (channel: string, message: string) => {
    for (const listener of hub.listeners.get(channel) ?? []) listener(message);
  });
  hubs.set(redis, hub);
  return hub;
}

function stopListening(redis: Redis, hub: Hub, channel: string, listener: Listener): void {
  const listeners = hub.listeners.get(channel);
  if (!listeners?.delete(listener) || listeners.size > 0) return;
  hub.listeners.delete(channel);
  if (hub.listeners.size > 0) {
    hub.connection.unsubscribe(channel).catch(() => undefined); // nobody listens: messages in vain are dropped
    return;
  }
  hubs.delete(redis);
  hub.connection.disconnect();
}
