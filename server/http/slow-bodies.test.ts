// A body that trickles in is cut off at every door that reads one, proven or not (MISSION E2): the deadline itself is tested in body-deadline.test.ts.
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { telemetryHeaders } from "~/runtime/contract/telemetry";
import { proveApiKey } from "~/server/auth/prove-api-key";
import { signatureOf } from "~/server/auth/signed-request";
import { startWeb, type Web } from "~/server/http/start-web";
import { delegationSignatureOf } from "~/server/invocations/delegated-call";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

const crm = { source: "crm", secret: "s".repeat(32) };
let services: TestServices;
let web: Web;
let agent: LiveAgent;
beforeAll(async () => {
  const provider = createFakeProvider();
  services = await createTestServices({ providers: createProviderRegistry([provider]), config: { delegation: [crm] } });
  agent = await createLiveAgent(services, await createTestTenant(services), provider);
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets sockets be read. */
const turn = () => new Promise((resolve) => setImmediate(resolve));
const raw = Buffer.from("{");
const bearer = () => [`Authorization: Bearer ${agent.apiKey}`];
const now = () => String(services.clock.now().getTime());

function signed(): string[] {
  const [timestamp, nonce] = [now(), "n".repeat(16)];
  const signature = signatureOf("whs_sign_x", { timestamp, nonce, method: "POST", path: `/v1/invoke/${agent.agentId}`, raw });
  const said = { "key-id": agent.agentId.replace("agt", "key"), timestamp, nonce, signature };
  return Object.entries(said).map(([name, value]) => `X-WHS-${name}: ${value}`);
}

function delegated(): string[] {
  const timestamp = now();
  const signature = delegationSignatureOf(crm.secret, { timestamp, source: crm.source, raw });
  const said = { source: crm.source, timestamp, signature };
  return Object.entries(said).map(([name, value]) => `X-WHS-Delegation-${name}: ${value}`);
}

const doors: Record<string, () => [path: string, headers: string[]]> = {
  "a call": () => [`/v1/invoke/${agent.agentId}`, bearer()],
  "a call for a stream": () => [`/v1/invoke/${agent.agentId}/stream`, bearer()],
  "a signed call": () => [`/v1/invoke/${agent.agentId}`, signed()],
  "a delegated call": () => [`/v1/delegated/invoke/${agent.agentId}`, delegated()],
  "a report": () => [
    "/v1/telemetry/report",
    [`${telemetryHeaders.deploymentId}: ${agent.deploymentId}`, `${telemetryHeaders.signature}: v1=${"0".repeat(64)}`],
  ],
  "an act over REST": () => ["/v1/agents", [...bearer(), "Content-Type: application/json"]],
  "an act over tRPC": () => ["/trpc/agents.create", [...bearer(), "Content-Type: application/json"]],
};

it.each(Object.keys(doors))("%s whose body does not come is answered 408, and its connection is gone", async (name) => {
  const [path, headers] = doors[name]?.() ?? ["", []];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  // Known from here on: nobody asks the database while time is run away with, which would end its connections too.
  await proveApiKey(services, agent.apiKey);
  const socket = connect(Number(new URL(web.url).port), "127.0.0.1");
  let heard = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    heard += text;
  });
  socket.on("error", () => undefined);
  const closed = once(socket, "close");
  const head = [`POST ${path} HTTP/1.1`, "Host: x", ...headers, "Content-Length: 100", "Expect: 100-continue", "", "{"];
  socket.write(head.join("\r\n"));
  // The server says so as it begins with the request.
  while (!heard.includes("100 Continue") && !socket.closed) await turn();
  vi.advanceTimersByTime(29_999);
  await turn();
  expect([heard.includes("408"), socket.closed]).toEqual([false, false]);
  vi.advanceTimersByTime(2);
  await closed;
  expect(heard).toContain("HTTP/1.1 408 ");
  expect(heard).toContain("The body did not arrive within 30 seconds.");
});
