// What an agent prints, as it prints it: the lines that the page loaded, then each as it comes. Can be held still to read.
import { useEffect, useState } from "react";
import type { AgentPlace } from "~/app/paths";
import type { LogLine } from "~/server/logs/logs.contract";

export type LogSearch = { search: string; stream: LogLine["stream"] | ""; trace: string; session: string };

const linesMax = 2_000;
const historyMax = 200;

/** `isLive` false: nothing is asked for, and what stands there stays. Another question needs another instance: lines are only ever added. */
export function useLogTail(loaded: LogLine[], { at, asked, isLive }: { at: AgentPlace; asked: LogSearch; isLive: boolean }) {
  const [lines, setLines] = useState(loaded);
  const [isConnected, setIsConnected] = useState(false);
  useEffect(() => setLines((before) => joined(loaded, before)), [loaded]);
  const { workspaceId, agentId } = at;
  const { search, stream, trace, session } = asked;
  useEffect(() => {
    setIsConnected(false);
    if (!isLive) return;
    let isGone = false;
    let stop = () => {};
    void import("~/app/browser-api").then(({ browserApi }) => {
      if (isGone) return;
      const subscription = browserApi(workspaceId).logs.tail.subscribe(
        {
          agentId,
          history: historyMax,
          ...(search ? { search } : {}),
          ...(stream ? { stream } : {}),
          ...(trace ? { traceId: trace } : {}),
          ...(session ? { sessionId: session } : {}),
        },
        {
          onStarted: () => setIsConnected(true),
          onData: (tail) => setLines((before) => joined(before, tail.lines)),
          onConnectionStateChange: ({ state }) => setIsConnected(state === "pending"),
          onError: () => setIsConnected(false),
        },
      );
      stop = () => subscription.unsubscribe();
    });
    return () => {
      isGone = true;
      stop();
    };
  }, [workspaceId, agentId, search, stream, trace, session, isLive]);
  return { lines, isConnected };
}

/** Each line once, in the order in which they were printed; the newest of too many. */
export function joined(before: readonly LogLine[], added: readonly LogLine[]): LogLine[] {
  const known = new Map([...before, ...added].map((line) => [line.id, line]));
  return [...known.values()].sort((a, b) => a.id - b.id).slice(-linesMax);
}
