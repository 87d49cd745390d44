// The host's own log: JSON lines on standard output. Nothing of a call and nothing of a grant is ever given to it; should a
// credential come with an error all the same, it is masked.
import pino, { type DestinationStream, type Logger } from "pino";
import { redactTokens } from "~/runtime/redaction/redact-tokens";

export type HostLog = Logger;

const causesMax = 4;

export function createHostLog(
  level: string,
  destination: DestinationStream = pino.destination({ dest: 1, sync: false }),
): HostLog {
  return pino(
    {
      level,
      base: { program: "agent-host" },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => describe(error, 0) },
      hooks: {
        logMethod(args, method) {
          const safe = args.map((arg) => (typeof arg === "string" ? redactTokens(arg) : arg));
          method.apply(this, safe as Parameters<typeof method>);
        },
      },
    },
    destination,
  );
}

/** What errors are made of, without what libraries hang on theirs. */
function describe(error: unknown, depth: number): unknown {
  if (!(error instanceof Error)) return typeof error === "string" ? redactTokens(error) : typeof error;
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: redactTokens(error.message),
    stack: redactTokens(error.stack ?? ""),
    ...(typeof code === "string" ? { code } : {}),
    ...(error.cause === undefined || depth >= causesMax ? {} : { cause: describe(error.cause, depth + 1) }),
  };
}
