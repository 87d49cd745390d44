// What happens in an agent's own process at AgentCore, with our program around its code: reports, names, output, time, and what sessions keep.
import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { HostInvocation, Placement } from "~/runtime/contract/host-protocol";
import { TelemetryEvent, telemetryHeaders } from "~/runtime/contract/telemetry";
import { AppError } from "~/server/errors";
import { buildPlacement, invocationOf } from "~/server/testing/agent-host";
import { type AgentCoreRig, startAgentCoreRig } from "~/server/testing/agentcore-rig";

/** Each session is a process of its own, and a busy machine starts them slowly. */
vi.setConfig({ testTimeout: 120_000 });

type Report = { event: TelemetryEvent; isSigned: boolean };

let rig: AgentCoreRig;
let house: Server;
const reports: Report[] = [];
/** How the house answers the next reports; 202 when nothing is said. */
const answers: number[] = [];
const never = () => new AbortController().signal;

beforeAll(async () => {
  house = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method !== "POST") return void response.writeHead(200).end();
    const body = Buffer.concat(chunks);
    const key = Buffer.from(rig.keyOf(String(request.headers[telemetryHeaders.deploymentId])), "hex");
    const isSigned = request.headers[telemetryHeaders.signature] === `v1=${createHmac("sha256", key).update(body).digest("hex")}`;
    reports.push({ event: TelemetryEvent.parse(JSON.parse(body.toString("utf8"))), isSigned });
    response.writeHead(request.url === "/v1/telemetry/report" ? (answers.shift() ?? 202) : 404).end();
  });
  await new Promise<void>((resolve) => house.listen(0, "127.0.0.1", resolve));
  rig = await startAgentCoreRig({ publicUrl: new URL(`http://127.0.0.1:${(house.address() as AddressInfo).port}`) });
});
beforeEach(() => {
  reports.length = 0;
  answers.length = 0;
});
afterAll(async () => {
  await rig.close();
  house.closeAllConnections();
  await new Promise((resolve) => house.close(resolve));
});

async function place(source: string, overrides: Partial<Placement> = {}, env: Record<string, string> = {}): Promise<Placement> {
  const placement = await buildPlacement(rig.harness.provider, source, overrides);
  rig.harness.configure(placement.deploymentId, env);
  await rig.harness.provider.deploy(placement, { signal: never() });
  return placement;
}

async function ask(placement: Placement, call: HostInvocation = invocationOf("?")): Promise<string> {
  return (await rig.harness.provider.invoke(placement, call, { signal: never() })).output.text;
}

async function refusalOf(work: Promise<unknown>): Promise<AppError> {
  const thrown = await work.catch((error: unknown) => error);
  if (thrown instanceof AppError) return thrown;
  throw new Error(`It came to ${String(thrown)}.`);
}

describe("reports", () => {
  const metered = "export default (_request, context) => { context.reportUsage({ tokens: 7, toolCalls: 2 }); return 'well'; };";

  it("each call is reported once, signed with the deployment's key, with whose it is and what it used", async () => {
    const placement = await place(metered);
    const call = invocationOf("?");
    await ask(placement, call);
    await expect.poll(() => reports.length, { timeout: 30_000 }).toBe(1);
    const { deploymentId, agentId, userId } = placement;
    expect(reports[0]).toMatchObject({ isSigned: true });
    expect(reports[0]?.event).toMatchObject({
      deploymentId,
      agentId,
      userId,
      runtimeProvider: "agentcore",
      traceId: call.traceId,
    });
    expect(reports[0]?.event).toMatchObject({ requests: 1, llmTokens: 7, toolCalls: 2, errors: 0, errorClass: null });
  });

  it("a call that fails counts as an error, a probe and a start not at all", async () => {
    const placement = await place("export default () => { throw new Error('no'); };");
    await rig.harness.provider.activate(placement, { signal: never() });
    await refusalOf(ask(placement, invocationOf("?", { isProbe: true })));
    await refusalOf(ask(placement));
    await expect.poll(() => reports.length, { timeout: 30_000 }).toBe(1);
    expect(reports[0]?.event).toMatchObject({ errors: 1, errorClass: "runtime" });
  });

  it("an agent that may connect nowhere is reported on all the same", async () => {
    await ask(await place(metered, { networkAllow: [] }));
    await expect.poll(() => reports.length, { timeout: 30_000 }).toBe(1);
  });

  it("what the house could not take is reported again, under the same id", async () => {
    answers.push(503, 429);
    await ask(await place(metered));
    await expect.poll(() => reports.length, { timeout: 30_000 }).toBe(3);
    expect(new Set(reports.map(({ event }) => event.eventId)).size).toBe(1);
  });
});

