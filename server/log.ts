// Structured logs: JSON lines on standard output, redacted before they are written (MISSION F6).
import pino, { type DestinationStream, type Logger } from "pino";
import { reportedErrors } from "./observability/reported-errors";
import { redactText } from "./redaction/redact-text";
import { redactValue } from "./redaction/redact-value";

export type Log = Logger;

/** pino's number for `error`. */
const errorLevel = 50;

/** A logger for one process; `program` is on every line. Field names, known token shapes and errors are made safe here. */
export function createLog(options: { program: string; level: string; destination?: DestinationStream }): Log {
  const log = pino(
    {
      level: options.level,
      base: { program: options.program },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      // `formatters.log` has already turned errors into plain, safe objects.
      serializers: { err: (error: unknown) => error },
      hooks: {
        logMethod(args, method, level) {
          if (level >= errorLevel) reportedErrors(args[0]);
          method.apply(this, redactMessages(args) as Parameters<typeof method>);
        },
      },
    },
    options.destination ?? pino.destination({ dest: 1, sync: false }),
  );
  return redactingChildren(log);
}

/** pino formats the bindings of the first logger only; children inherit this method and so pass their own through it. */
function redactingChildren(log: Logger): Logger {
  const child = log.child;
  return Object.assign(log, {
    child(this: Logger, ...[bindings, options]: Parameters<Logger["child"]>) {
      return child.call(this, redactFields(bindings), options);
    },
  });
}

function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  return redactValue(fields) as Record<string, unknown>;
}

/** The object in front goes through `formatters.log`; messages and what is put into their placeholders are made safe here. */
function redactMessages([first, ...rest]: readonly unknown[]): unknown[] {
  if (first instanceof Error && rest.length === 0) return [{ err: first }, redactText(first.message)];
  const front = typeof first === "string" ? redactText(first) : first;
  return [front, ...rest.map((placed) => redactValue(placed))];
}
