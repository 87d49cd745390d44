// What the host asks of the house over its socket: a grant at each start, and a place for telemetry.
import { Pool } from "undici";
import { LaunchGrant } from "~/runtime/contract/host-protocol";
import { HostError } from "./host-error";

const timeoutMs = 10_000;

export type ControlClient = {
  /** Configured keys and the telemetry key of one deployment. To be held in memory only. */
  fetchGrant(deploymentId: string): Promise<LaunchGrant>;
  /** Passes a signed batch on, unread; answers the status, or 0 when the house cannot be reached. */
  sendBatch(batch: { headers: Record<string, string>; body: Buffer }): Promise<number>;
  close(): Promise<void>;
};

export function createControlClient(house: { socketPath: string; token: string }): ControlClient {
  const pool = new Pool("http://control", { socketPath: house.socketPath, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  return {
    async fetchGrant(deploymentId) {
      const answer = await pool
        .request({
          method: "POST",
          path: "/internal/launch",
          headers: { authorization: `Bearer ${house.token}`, "content-type": "application/json" },
          body: JSON.stringify({ deploymentId }),
        })
        .then(async ({ statusCode, body }) => ({ statusCode, text: await body.text() }))
        .catch((cause: unknown) => {
          throw new HostError("RUNTIME_ERROR", "The agent's secrets could not be fetched. Try again in a moment.", {
            retryable: true,
            details: { reason: "house_unreachable" },
            cause,
          });
        });
      return readGrant(answer);
    },
    async sendBatch({ headers, body }) {
      try {
        const answer = await pool.request({ method: "POST", path: "/v1/telemetry/batch", headers, body });
        await answer.body.dump();
        return answer.statusCode;
      } catch {
        return 0;
      }
    },
    close: () => pool.destroy(),
  };
}

function readGrant({ statusCode, text }: { statusCode: number; text: string }): LaunchGrant {
  if (statusCode === 200) return LaunchGrant.parse(JSON.parse(text));
  const message =
    statusCode === 404 ? "The control plane does not know this deployment." : "The agent's secrets could not be opened.";
  // The house's own words may name a missing key, which is what the author must know.
  throw new HostError(
    "RUNTIME_ERROR",
    houseMessage(text) ?? message,
    statusCode >= 500 ? { retryable: true, details: { reason: "house_unreachable" } } : {},
  );
}

function houseMessage(text: string): string | null {
  try {
    const message = (JSON.parse(text) as { error?: { message?: unknown } }).error?.message;
    return typeof message === "string" ? message.slice(0, 500) : null;
  } catch {
    return null;
  }
}
