// What an agent prints inside its isolate, masked before it goes anywhere: to the vendor's own log, and to the store that the house reads.
import type { HostLogLine } from "~/runtime/contract/host-protocol";
import type { MaskCompiler, TextMask } from "~/runtime/redaction/mask-text";
import { createNameRedactor } from "~/runtime/redaction/redact-named";
import { redactTokens } from "~/runtime/redaction/redact-tokens";

type Stream = "stdout" | "stderr";
type Print = (...values: unknown[]) => void;

export type PrintedLines = {
  print(stream: Stream, text: string): void;
  /** Everything since the last time, what was held back included. */
  take(): HostLogLine[];
};

const waitingMax = 500;
const lineCharactersMax = 8_000;
/** Far more than a line keeps: a value that is cut here in the middle of a secret is cut again, once it is masked, long before. */
const valueCharactersMax = 64_000;

/** From here on `console` prints through the mask. `names`: the agent's configured keys. */
export function capturePrinted(mask: MaskCompiler, names: readonly string[]): PrintedLines {
  const vendor = globalThis.console;
  const vendors = { stdout: vendor.log.bind(vendor), stderr: vendor.error.bind(vendor) };
  const printed = collectLines(mask, names, vendors);
  const printTo =
    (stream: Stream) =>
    (...values: unknown[]) =>
      printed.print(stream, values.map(toText).join(" "));
  const ours: Record<string, Print> = {
    log: printTo("stdout"),
    info: printTo("stdout"),
    debug: printTo("stdout"),
    trace: printTo("stderr"),
    warn: printTo("stderr"),
    error: printTo("stderr"),
    dir: printTo("stdout"),
    table: printTo("stdout"),
  };
  Object.assign(vendor, ours);
  return printed;
}

function collectLines(mask: MaskCompiler, names: readonly string[], vendors: Record<Stream, Print>): PrintedLines {
  const redactNamed = createNameRedactor(names);
  const open: Record<Stream, { mask: TextMask; rest: string }> = {
    stdout: { mask: mask.open(), rest: "" },
    stderr: { mask: mask.open(), rest: "" },
  };
  let waiting: HostLogLine[] = [];

  function emit(stream: Stream, text: string): void {
    const lines = (open[stream].rest + text).split("\n");
    open[stream].rest = lines.pop() ?? "";
    for (const whole of lines) {
      const line = redactNamed(redactTokens(whole)).slice(0, lineCharactersMax);
      vendors[stream](line);
      if (waiting.length < waitingMax) waiting.push({ at: new Date().toISOString(), stream, line });
    }
  }

  return {
    print: (stream, text) => emit(stream, open[stream].mask.push(`${text}\n`)),
    take() {
      for (const stream of ["stdout", "stderr"] as const) {
        emit(stream, open[stream].mask.flush());
        if (open[stream].rest !== "") emit(stream, "\n");
      }
      const taken = waiting;
      waiting = [];
      return taken;
    },
  };
}

function toText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return value.stack ?? String(value);
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, valueCharactersMax);
  } catch {
    return String(value);
  }
}
