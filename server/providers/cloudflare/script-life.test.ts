// What a script does besides answering: it reports what it used, shares sessions with its agent's other versions, and keeps its secrets to itself.
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Placement } from "~/runtime/contract/host-protocol";
import { TelemetryEvent, telemetryHeaders } from "~/runtime/contract/telemetry";
import { newId } from "~/server/ids";
import { buildPlacement, invocationOf } from "~/server/testing/agent-host";
import type { Sent } from "~/server/testing/cloudflare-stand-in/answer-outgoing";
import { type CloudflareRig, openCloudflareRig } from "~/server/testing/cloudflare-stand-in/cloudflare-rig";

const never = () => new AbortController().signal;
const counter = `export default async (_request, { session }) => {
  const count = ((await session.get("count")) ?? 0) + 1;
  await session.set("count", count);
  return String(count);
};`;
const metered = `export default (_request, context) => { context.reportUsage({ tokens: 7, toolCalls: 2 }); return "measured"; };`;

const reports: Sent[] = [];
let statuses: number[] = [];
let rig: CloudflareRig;

beforeAll(async () => {
  rig = await openCloudflareRig({
    internet(sent) {
      if (new URL(sent.url).pathname === "/v1/telemetry/report") reports.push(sent);
      return { status: statuses.shift() ?? 202 };
    },
  });
});

afterAll(() => rig.close());

beforeEach(() => {
  reports.length = 0;
  statuses = [];
});

async function place(source: string, overrides: Partial<Placement> = {}): Promise<Placement> {
  const placement = await buildPlacement(rig.provider, source, overrides);
  await rig.provider.deploy(placement, { signal: never() });
  return placement;
}

async function ask(placement: Placement, call = invocationOf("?")): Promise<string> {
  return (await rig.provider.invoke(placement, call, { signal: never() })).output.text;
}

describe("telemetry", () => {
  it("a call is reported once, after its answer, under the deployment's own key", async () => {
    const placement = await place(metered);
    const call = invocationOf("?");
    expect(await ask(placement, call)).toBe("measured");
    await expect.poll(() => reports.length).toBe(1);
    const { headers, body } = reports[0] as Sent;
    const signature = createHmac("sha256", Buffer.from("ab".repeat(32), "hex"))
      .update(body)
      .digest("hex");
    expect(headers[telemetryHeaders.signature]).toBe(`v1=${signature}`);
    expect(headers[telemetryHeaders.deploymentId]).toBe(placement.deploymentId);
    expect(TelemetryEvent.parse(JSON.parse(body))).toMatchObject({
      deploymentId: placement.deploymentId,
      agentId: placement.agentId,
      userId: placement.userId,
      runtimeProvider: "cloudflare",
      traceId: call.traceId,
      requests: 1,
      llmTokens: 7,
      toolCalls: 2,
      errors: 0,
      errorClass: null,
    });
  });

  it("a house that is away is asked three times with one event, one that refuses it once", async () => {
    const placement = await place(metered);
    statuses = [503, 503, 503, 503];
    await ask(placement);
    await expect.poll(() => reports.length, { timeout: 30_000 }).toBe(3);
    expect(new Set(reports.map(({ body }) => body)).size).toBe(1);
    reports.length = 0;
    statuses = [401, 202];
    await ask(placement);
    await expect.poll(() => reports.length).toBe(1);
  });

  it("a fault is reported as one, a probe not at all", async () => {
    const placement = await place("export default () => { throw new Error('no'); };");
    await expect(ask(placement, invocationOf("?", { isProbe: true }))).rejects.toThrow("no");
    await expect(ask(placement)).rejects.toThrow("no");
    await expect.poll(() => reports.length).toBe(1);
    expect(JSON.parse(reports[0]?.body ?? "{}")).toMatchObject({ errors: 1, errorClass: "runtime" });
  });
});

describe("a call that nobody wants any more", () => {
  const endless = `export default async function* (_request, { signal }) {
    yield "first";
    while (!signal.aborted) { await new Promise((resolve) => setTimeout(resolve, 5)); yield "."; }
  }`;

  it("ends at the script too, whether its reader left, its caller gave up or it was stopped", async () => {
    const placement = await place(endless);
    const script = rig.standIn.account.shelf.list().find(({ tags }) => tags.includes(`deployment=${placement.deploymentId}`));
    const caller = new AbortController();
    const open = () => rig.provider.stream(placement, invocationOf("go"), { signal: caller.signal });
    const streams = await Promise.all([open(), open(), open()]);
    for (const stream of streams) stream.on("error", () => undefined).resume();
    expect(script?.process.inFlight).toBe(3);
    streams[0]?.destroy();
    await expect.poll(() => script?.process.inFlight).toBe(2);
    await rig.provider.stop(placement);
    await expect.poll(() => script?.process.inFlight).toBe(0);
    const last = await open();
    last.on("error", () => undefined).resume();
    caller.abort(new Error("The caller went away."));
    await expect.poll(() => script?.process.inFlight).toBe(0);
  });
});

