// Asks every process how much it holds open for one person, workspace or key: what an operator reads before the click.
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { listenToChannel } from "~/server/queue/listen-to-channel";
import type { Services } from "~/server/services";
import { type AccessCall, accessChannel } from "./access-channel";
import { type OpenCounts, type OpenFilter, openKinds } from "./access-subject";

/** Processes answer from memory, so whoever has not by then will not. */
const answersWithinMs = 300;

const Counts = z.record(z.enum(openKinds), z.number());

/** Null when Redis is away: then nobody knows before the click. */
export async function countOpen(needs: Pick<Services, "redis" | "log">, filter: OpenFilter): Promise<OpenCounts | null> {
  const answerTo = `open-access:${randomUUID()}`;
  const answers: OpenCounts[] = [];
  let stop: (() => void) | undefined;
  try {
    return await withinTime(async (hasAll) => {
      let expected = Number.POSITIVE_INFINITY;
      const settle = () => answers.length >= expected && hasAll();
      stop = await listenToChannel(needs.redis, answerTo, (message) => {
        const parsed = Counts.safeParse(JSON.parse(message));
        if (parsed.success) answers.push(parsed.data);
        settle();
      });
      const call: AccessCall = { ask: "count", filter, answerTo };
      expected = await needs.redis.publish(accessChannel, JSON.stringify(call));
      settle();
      return () => sumOf(answers);
    });
  } catch (error) {
    needs.log.debug({ err: error }, "nobody could be asked what is open");
    return null;
  } finally {
    stop?.();
  }
}

/** Waits for `hasAll` or the end of the time, whatever comes first; what could not even be asked by then rejects. */
async function withinTime<T>(ask: (hasAll: () => void) => Promise<() => T>): Promise<T> {
  let hasAll: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    hasAll = resolve;
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), answersWithinMs);
  });
  try {
    const asked = await Promise.race([ask(hasAll), late]);
    if (asked === "late") throw new Error("Redis did not answer in time.");
    await Promise.race([all, late]);
    return asked();
  } finally {
    clearTimeout(timer);
  }
}

function sumOf(answers: OpenCounts[]): OpenCounts {
  const total = { stream: 0, call: 0, watch: 0, upload: 0, run: 0 };
  for (const answer of answers) {
    for (const kind of openKinds) total[kind] += answer[kind];
  }
  return total;
}
