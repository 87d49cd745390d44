// What a call used is told behind its answer: a house that does not take it, in whatever way, delays no caller.
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Placement } from "~/runtime/contract/host-protocol";
import { collectEvents } from "~/server/providers/read-events";
import { buildPlacement, invocationOf } from "~/server/testing/agent-host";
import { type CloudflareRig, openCloudflareRig } from "~/server/testing/cloudflare-stand-in/cloudflare-rig";

const never = () => new AbortController().signal;
/** A script that waited for its report would have made all of them before it answered. */
const attemptsMax = 3;

type House = { answer: { status: number } | "reset"; letGo: () => void; waits: Promise<void>; attempts: string[] };

let house: House;
let rig: CloudflareRig;
let placement: Placement;

/** Takes reports in, and answers none of them until `letGo`. */
function openHouse(answer: House["answer"]): House {
  let letGo = () => {};
  const waits = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  return { answer, letGo, waits, attempts: [] };
}

beforeAll(async () => {
  house = openHouse({ status: 202 });
  rig = await openCloudflareRig({
    async internet({ body }) {
      const { attempts, waits, answer } = house;
      attempts.push((JSON.parse(body) as { traceId: string }).traceId);
      await waits;
      return answer;
    },
  });
  const source = `export default async function* (_request, context) {
    yield "measured";
    context.reportUsage({ tokens: 7 });
  }`;
  placement = await buildPlacement(rig.provider, source);
  await rig.provider.deploy(placement, { signal: never() });
});
afterEach(() => house.letGo());
afterAll(() => rig.close());

it.each([
  ["says nothing", { status: 202 }, 1],
  ["answers 500", { status: 500 }, attemptsMax],
  ["cuts the connection", "reset" as const, attemptsMax],
])(
  "whole answers and streams end while a house that %s has not done so yet, and are reported all the same",
  async (_how, answer, attempts) => {
    house = openHouse(answer);
    const [whole, streamed] = [invocationOf("?"), invocationOf("?")];
    const made = (traceId: string) => house.attempts.filter((id) => id === traceId).length;
    const { output } = await rig.provider.invoke(placement, whole, { signal: never() });
    expect(output.text).toBe("measured");
    expect(made(whole.traceId)).toBeLessThan(attemptsMax);
    const events = await collectEvents(await rig.provider.stream(placement, streamed, { signal: never() }));
    expect(events.at(-1)?.event).toBe("done");
    expect(made(streamed.traceId)).toBeLessThan(attemptsMax);
    await expect.poll(() => Math.min(made(whole.traceId), made(streamed.traceId))).toBeGreaterThan(0);
    house.letGo();
    await expect.poll(() => Math.min(made(whole.traceId), made(streamed.traceId))).toBeGreaterThanOrEqual(attempts);
  },
);