describe("what the agent finds", () => {
  it("configured keys stand in its environment by their names, and nothing of ours does", async () => {
    const source = "export default () => JSON.stringify(Object.keys(process.env).filter((name) => /WHS|GRANT|API/.test(name)));";
    expect(await ask(await place(source, {}, { API_URL_PART: "some-plain-value" }))).toBe('["WHS_PORT","API_URL_PART"]');
  });

  it("what it prints reaches the runtime's log masked, in pieces too", async () => {
    const value = "hunter2-wonderland-9431";
    const source = `export default (_request, { env }) => {
      console.log("whole " + env.API_SECRET);
      process.stdout.write("cut " + env.API_SECRET.slice(0, 9)); process.stdout.write(env.API_SECRET.slice(9) + " end\\n");
      console.error(Buffer.from(env.API_SECRET).toString("base64"));
      return "printed";
    };`;
    await ask(await place(source, {}, { API_SECRET: value }));
    const printed = () =>
      [...rig.standIn.logs.groups.values()]
        .flat()
        .map(({ message }) => message)
        .join("\n");
    await expect.poll(printed, { timeout: 30_000 }).toMatch(/cut \[secret\] end/);
    expect(printed()).toContain("whole [secret]");
    expect(printed()).not.toContain(value.slice(9));
    expect(printed()).not.toContain(Buffer.from(value).toString("base64").slice(0, 12));
  });

  it("`network.allow` holds for connections of its process: none, or the named hosts only", async () => {
    const { port } = house.address() as AddressInfo;
    const source = `export default async (request) => {
      try { return String((await fetch(request.input.messages[0].content)).status); } catch (error) { return String(error.cause ?? error); }
    };`;
    const url = `http://localhost:${port}/`;
    expect(await ask(await place(source, { networkAllow: [] }), invocationOf(url))).toContain(
      "localhost is not in network.allow",
    );
    expect(
      await ask(await place(source, { networkAllow: ["api.example.com"] }), invocationOf("http://127.0.0.1:12345/")),
    ).toContain("not in network.allow");
    expect(await ask(await place(source), invocationOf(url))).not.toContain("network.allow");
  });

  it("values that AgentCore does not take are refused before anything is placed there, and the mend is said", async () => {
    const placement = await buildPlacement(rig.harness.provider, "export default () => 'well';");
    rig.harness.configure(placement.deploymentId, { API_SECRET: "x".repeat(200_000) });
    const error = await refusalOf(rig.harness.provider.deploy(placement, { signal: never() }));
    expect(error).toMatchObject({ code: "DEPLOYMENT_FAILED", details: { reason: "secrets_too_large" } });
    expect(error.message).toContain("KiB");
  });
});

describe("calls that do not end as they should", () => {
  it("a loop that never ends is cut from outside, its process is taken away, and the session goes on in another", async () => {
    const source = `export default async (request, { session }) => {
      if (request.input.messages[0].content === "loop") for (;;) {}
      const count = ((await session.get("count")) ?? 0) + 1;
      await session.set("count", count);
      return String(count);
    };`;
    const placement = await place(source);
    const call = invocationOf("count");
    expect(await ask(placement, call)).toBe("1");
    const error = await refusalOf(
      ask(placement, { ...call, ...{ messages: [{ role: "user", content: "loop" }], timeoutMs: 400 } }),
    );
    expect(error).toMatchObject({ code: "RUNTIME_ERROR", retryable: true, details: { timedOut: true } });
    await expect.poll(() => rig.standIn.calls.at(-1)?.action, { timeout: 30_000 }).toBe("bedrock-agentcore:StopRuntimeSession");
    expect(await ask(placement, call)).toBe("2");
  });

  it("a process that ends in the middle is a safe error, and the next call starts another", async () => {
    const source =
      "export default async function* (request) { yield 'one '; if (request.input.messages[0].content === 'die') process.exit(3); }";
    const placement = await place(source);
    expect(await refusalOf(ask(placement, invocationOf("die")))).toMatchObject({ code: "RUNTIME_ERROR", retryable: false });
    expect(await ask(placement)).toBe("one ");
  });

  it("an answer of more than 10 MiB is cut", async () => {
    const source =
      "export default async function* () { for (let part = 0; part < 12; part += 1) yield 'x'.repeat(1024 * 1024); }";
    expect(await refusalOf(ask(await place(source)))).toMatchObject({ details: { reason: "answer_too_large" } });
  });
});

