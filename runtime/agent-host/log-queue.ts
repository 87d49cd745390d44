// The lines of one deployment that wait to be delivered, and how those of all become one report.
import type { HostLogReport, ShippedLine } from "~/runtime/contract/host-logs";

export type LeftOutReason = "minute" | "backlog";

export type LogQueue = {
  deploymentId: string;
  seq: number;
  waiting: ShippedLine[];
  bytes: number;
  minute: number;
  minuteLines: number;
  minuteBytes: number;
  leftOut: Record<LeftOutReason, number>;
  onDelivered: (() => void)[];
};

/** Of one agent in one report, so that a loud one keeps no quiet one waiting. */
const turnLinesMax = 100;
const reportLinesMax = 800;
const reportBytesMax = 1024 * 1024;

export function emptyQueue(deploymentId: string): LogQueue {
  const counts = { seq: 0, bytes: 0, minute: 0, minuteLines: 0, minuteBytes: 0 };
  return { deploymentId, waiting: [], ...counts, leftOut: { minute: 0, backlog: 0 }, onDelivered: [] };
}

/** The first that wait, in turns; without deployments when none does. */
export function nextReport(source: string, queues: Iterable<LogQueue>): HostLogReport {
  const deployments: HostLogReport["deployments"] = [];
  let [lines, bytes] = [0, 0];
  for (const queue of queues) {
    if (queue.waiting.length === 0) continue;
    const turn: ShippedLine[] = [];
    for (const line of queue.waiting.slice(0, turnLinesMax)) {
      if (lines >= reportLinesMax || bytes > reportBytesMax) break;
      turn.push(line);
      lines += 1;
      bytes += Buffer.byteLength(line.line);
    }
    if (turn.length === 0) break;
    deployments.push({ deploymentId: queue.deploymentId, lines: turn });
  }
  return { source, deployments };
}
