// The cache of proofs: never older than a second, never asked twice at once, never emptied by strangers.
import { describe, expect, it } from "vitest";
import { FreshCache } from "./fresh-cache";

function createCache(options: { entriesMax?: number } = {}) {
  const state = { nowMs: 0, loads: [] as string[], failing: false, errors: 0 };
  const cache = new FreshCache<string>({
    entriesMax: options.entriesMax ?? 10,
    load: async (name) => {
      state.loads.push(name);
      if (state.failing) throw new Error("the database is away");
      return name.startsWith("unknown") ? null : `${name}@${state.nowMs}`;
    },
    onRenewalError: () => {
      state.errors += 1;
    },
    elapsedMs: () => state.nowMs,
  });
  return { cache, state };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("an entry", () => {
  it("is served without a read while young, renewed behind the caller's back, and never served when a second old", async () => {
    const { cache, state } = createCache();
    await cache.get("a");
    state.nowMs = 499;
    expect(await cache.get("a")).toBe("a@0");
    expect(state.loads).toHaveLength(1);
    state.nowMs = 600;
    expect(await cache.get("a")).toBe("a@0");
    await settle();
    expect(await cache.get("a")).toBe("a@600");
    state.nowMs = 1_600;
    expect(await cache.get("a")).toBe("a@1600");
    expect(state.loads).toHaveLength(3);
  });

  it("runs out when its renewal fails, and says so", async () => {
    const { cache, state } = createCache();
    await cache.get("a");
    state.failing = true;
    state.nowMs = 700;
    expect(await cache.get("a")).toBe("a@0");
    await settle();
    expect(state.errors).toBe(1);
    state.nowMs = 1_000;
    await expect(cache.get("a")).rejects.toThrow("away");
  });

  it("that was forgotten while it was being read is not kept", async () => {
    const { cache, state } = createCache();
    const reading = cache.get("a");
    cache.forget("a");
    await reading;
    await cache.get("a");
    expect(state.loads).toEqual(["a", "a"]);
  });
});

describe("the cache", () => {
  it("reads once for many callers at the same moment", async () => {
    const { cache, state } = createCache();
    await Promise.all(Array.from({ length: 50 }, () => cache.get("a")));
    expect(state.loads).toEqual(["a"]);
  });

  it("remembers nothing about unknown names, so that they push nobody out", async () => {
    const { cache, state } = createCache({ entriesMax: 2 });
    await cache.get("a");
    for (let name = 0; name < 100; name += 1) expect(await cache.get(`unknown${name}`)).toBeNull();
    state.loads.length = 0;
    expect(await cache.get("a")).toBe("a@0");
    expect(state.loads).toEqual([]);
  });

  it("holds no more than it may", async () => {
    const { cache, state } = createCache({ entriesMax: 2 });
    for (const name of ["a", "b", "c"]) await cache.get(name);
    state.loads.length = 0;
    await cache.get("c");
    await cache.get("a");
    expect(state.loads).toEqual(["a"]);
  });
});
