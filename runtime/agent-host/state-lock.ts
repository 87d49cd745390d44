// Sessions on disk have one writer: of the deployments that share them only one may run, and it makes way when another is called.

export type StateLock = {
  /**
   * Resolves when the state is ours; the answer gives it back. `makeWay` is called once somebody else waits for it,
   * at the earliest after the state has become ours.
   */
  take(key: string, makeWay: () => void): Promise<() => void>;
};

type Holder = { makeWay: () => void };

export function createStateLock(): StateLock {
  const holders = new Map<string, Holder>();
  const queues = new Map<string, { holder: Holder; grant: () => void }[]>();

  function release(key: string): void {
    const queue = queues.get(key) ?? [];
    const next = queue.shift();
    if (next === undefined) {
      holders.delete(key);
      queues.delete(key);
      return;
    }
    holders.set(key, next.holder);
    next.grant();
    if (queue.length > 0) setImmediate(next.holder.makeWay);
  }

  return {
    async take(key, makeWay) {
      const holder = { makeWay };
      const current = holders.get(key);
      if (current === undefined) {
        holders.set(key, holder);
      } else {
        const queue = queues.get(key) ?? [];
        queues.set(key, queue);
        await new Promise<void>((grant) => {
          queue.push({ holder, grant });
          if (queue.length === 1) current.makeWay();
        });
      }
      let isHeld = true;
      return () => {
        if (isHeld) release(key);
        isHeld = false;
      };
    },
  };
}
