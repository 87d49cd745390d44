// What the address of the logs page asks for.
import type { LogSearch } from "./use-log-tail";

const streams = ["stdout", "stderr", "host"] as const;

export function logSearchOf(query: URLSearchParams): LogSearch {
  const read = (name: string, charactersMax: number) => query.get(name)?.trim().slice(0, charactersMax) ?? "";
  return {
    search: read("search", 200),
    stream: streams.find((stream) => stream === read("stream", 10)) ?? "",
    trace: read("trace", 40),
    session: read("session", 40),
  };
}

/** As the log is asked. */
export function linesAsked({ search, stream, trace, session }: LogSearch) {
  return {
    ...(search ? { search } : {}),
    ...(stream ? { stream } : {}),
    ...(trace ? { traceId: trace } : {}),
    ...(session ? { sessionId: session } : {}),
  };
}
