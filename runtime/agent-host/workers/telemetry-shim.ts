// Our worker beside the agent: it signs telemetry with a key that can only sign, and its answers show that the event loop turns. The agent cannot reach it.

import { type CallFact, type TelemetryIdentity, toTelemetryBatch } from "~/runtime/agent-host/telemetry-event";
import { telemetryHeaders } from "~/runtime/contract/telemetry-headers";
import type { HostDoor } from "./state-room";

type ShimEnv = {
  telemetryKey: CryptoKey;
  identity: TelemetryIdentity;
  host: HostDoor;
};

export default {
  /**
   * POST: the host says what it measured; the shim makes events of it, signs them and hands them to the host's spool.
   * GET: the heartbeat.
   */
  async fetch(request: Request, env: ShimEnv): Promise<Response> {
    if (request.method === "GET") return new Response("ok");
    const facts: CallFact[] = await request.json();
    const body = new TextEncoder().encode(JSON.stringify(toTelemetryBatch(env.identity, facts)));
    const signature = await crypto.subtle.sign("HMAC", env.telemetryKey, body);
    const answer = await env.host.fetch("http://agent-host/telemetry", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        [telemetryHeaders.deploymentId]: env.identity.deploymentId,
        [telemetryHeaders.signature]: `v1=${toHex(signature)}`,
      },
      body,
    });
    return new Response(null, { status: answer.ok ? 204 : 502 });
  },
};

function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
