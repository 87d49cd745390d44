// The telemetry doors by themselves, on a port, in front of any writer, and reports signed as a runtime signs them: for measuring.
import { createHmac, randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import type { Db } from "~/db/client";
import { telemetryHeaders } from "~/runtime/contract/telemetry";
import { systemClock } from "~/server/clock";
import { newId } from "~/server/ids";
import { createLog } from "~/server/log";
import { mountTelemetry } from "~/server/telemetry/telemetry.http";
import { createTelemetryIngest, type TelemetryIngest } from "~/server/telemetry/telemetry-ingest";
import { deriveTelemetryKey } from "~/server/telemetry/telemetry-key";
import type { CampaignSource } from "./telemetry-senders";
import { createTestConfig } from "./test-config";

export type PreparedReport = { path: string; headers: Record<string, string>; body: string };

export type TelemetryDoor = {
  /** Signed requests, each with so many events of its own. */
  prepare(source: CampaignSource, requests: number, eventsOfEach: number): PreparedReport[];
  url: string;
  close(): Promise<void>;
};

/** `writer`: another one than the house's own, to compare with. */
export async function openTelemetryDoor(across: Db, writer?: TelemetryIngest["writer"]): Promise<TelemetryDoor> {
  const rootKey = randomBytes(32);
  const config = createTestConfig({ databaseUrl: "", redisUrl: "", dataDir: "" }, { telemetryRootKey: rootKey });
  const log = createLog({ program: "bench", level: "error" });
  const ingest = createTelemetryIngest({ across, clock: systemClock, config, log });
  if (writer) ingest.writer = writer;
  const app = Fastify();
  mountTelemetry(app, ingest, { pastMs: 3_600_000 });
  await app.listen({ host: "127.0.0.1", port: 0 });
  return {
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    prepare: (source, requests, eventsOfEach) => {
      const key = deriveTelemetryKey(rootKey, source.deploymentId, 1);
      return Array.from({ length: requests }, () => {
        const events = Array.from({ length: eventsOfEach }, () => eventOf(source));
        const body = JSON.stringify(eventsOfEach === 1 ? events[0] : { events });
        const signature = `v1=${createHmac("sha256", key).update(body).digest("hex")}`;
        const headers = { [telemetryHeaders.deploymentId]: source.deploymentId, [telemetryHeaders.signature]: signature };
        return { path: eventsOfEach === 1 ? "/v1/telemetry/report" : "/v1/telemetry/batch", headers, body };
      });
    },
    close: async () => {
      await app.close();
      await ingest.writer.drain();
    },
  };
}

function eventOf({ agentId, ownerUserId: userId, deploymentId }: CampaignSource) {
  const use = {
    requests: 1,
    llmTokens: 123,
    computeMs: 456,
    toolCalls: 1,
    errors: 0,
    errorClass: null,
    costUsdEstimated: 0.0012,
  };
  const place = { userId, agentId, deploymentId, runtimeProvider: "embedded", timestamp: new Date().toISOString() };
  return { eventId: newId("event"), ...place, ...use, traceId: newId("trace"), provider: {} };
}
