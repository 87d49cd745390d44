// One load for every gateway: so many callers, each with a request of its own under way all the time, over connections that stay open.
import { type Dispatcher, Pool } from "undici";

export type Target = { url: string; socketPath?: string; path: string; headers: Record<string, string>; body: string };
export type Load = { send(count: number): Promise<{ elapsedMs: number; timesMs: number[] }>; close(): Promise<void> };

/** Rejects when any answer is not 200. */
export function openLoad(target: Target, callers: number): Load {
  const { socketPath } = target;
  const pool = new Pool(target.url, { connections: callers, pipelining: 1, ...(socketPath ? { socketPath } : {}) });
  return {
    send: async (count) => {
      const timesMs: number[] = [];
      let left = count;
      const began = performance.now();
      const call = async () => {
        while (left-- > 0) {
          const sentAt = performance.now();
          await ask(pool, target);
          timesMs.push(performance.now() - sentAt);
        }
      };
      await Promise.all(Array.from({ length: callers }, call));
      return { elapsedMs: performance.now() - began, timesMs };
    },
    close: () => pool.destroy(),
  };
}

/** Dispatched: whoever loads must cost less than what is loaded. */
function ask(pool: Pool, { path, headers, body }: Target): Promise<void> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let text = "";
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, code) => {
        status = code;
      },
      onResponseData: (_controller, chunk) => {
        if (status !== 200) text += chunk.toString();
      },
      onResponseEnd: () => (status === 200 ? resolve() : reject(new Error(`${path} answered ${status}: ${text.slice(0, 300)}`))),
      onResponseError: (_controller, error) => reject(error),
    };
    pool.dispatch({ method: "POST", path, headers, body }, handler);
  });
}
