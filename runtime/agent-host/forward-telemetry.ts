// Brings spooled batches to the house, one after another, until each is durable there. No caller ever waits for it.
import type { ControlClient } from "./control-client";
import type { HostLog } from "./host-log";
import type { TelemetrySpool } from "./telemetry-spool";

export type TelemetryForwarder = {
  /** Something was spooled. */
  ring(): void;
  stop(): Promise<void>;
};

const retryMsMin = 250;
const retryMsMax = 30_000;

export function createTelemetryForwarder(parts: {
  spool: TelemetrySpool;
  control: ControlClient;
  log: HostLog;
}): TelemetryForwarder {
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let retryMs = retryMsMin;
  let isStopped = false;

  async function drain(): Promise<void> {
    for (let next = parts.spool.first(); next !== null && !isStopped; next = parts.spool.first()) {
      const status = await parts.control.sendBatch(next.batch);
      if (isTransient(status)) return waitAndRetry(next.name, status);
      retryMs = retryMsMin;
      parts.spool.remove(next.name);
      if (status !== 202) parts.log.warn({ status }, "the house refused a batch of telemetry; it was dropped");
    }
  }

  function waitAndRetry(name: string, status: number): void {
    // A batch that the house chokes on must not hold up the others for ever.
    if (status >= 500) parts.spool.postpone(name);
    if (isStopped) return;
    timer = setTimeout(run, retryMs);
    timer.unref();
    retryMs = Math.min(retryMsMax, retryMs * 2);
  }

  function run(): void {
    timer = undefined;
    running ??= drain()
      .catch((error: unknown) => parts.log.error({ err: error }, "telemetry could not be forwarded"))
      .finally(() => {
        running = null;
        if (parts.spool.size > 0 && timer === undefined && !isStopped) run();
      });
  }

  return {
    ring() {
      if (timer === undefined && !isStopped) run();
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

function isTransient(status: number): boolean {
  return status === 0 || status === 429 || status >= 500;
}
