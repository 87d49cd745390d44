// Golden calls gate the activation: one that does not end as expected keeps the old version live (AHEAD 12).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "~/server/errors";
import { uploadFiles } from "~/server/testing/bundles";
import { type DeployRig, openDeployRig } from "~/server/testing/deploy-rig";
import { createTestManifest } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { cancelDeployment } from "./cancel-deployment";
import { createDeployment } from "./create-deployment";
import { sweepDeployments } from "./sweep-deployments";

let services: TestServices;
let rig: DeployRig;

beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  rig = await openDeployRig(services);
});

/** Answers what it was asked, in capitals; fails when it is asked to. */
const shouter = `export default (request) => {
  const text = request.input.messages.at(-1).content;
  if (text === "fail") throw new Error("as you wish");
  return text.toUpperCase();
};`;

const request = (prompt: string) => ({ input: { prompt } });

async function deploy(goldens: Record<string, unknown>, source = shouter): Promise<string> {
  const files = Object.fromEntries(Object.entries(goldens).map(([path, golden]) => [path, JSON.stringify(golden)]));
  const manifest = JSON.stringify(createTestManifest({ golden: Object.keys(goldens) }));
  const { uploadId } = await uploadFiles(services, rig.scope, { "agent.config.json": manifest, "index.ts": source, ...files });
  return (await createDeployment(services, rig.scope, { agentId: rig.agentId, uploadId, activate: true })).deploymentId;
}

const resultsOf = async (id: string) => (await rig.detailOf(id)).steps.find((step) => step.stage === "probed")?.goldens;

