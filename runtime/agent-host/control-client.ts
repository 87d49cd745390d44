// What the host asks of the house over its socket: a grant at each start, and a place for telemetry.
import { Pool } from "undici";
import type { HostLogReport } from "~/runtime/contract/host-logs";
import { type IntegrityReport, LaunchGrant } from "~/runtime/contract/host-protocol";
import { HostError } from "./host-error";

const timeoutMs = 10_000;

export type ControlClient = {
  /** Configured keys and the telemetry key of one deployment. To be held in memory only. */
  fetchGrant(deploymentId: string): Promise<LaunchGrant>;
  /** Passes a signed batch on, unread; answers the status, or 0 when the house cannot be reached. */
  sendBatch(batch: { headers: Record<string, string>; body: Buffer }): Promise<number>;
  /** Delivers lines of agents; answers the status, or 0 when the house cannot be reached. */
  sendLogs(report: HostLogReport): Promise<number>;
  /** Tells that a placed module was altered; whether the house has written it down. */
  reportAltered(report: IntegrityReport): Promise<boolean>;
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
    async sendLogs(report) {
      const headers = { authorization: `Bearer ${house.token}`, "content-type": "application/json" };
      try {
        const request = { method: "POST", path: "/internal/logs", headers, body: JSON.stringify(report) } as const;
        const answer = await pool.request(request);
        await answer.body.dump();
        return answer.statusCode;
      } catch {
        return 0;
      }
    },
    async reportAltered(report) {
      const headers = { authorization: `Bearer ${house.token}`, "content-type": "application/json" };
      try {
        const request = { method: "POST", path: "/internal/integrity", headers, body: JSON.stringify(report) } as const;
        const answer = await pool.request(request);
        await answer.body.dump();
        return answer.statusCode < 300;
      } catch {
        return false;
      }
    },
    close: () => pool.destroy(),
  };
}

function readGrant({ statusCode, text }: { statusCode: number; text: string }): LaunchGrant {
  if (statusCode === 200) return LaunchGrant.parse(JSON.parse(text));
  const message =
    statusCode === 404 ? "The control plane does not know this deployment." : "The agent's secrets could not be opened.";
  const refusal = houseError(text);
  if (refusal?.reason === "secrets_missing") {
    throw new HostError("RUNTIME_ERROR", "The agent cannot start: a secret that it requires has no value. Its log says which.", {
      details: { reason: "secrets_missing" },
      cause: new Error(refusal.message),
    });
  }
  throw new HostError(
    "RUNTIME_ERROR",
    refusal?.message ?? message,
    statusCode >= 500 ? { retryable: true, details: { reason: "house_unreachable" } } : {},
  );
}

function houseError(text: string): { message: string; reason: unknown } | null {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown; details?: { reason?: unknown } } };
    return typeof error?.message === "string" ? { message: error.message.slice(0, 500), reason: error.details?.reason } : null;
  } catch {
    return null;
  }
}
