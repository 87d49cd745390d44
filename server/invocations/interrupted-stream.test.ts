// A stream that is ended from elsewhere, on a real agent host: by a later message of its session, or because its caller says so (MISSION E1, E8).
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { buildPlacement } from "~/server/testing/agent-host";
import { callAgent, eventsOf } from "~/server/testing/call-agent";
import { expectOnceAtMost } from "~/server/testing/expect-once-at-most";
import { type FurtherProcess, openFurtherProcess } from "~/server/testing/further-process";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import {
  bearer,
  comeBack,
  openResumeGround,
  type ResumeGround,
  readStream,
  resumePathOf,
  type Tenant,
} from "~/server/testing/resume-ground";

/** Says its message; of one that says so it then waits until it is told to stop, and prints when that was. */
const waiting = `export default async function* (request, context) {
  const said = request.input.messages.at(-1).content;
  yield said;
  context.signal.addEventListener("abort", () => console.log(said + " stopped " + Date.now()), { once: true });
  while (said.startsWith("wait") && !context.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
}`;
const patience = { timeout: 30_000 };

let ground: ResumeGround;
let tenant: Tenant;
let agent: LiveAgent;
let further: FurtherProcess;
let webs: [Web, Web];
beforeAll(async () => {
  ground = await openResumeGround({ graceMs: 15_000 });
});
afterAll(() => ground.close());
beforeEach(async () => {
  await ground.services.reset();
  further = openFurtherProcess(ground.services, { redis: "same" });
  webs = [
    await startWeb(ground.services, { rootDirectory: null, watchesBuild: false }),
    await startWeb(further.services, { rootDirectory: null, watchesBuild: false }),
  ];
  ({ tenant } = await ground.live());
  const { provider } = ground.host;
  const manifest = { sessions: { onDeploy: "stay", whileBusy: "interrupt" } };
  const { module } = await buildPlacement(provider, waiting);
  agent = await createLiveAgent(ground.services, tenant, provider, { module, manifest });
});
afterEach(async () => {
  await Promise.all(webs.map((web) => web.drain()));
  await further.close();
});

/** Resolves once the agent has spoken; what it says after that is in `whole`. */
async function beginStream(said: string, sessionId?: string): Promise<{ begun: string; whole: Promise<string> }> {
  const body = JSON.stringify({ input: { prompt: said }, ...(sessionId ? { sessionId } : {}) });
  const headers = { ...bearer(agent), "content-type": "application/json" };
  let spoke: (text: string) => void = () => undefined;
  const begun = new Promise<string>((resolve) => {
    spoke = resolve;
  });
  const onText = (text: string) => void (text.includes("event: delta") && spoke(text));
  const url = `${webs[0].url}/v1/invoke/${agent.agentId}/stream`;
  const whole = readStream(url, { method: "POST", headers, body, onText }).then(({ text }) => text);
  return { begun: await begun, whole };
}

it("by a later message at another gateway: it ends with the reason, its agent stops, and nobody can read on", async () => {
  const first = (await (await callAgent(webs[0].url, agent)).json()) as { sessionId: string };
  const { begun, whole } = await beginStream("wait", first.sessionId);
  const body = { input: { prompt: "two" }, sessionId: first.sessionId };
  const second = await callAgent(webs[1].url, agent, { body });
  expect(await second.json()).toMatchObject({ output: { text: "two" }, sessionId: first.sessionId });
  const events = eventsOf(await whole);
  expect(events.map(({ event }) => event)).toEqual(["meta", "delta", "error"]);
  expect(events.at(-1)?.data).toMatchObject({ error: { code: "CONFLICT", details: { reason: "session_interrupted" } } });
  await expect.poll(async () => (await ground.printed(agent)).length, patience).toBe(1);
  const rest = eventsOf((await comeBack(webs[1].url, agent, { path: resumePathOf(begun), known: begun })).text);
  expect(rest.map(({ event }) => event)).toEqual(["error"]);
  await Promise.all(webs.map((web) => web.drain()));
  const rows = await ground.services.owner.selectFrom("invocations").select(["mode", "outcome", "errorCode"]).execute();
  expect(rows).toHaveLength(3);
  expect(rows).toContainEqual({ mode: "stream", outcome: "error", errorCode: "CONFLICT" });
});

it("by its caller's word, at another gateway: the agent hears of it within 100 ms", async () => {
  let times = 0;
  await expectOnceAtMost(100, async () => {
    times += 1;
    const word = `wait ${times}`;
    const { begun, whole } = await beginStream(word);
    const saidAt = Date.now();
    const stopped = await fetch(`${webs[1].url}${resumePathOf(begun)}`, { method: "DELETE", headers: bearer(agent) });
    expect(stopped.status).toBe(204);
    expect(eventsOf(await whole).at(-1)?.data).toMatchObject({ error: { details: { reason: "stream_stopped" } } });
    const heard = async () => (await ground.printed(agent)).find((line) => line.startsWith(`${word} stopped `)) ?? null;
    await expect.poll(heard, patience).not.toBeNull();
    return Number((await heard())?.split(" ").at(-1)) - saidAt;
  });
});
