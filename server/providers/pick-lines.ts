// Of the lines that a runtime keeps, those that were asked for: the newest, or from a moment on the oldest.
import type { HostLogLine } from "~/runtime/contract/host-protocol";
import type { ReadLogs } from "./provider";

/** `lines` oldest first. */
export function pickLines(lines: readonly HostLogLine[], { limit, after }: ReadLogs): HostLogLine[] {
  if (after === undefined) return lines.slice(-limit);
  return lines.filter(({ at }) => Date.parse(at) >= after.getTime()).slice(0, limit);
}
