// Sends unforeseen errors to Sentry where a DSN is configured: what went wrong and where in our code, nothing of who asked for what (MISSION G6).
import type { ErrorEvent, StackFrame } from "@sentry/node";
import type { Config } from "~/server/config";
import { plainWords } from "./plain-words";
import { reportErrorsTo } from "./reported-errors";

export type ErrorReports = {
  /** Sends what is still under way. */
  close(): Promise<void>;
};

const closeTimeoutMs = 3_000;
const framesMax = 50;
const minuteMs = 60_000;
/** Whoever finds a way to fail on purpose must not use up what the installation pays for; the log has all of them. */
const reportsPerMinuteMax = 60;

/** Null when no DSN is configured: then nothing is loaded. */
export async function startErrorReports(
  config: Pick<Config, "errorReports" | "environment">,
  program: string,
): Promise<ErrorReports | null> {
  const { dsn, release } = config.errorReports;
  if (!dsn) return null;
  const sentry = await import("@sentry/node");
  sentry.init({
    dsn,
    environment: config.environment,
    ...(release ? { release } : {}),
    // Nothing looks into requests, modules or the console by itself, and no breadcrumb is kept.
    defaultIntegrations: false,
    integrations: [],
    maxBreadcrumbs: 0,
    sendClientReports: false,
    beforeSend: scrubbed,
  });
  const mayReport = boundPerMinute(reportsPerMinuteMax);
  reportErrorsTo((error, facts) => {
    if (mayReport()) sentry.captureException(error, { tags: { program, ...facts } });
  });
  return {
    close: async () => {
      reportErrorsTo(null);
      await sentry.close(closeTimeoutMs);
    },
  };
}

function boundPerMinute(max: number): () => boolean {
  let [began, count] = [performance.now(), 0];
  return () => {
    const now = performance.now();
    if (now - began >= minuteMs) [began, count] = [now, 0];
    count += 1;
    return count <= max;
  };
}

/** A new event of allowed parts only: what a later version of the SDK would add is left out as well. */
function scrubbed(event: ErrorEvent): ErrorEvent {
  const { event_id, timestamp, platform, level, environment, release, exception, tags } = event;
  const values = exception?.values?.map(({ type, value, stacktrace }) => ({
    ...(type ? { type: plainWords(type) } : {}),
    value: plainWords(value ?? ""),
    stacktrace: { frames: (stacktrace?.frames ?? []).slice(-framesMax).map(plainFrame) },
  }));
  const named = Object.entries(tags ?? {}).map(([name, tag]) => [name, plainWords(String(tag))]);
  const sent = { event_id, timestamp, platform, level, environment, release, tags: Object.fromEntries(named) };
  const present = Object.fromEntries(Object.entries(sent).filter(([, part]) => part !== undefined));
  return { ...present, type: undefined, exception: { values: values ?? [] } };
}

/** Place and name of a function; neither lines of code nor values of variables. */
function plainFrame({ filename, function: name, lineno, colno, in_app }: StackFrame): StackFrame {
  const frame = { filename, function: name, lineno, colno, in_app };
  return Object.fromEntries(Object.entries(frame).filter(([, part]) => part !== undefined));
}
