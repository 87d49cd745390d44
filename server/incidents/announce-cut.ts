// Tells every process that somebody may not go on: each looks at the rows at once instead of within the second.
import type { Services } from "~/server/services";
import { accessChannel } from "./access-channel";

/** `everybody`: all sessions of the platform. The word goes into the log only; every process judges by the rows. */
export type Cut = { kind: "user" | "workspace" | "api_key" | "session" | "membership" | "everybody"; id: string };

/** Longer than this nobody waits for Redis: the next look comes by itself. */
const publishTimeoutMs = 300;

/** Call it after the transaction. Whether it was said: without Redis every process notices within a second. Never rejects. */
export async function announceCut(needs: Pick<Services, "redis" | "log">, cut: Cut): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("Redis did not take the announcement in time.")), publishTimeoutMs);
  });
  const published = needs.redis.publish(accessChannel, JSON.stringify({ ask: "look" }));
  published.catch(() => undefined); // judged by the race below
  try {
    await Promise.race([published, late]);
    return true;
  } catch (error) {
    needs.log.warn({ err: error, cut }, "a cut could not be announced; processes notice it within a second");
    return false;
  } finally {
    clearTimeout(timer);
  }
}
