// What sessions remember, written by several at once: nobody's key is lost, and what is more than a session may hold is refused.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AgentCoreStandIn, startAgentCoreStandIn } from "~/server/testing/agentcore-stand-in/agentcore-stand-in";
import { createAws } from "./aws";
import type { PlacedRecord } from "./placed-records";
import { noteChange, readSession, type SessionChanges, saveSession } from "./session-entries";

let standIn: AgentCoreStandIn;
let needs: Parameters<typeof saveSession>[0];

beforeAll(async () => {
  standIn = await startAgentCoreStandIn();
  const { accessKeyId, secretAccessKey, region } = standIn.access;
  const { endpoint, bucket, roleArn } = standIn;
  const config = { endpoint, bucket, roleArn, toolsRoleArn: null, region, credentials: { accessKeyId, secretAccessKey } };
  needs = { aws: createAws(config, 5_000), config, environment: "test" };
});
afterAll(() => standIn.close());

const placeOf = (sessionId: string) => ({
  record: { workspaceId: "wks_1", agentId: "agt_1", stateKey: "agt_1" } as PlacedRecord,
  sessionId,
});
const signal = () => AbortSignal.timeout(45_000);

it("of five who write at once each keeps its own key", async () => {
  const place = placeOf("ses_shared");
  const keys = ["a", "b", "c", "d", "e"];
  await Promise.all(keys.map((key) => saveSession(needs, place, new Map([[key, `"${key}"`]]), signal())));
  expect(Object.keys(await readSession(needs, place, signal())).sort()).toEqual(keys);
});

it("more than a session may hold is refused, and what it held stays", async () => {
  const place = placeOf("ses_large");
  await saveSession(needs, place, new Map([["a", '"kept"']]), signal());
  const large = saveSession(needs, place, new Map([["b", `"${"x".repeat(4_000_000)}"`]]), signal());
  await expect(large).rejects.toMatchObject({ code: "RUNTIME_ERROR", details: { reason: "session_too_large" } });
  expect(await readSession(needs, place, signal())).toEqual({ a: '"kept"' });
});

it("what a call changes is bounded as it is heard: one key written over and over is its last value, ever more keys are refused", () => {
  const changes: SessionChanges = new Map();
  const json = `"${"x".repeat(999_000)}"`;
  let noted = 0;
  for (let time = 0; time < 1_000; time += 1) noted = noteChange(changes, { key: "same", json }, noted);
  for (let key = 0; key < 1_000; key += 1) noted = noteChange(changes, { key: `gone-${key}`, json: null }, noted);
  expect(changes.size).toBe(1_001);
  const fill = (text: string | null) => {
    for (let key = 0; key < 1_000_000; key += 1) noted = noteChange(changes, { key: `more-${key}`, json: text }, noted);
  };
  expect(() => fill(json)).toThrow("more than a session may");
  expect(() => fill(null)).toThrow("more than a session may");
  expect(changes.size).toBeLessThan(200_000);
});