describe("sessions", () => {
  const keeper = `export default async (request, { session }) => {
    const [act, key, value] = request.input.messages[0].content.split(" ");
    if (act === "set") { await session.set(key, value); await new Promise((resolve) => setTimeout(resolve, 50)); }
    if (act === "delete") await session.delete(key);
    if (act === "break") { await session.set(key, value); throw new Error("broke"); }
    return JSON.stringify([await session.get("a"), await session.get("b")]);
  };`;
  const say = (prompt: string, call: HostInvocation) => ({ ...call, messages: [{ role: "user" as const, content: prompt }] });

  it("of two calls at once in one session each keeps what only it wrote; what was deleted is gone", async () => {
    const placement = await place(keeper);
    const call = invocationOf("");
    await Promise.all([ask(placement, say("set a 1", call)), ask(placement, say("set b 2", call))]);
    expect(await ask(placement, say("get", call))).toBe('["1","2"]');
    await ask(placement, say("delete a", call));
    expect(await ask(placement, say("get", call))).toBe('[null,"2"]');
  });

  it("what was remembered before the agent broke is remembered, and outlives its process", async () => {
    const placement = await place(keeper);
    const call = invocationOf("");
    await refusalOf(ask(placement, say("break a 1", call)));
    await rig.harness.loseSessions?.();
    expect(await ask(placement, say("get", call))).toBe('["1",null]');
  });

  it("versions that share a state key share their sessions, others do not, and the last one takes them along", async () => {
    const first = await place(keeper);
    const shared = { agentId: first.agentId, workspaceId: first.workspaceId, stateKey: first.agentId };
    const [second, third] = [await place(keeper, shared), await place(keeper, { ...shared, version: 3 })];
    const call = invocationOf("");
    await ask(second, say("set a 1", call));
    expect(await ask(third, say("get", call))).toBe('["1",null]');
    expect(await ask(first, say("get", call))).toBe("[null,null]");
    for (const placement of [first, second, third]) await rig.harness.provider.destroy(placement);
    expect([...rig.standIn.store.objects.keys()].filter((key) => key.includes(first.workspaceId))).toEqual([]);
  });
});

describe("the rights of an agent at AWS", () => {
  it("are those of the role with tools only if its manifest claims one, after a refresh of secrets too", async () => {
    const source = "export default () => 'well';";
    const plain = await place(source);
    const claiming = await place(source, { claimsTools: true }, { API_SECRET: "one-value" });
    rig.harness.configure(claiming.deploymentId, { API_SECRET: "another-value" });
    await rig.harness.provider.refreshSecrets(claiming, { signal: never() });
    const rolesOf = ({ agentId }: { agentId: string }) => {
      const runtime = [...rig.standIn.plane.runtimes.values()].find(({ name }) => agentId.endsWith(name.slice(-26)));
      return [...(runtime?.versions.values() ?? [])].map(({ roleArn }) => roleArn);
    };
    const { roleArn } = rig.standIn;
    expect(rolesOf(plain)).toEqual([roleArn]);
    expect(rolesOf(claiming)).toEqual([`${roleArn}-with-tools`, `${roleArn}-with-tools`]);
  });
});

describe("two processes of ours", () => {
  it("a deployment that was begun by one is finished by the other, with one version at AgentCore", async () => {
    const placement = await buildPlacement(rig.harness.provider, "export default () => 'well';");
    rig.standIn.failNext(500, 1_000, (action) => action.endsWith(":CreateAgentRuntimeEndpoint"));
    await refusalOf(rig.harness.provider.deploy(placement, { signal: never() }));
    rig.standIn.failNext(500, 0);
    await rig.another().deploy(placement, { signal: never() });
    const runtime = [...rig.standIn.plane.runtimes.values()].find(({ name }) => placement.agentId.endsWith(name.slice(-26)));
    expect(runtime?.versions.size).toBe(1);
    expect(await ask(placement)).toBe("well");
  });

  it("secrets that one refreshed are those of the other's next calls, and no older value stays at AgentCore beyond one version", async () => {
    const source = "export default (_request, { env }) => String(env.API_SECRET.length);";
    const placement = await place(source, {}, { API_SECRET: "the-older-value" });
    const other = rig.another();
    await other.invoke(placement, invocationOf("?"), { signal: never() });
    for (const value of ["a-value-that-is-newer", "the-newest-value-of-all-of-them"]) {
      rig.harness.configure(placement.deploymentId, { API_SECRET: value });
      await rig.harness.provider.refreshSecrets(placement, { signal: never() });
      expect((await other.invoke(placement, invocationOf("?"), { signal: never() })).output.text).toBe(String(value.length));
    }
    const runtime = [...rig.standIn.plane.runtimes.values()].find(({ name }) => placement.agentId.endsWith(name.slice(-26)));
    expect(runtime?.versions.size).toBe(2);
  });

  it("a refresh that ended before it was noted leaves no value at AgentCore once the next one has come", async () => {
    const placement = await place(
      "export default (_request, { env }) => env.API_SECRET.slice(0, 3);",
      {},
      { API_SECRET: "one-value" },
    );
    rig.harness.configure(placement.deploymentId, { API_SECRET: "two-values-that-nobody-noted" });
    rig.standIn.failNext(403, 1_000, (action) => action === "s3:PutObject");
    await refusalOf(rig.harness.provider.refreshSecrets(placement, { signal: never() }));
    rig.standIn.failNext(403, 0);
    rig.harness.configure(placement.deploymentId, { API_SECRET: "three-values" });
    await rig.another().refreshSecrets(placement, { signal: never() });
    const runtime = [...rig.standIn.plane.runtimes.values()].find(({ name }) => placement.agentId.endsWith(name.slice(-26)));
    expect([...(runtime?.versions.keys() ?? [])]).toEqual([1, 3]);
    expect(await ask(placement)).toBe("thr");
  });
});
