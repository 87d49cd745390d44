// A long answer holds nobody up while it is masked: others have their turn between its slices, and its words stay in their order.
import type { ServerResponse } from "node:http";
import { PassThrough } from "node:stream";
import { text as readText } from "node:stream/consumers";
import { expect, it } from "vitest";
import { compileMask } from "~/runtime/redaction/mask-text";
import { answerJson } from "./answer-json";
import { answerStream } from "./answer-stream";
import type { RunningCall } from "./call-agent";
import type { EventOutlet } from "./event-outlet";
import { HeldAnswers } from "./held-answers";
import { jsonSlices, sliceUnits } from "./json-slices";

const secret = "correct-horse-battery-staple";
const mask = compileMask([secret]);
const slices = 40;
/** With a secret across each border, and marks that escapes begin with. */
const long = `${"%u&\\x".repeat(sliceUnits / 5)}`
  .slice(0, sliceUnits - 9)
  .concat(secret)
  .repeat(slices);
const call = { traceId: "trc_1", sessionId: "ses_1", messages: [], options: {}, metadata: {}, timeoutMs: 60_000 };
const done = { kind: "done", usage: { tokens: 1, toolCalls: 0, computeMs: 1 } } as const;

/** How often others came to their turn until it was over. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let [turns, isOver] = [0, false];
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await work;
  isOver = true;
  return turns;
}

it("whole: the same as masked at once, with a turn of others between its slices", async () => {
  const passed = new PassThrough();
  const response = Object.assign(passed, { writeHead: () => passed }) as unknown as ServerResponse;
  const held = new HeldAnswers().open("dep_1", () => undefined);
  const answer = answerJson(response, { call, mask, held });
  for (let from = 0; from < long.length; from += 10_007) answer.onText(long.slice(from, from + 10_007));
  const sent = readText(passed);
  expect(await turnsDuring(answer.end(done))).toBeGreaterThanOrEqual(slices - 1);
  const { output, ...rest } = JSON.parse(await sent) as { output: { text: string } };
  expect(output.text).toBe(mask.mask(long));
  expect(output.text).not.toContain(secret);
  expect(rest).toEqual({ sessionId: "ses_1", usage: done.usage, traceId: "trc_1" });
});

it("is cut between two characters only, and whoever leaves in the middle ends the work", async () => {
  const faces = "😀".repeat(3 * sliceUnits);
  let joined = "";
  for await (const slice of jsonSlices(mask.open(), `x${faces}`, true)) {
    expect(slice).not.toContain("\\u");
    joined += slice;
  }
  expect(JSON.parse(`"${joined}"`)).toBe(`x${faces}`);
  const passed = new PassThrough();
  const response = Object.assign(passed, { writeHead: () => passed }) as unknown as ServerResponse;
  const held = new HeldAnswers().open("dep_1", () => undefined);
  const answer = answerJson(response, { call, mask, held });
  answer.onText(long);
  const ended = answer.end(done);
  passed.destroy();
  expect(await turnsDuring(ended)).toBeLessThan(slices / 2);
});

it("in a stream: one event as it was said, what comes meanwhile behind it, and the agent goes on when it is out", async () => {
  const events: string[] = [];
  const outlet: EventOutlet = {
    whyStopped: null,
    hasBegun: false,
    bind: () => undefined,
    begin: (meta) => void events.push(meta),
    write: (event) => events.push(event) > 0,
    keepAlive: () => undefined,
    end: (last) => void events.push(...last),
    refuse: () => undefined,
    breakOff: () => undefined,
  };
  let resumed = 0;
  const running = { resume: () => (resumed += 1) } as unknown as RunningCall;
  const answers = new HeldAnswers();
  const held = answers.open("dep_1", () => undefined);
  const answer = answerStream(outlet, { call, deploymentId: "dep_1", held, mask }, () => running);
  expect(answer.onText("short ")).toBe(true);
  expect([answer.onText(`${long} `), answer.onText("behind")]).toEqual([false, false]);
  expect(resumed).toBe(0);
  expect(answers.bytes).toBeGreaterThan(long.length);
  expect(await turnsDuring(answer.end(done))).toBeGreaterThanOrEqual(slices - 1);
  expect([resumed, answers.bytes]).toEqual([1, 0]);
  const deltas = events.filter((event) => event.includes("event: delta"));
  const texts = deltas.map((event) => (JSON.parse(event.split("data: ")[1] ?? "") as { text: string }).text);
  expect(texts).toEqual(["short ", mask.mask(`${long} `), "behind"]);
  expect(events.at(-1)).toContain("event: done");
});
