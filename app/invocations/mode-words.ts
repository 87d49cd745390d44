// How an answer was asked for, in words; null where nobody knows any more.
import type { InvocationItem } from "~/server/invocations/invocations.contract";

const words = { json: "as JSON", stream: "streamed" } as const;

export function modeWords(mode: InvocationItem["mode"]): string {
  return mode === null ? "not known" : words[mode];
}
