// What processes call out to each other about open access: "look again now", and "how much do you hold open?".
import { z } from "zod";
import type { OpenFilter } from "./access-subject";

export const accessChannel = "open-access";

const Call = z.union([
  z.object({ ask: z.literal("look") }),
  z.object({
    ask: z.literal("count"),
    filter: z.object({ userId: z.string().optional(), workspaceId: z.string().optional(), keyId: z.string().optional() }),
    answerTo: z.string(),
  }),
]);
export type AccessCall = { ask: "look" } | { ask: "count"; filter: OpenFilter; answerTo: string };

/** Null for what is not one of ours. */
export function parseAccessCall(message: string): AccessCall | null {
  try {
    const parsed = Call.safeParse(JSON.parse(message));
    return parsed.success ? (parsed.data as AccessCall) : null;
  } catch {
    return null;
  }
}