describe("golden calls", () => {
  it("that end as expected let the version go live, each with a result and a line", async () => {
    const id = await deploy({
      "golden/loud.json": { request: request("hi there"), expect: { text: "HI THERE", contains: ["THERE"], matches: "^HI\\b" } },
      "golden/more.json": [
        { request: request("a"), expect: { status: "ok", maxMs: 60_000 } },
        { request: request("fail"), expect: { errorCode: "RUNTIME_ERROR" } },
      ],
    });
    await rig.run(id);
    expect((await rig.detailOf(id)).status).toBe("active");
    expect((await resultsOf(id))?.map(({ name, isMet, difference }) => [name, isMet, difference])).toEqual([
      ["golden/loud.json", true, null],
      ["golden/more.json#1", true, null],
      ["golden/more.json#2", true, null],
    ]);
    const lines = (await rig.detailOf(id)).logs.map((log) => log.line);
    expect(lines.filter((line) => line.startsWith("Golden call ")).length).toBe(3);
  });

  it.each([
    ["another text", { text: "HI THEIR" }, /from character 7 on the answer is "HI THERE", and "HI THEIR" was expected/],
    ["a missing part", { contains: ["BYE"] }, /"BYE" is not in the answer/],
    ["a pattern that is not found", { matches: "^BYE" }, /the pattern "\^BYE" is not found/],
    ["an answer in place of an error", { status: "error" }, /it answered, and an error was expected/],
    ["too slow an answer", { maxMs: 1 }, /it took \d+ ms, and at most 1 were expected/],
  ])("with %s fail the deployment, and the old version stays live", async (what, expectation, difference) => {
    const first = await rig.deploy();
    await rig.run(first);
    const slow = `export default (request) => {
      for (const until = Date.now() + 20; Date.now() < until; );
      return request.input.messages.at(-1).content.toUpperCase();
    };`;
    const goldens = { "golden/loud.json": { request: request("hi there"), expect: expectation } };
    const id = await deploy(goldens, what === "too slow an answer" ? slow : shouter);
    await rig.run(id);
    const detail = await rig.detailOf(id);
    expect(detail).toMatchObject({ status: "failed", failureCode: "golden_failed" });
    expect(detail.failureReason).toMatch(/^1 of 1 golden calls did not end as expected\. golden\/loud\.json: /);
    expect(detail.failureReason).toMatch(difference);
    expect((await resultsOf(id))?.[0]).toMatchObject({ isMet: false, difference: expect.stringMatching(difference) });
    expect(await rig.liveDeploymentId()).toBe(first);
    expect([...rig.fake.placed.keys()]).toEqual([first]);
  });

  it("quote little of an answer, and no credential in it", async () => {
    const source = `export default (request) =>
      request.metadata.probe ? "ok" : "sk-abcdefghijklmnop1234 " + "customer words ".repeat(1000);`;
    const id = await deploy({ "g.json": { request: request("hi"), expect: { text: "hello" } } }, source);
    await rig.run(id);
    const detail = await rig.detailOf(id);
    const everything = JSON.stringify(detail);
    expect(detail.failureCode).toBe("golden_failed");
    expect(everything).not.toContain("sk-abcdefgh");
    expect(everything.match(/customer words/g)?.length ?? 0).toBeLessThan(10);
  });

  it("quote no piece of a credential either, wherever the answer begins to differ", async () => {
    const credential = ["sk", "-abcdefghijklmnop1234"].join("");
    const source = `export default (request) => request.metadata.probe ? "ok" : ["key sk", "-abcdefghijklmnop1234 end"].join("");`;
    const expected = `key ${credential.slice(0, 16)}`;
    const id = await deploy({ "g.json": { request: request("hi"), expect: { text: expected } } }, source);
    await rig.run(id);
    const detail = await rig.detailOf(id);
    expect(detail.failureCode).toBe("golden_failed");
    expect(JSON.stringify(detail)).not.toContain(credential.slice(12));
  });

  it("cannot be told from a customer's call, and are each in a session of their own", async () => {
    const seen: { metadata: object; sessionId: string }[] = [];
    rig.tamper({
      invoke: (target, call, options) => {
        seen.push({ metadata: call.metadata, sessionId: call.sessionId });
        return rig.fake.invoke(target, call, options);
      },
    });
    const golden = { request: { ...request("a"), metadata: { tone: "loud" } }, expect: { text: "A" } };
    await rig.run(await deploy({ "g.json": [golden, golden] }));
    expect(seen.map(({ metadata }) => metadata)).toEqual([{ probe: "true" }, { tone: "loud" }, { tone: "loud" }]);
    expect(new Set(seen.map(({ sessionId }) => sessionId)).size).toBe(3);
  });

  it("count as no request of a customer", async () => {
    await rig.run(await deploy({ "g.json": { request: request("a"), expect: { text: "A" } } }));
    for (const table of ["invocations", "usageHours", "telemetryEvents"] as const) {
      expect(await services.owner.selectFrom(table).selectAll().execute(), table).toEqual([]);
    }
  });

  it("are bounded in number and in time", async () => {
    const golden = { request: request("a"), expect: { text: "A" } };
    const many = await deploy({
      "a.json": Array(20).fill(golden),
      "b.json": Array(20).fill(golden),
      "c.json": Array(11).fill(golden),
    });
    await rig.run(many);
    expect(await rig.detailOf(many)).toMatchObject({ status: "failed", failureCode: "golden_too_many" });
    const slow = await deploy({ "a.json": golden });
    rig.tamper({
      invoke: (target, call, options) =>
        call.metadata["probe"] ? rig.fake.invoke(target, call, options) : new Promise(() => {}),
    });
    await rig.run(slow, { deadlines: { golden: 50 } });
    expect(await rig.detailOf(slow)).toMatchObject({ status: "failed", failureCode: "golden_overdue" });
  });

  it("stop at a cancel, and the version does not go live", async () => {
    const id = await deploy({ "g.json": { request: request("a"), expect: { text: "A" } } });
    rig.tamper({
      invoke: async (target, call, options) => {
        if (!call.metadata["probe"]) await cancelDeployment(services, rig.scope, id);
        return rig.fake.invoke(target, call, options);
      },
    });
    await rig.run(id);
    expect((await rig.detailOf(id)).status).toBe("cancelled");
    expect(await rig.liveDeploymentId()).toBeNull();
  });

  it("are asked again when a program of ours was away: no bundle is to blame for that", async () => {
    const id = await deploy({ "g.json": { request: request("a"), expect: { text: "A" } } });
    let isAway = true;
    rig.tamper({
      invoke: (target, call, options) => {
        if (call.metadata["probe"] || !isAway) return rig.fake.invoke(target, call, options);
        isAway = false;
        return Promise.reject(
          new AppError("RUNTIME_ERROR", "away", { retryable: true, details: { reason: "host_unreachable" } }),
        );
      },
    });
    await expect(rig.run(id)).rejects.toMatchObject({ details: { reason: "host_unreachable" } });
    await sweepDeployments(services);
    await rig.run(id);
    expect((await rig.detailOf(id)).status).toBe("active");
    expect(await resultsOf(id)).toHaveLength(1);
  });
});