describe("sessions that move with the agent", () => {
  it("are shared by its versions, and go with the last of them", async () => {
    const agentId = newId("agent");
    const workspaceId = newId("workspace");
    const first = await place(counter, { agentId, workspaceId, stateKey: agentId });
    const call = invocationOf("+");
    expect(await ask(first, call)).toBe("1");
    const second = await place(counter, { agentId, workspaceId, stateKey: agentId, version: 2 });
    expect(await ask(second, call)).toBe("2");
    await rig.provider.destroy(first);
    expect(await ask(second, call)).toBe("3");
    await rig.provider.destroy(second);
    const left = rig.standIn.account.shelf.list().filter(({ tags }) => tags.includes(`agent=${agentId}`));
    expect(left).toEqual([]);
  });

  it("that were left behind are found as a placement that nobody owns, and destroying it removes them", async () => {
    const agentId = newId("agent");
    const placement = await place(counter, { agentId, stateKey: agentId });
    const { shelf } = rig.standIn.account;
    const script = shelf.list().find(({ name, tags }) => tags.includes(`agent=${agentId}`) && !name.includes("sessions"));
    if (!script) throw new Error("It is not there.");
    shelf.delete(script);
    await script.process.kill();
    const orphan = (await rig.provider.placements({ signal: never() })).find((placed) => placed.agentId === agentId);
    expect(orphan?.deploymentId).toBe(placement.deploymentId);
    if (orphan) await rig.provider.destroy(orphan);
    expect(shelf.list().filter(({ tags }) => tags.includes(`agent=${agentId}`))).toEqual([]);
  });
});

describe("what the account's settings say", () => {
  it("no value of a secret and no key, but whose the script is and which versions it holds", async () => {
    const value = "hunter2-wonderland-9431";
    const placement = await buildPlacement(rig.provider, counter, { cpuMs: 10_000 });
    rig.grants.set(placement.deploymentId, { env: { API_SECRET: value }, secretVersions: { API_SECRET: 4 } });
    await rig.provider.deploy(placement, { signal: never() });
    const script = rig.standIn.account.shelf.list().find(({ tags }) => tags.includes(`deployment=${placement.deploymentId}`));
    const { accountId, apiToken, api } = rig.standIn.config;
    const url = `${api.href}/accounts/${accountId}/workers/scripts/${script?.name}/settings`;
    const text = await (await fetch(url, { headers: { authorization: `Bearer ${apiToken}` } })).text();
    expect(text).toContain('"secretVersions":{"API_SECRET":4}');
    for (const hidden of [value, "ab".repeat(32), Buffer.from("ab".repeat(32), "hex").toString("base64")])
      expect(text).not.toContain(hidden);
    expect(script?.upload.metadata.limits).toEqual({ cpu_ms: 10_000 });
    expect(script?.upload.module).not.toContain("sourceMappingURL=data:");
  });

  it.each([
    ["a value that Cloudflare does not take", { env: { BIG: "x".repeat(5_121) } }, {}, "BIG is larger than 5 KB"],
    ["more memory than Cloudflare has", { env: {} }, { memoryMb: 256 }, "128 MB"],
  ])("%s is refused before anything is sent, and says how to mend it", async (_name, grant, overrides, words) => {
    const placement = await buildPlacement(rig.provider, counter, overrides);
    rig.grants.set(placement.deploymentId, { ...grant, secretVersions: {} });
    const before = rig.standIn.requests.filter((request) => request.startsWith("PUT")).length;
    await expect(rig.provider.deploy(placement, { signal: never() })).rejects.toThrow(words);
    expect(rig.standIn.requests.filter((request) => request.startsWith("PUT"))).toHaveLength(before);
  });

  it("a secret that an agent throws as it is loaded is masked", async () => {
    const value = "hunter2-wonderland-9431";
    const placement = await buildPlacement(
      rig.provider,
      "throw new Error('bad ' + process.env.API_SECRET); export default () => '';",
    );
    rig.grants.set(placement.deploymentId, { env: { API_SECRET: value }, secretVersions: { API_SECRET: 1 } });
    const error = await rig.provider.deploy(placement, { signal: never() }).catch((thrown: Error) => thrown);
    expect(String(error)).toContain("The agent could not be started. Error: bad [secret]");
    expect(String(error)).not.toContain(value);
    expect(rig.logLines.join()).not.toContain(value);
  });

  it.each(["refreshSecrets", "deploy"] as const)("so is one that it throws as it is handed a new value by %s", async (act) => {
    const value = "hunter2-wonderland-9431";
    const throwing =
      "if (process.env.API_SECRET !== 'fine') throw new Error('bad ' + process.env.API_SECRET); export default () => '';";
    const placement = await buildPlacement(rig.provider, throwing);
    rig.grants.set(placement.deploymentId, { env: { API_SECRET: "fine" }, secretVersions: { API_SECRET: 1 } });
    await rig.provider.deploy(placement, { signal: never() });
    rig.grants.set(placement.deploymentId, { env: { API_SECRET: value }, secretVersions: { API_SECRET: 2 } });
    const error = await rig.provider[act](placement, { signal: never() }).catch((thrown: Error) => thrown);
    expect(String(error)).toContain("bad [secret]");
    expect(String(error)).not.toContain(value);
  });

  it("nor is half of one left where the vendor's words are cut", async () => {
    const value = "hunter2-wonderland-9431";
    const placement = await buildPlacement(
      rig.provider,
      "throw new Error('x'.repeat(370) + process.env.API_SECRET); export default () => '';",
    );
    rig.grants.set(placement.deploymentId, { env: { API_SECRET: value }, secretVersions: { API_SECRET: 1 } });
    const error = await rig.provider.deploy(placement, { signal: never() }).catch((thrown: Error) => thrown);
    expect(String(error)).toContain("xxx");
    expect(String(error)).not.toContain("hunter2");
  });
});
