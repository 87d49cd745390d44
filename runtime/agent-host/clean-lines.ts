// What an agent prints, made fit to be kept: secret values and credentials masked, positions mapped to the author's files.
import type { MaskCompiler } from "~/runtime/redaction/mask-text";
import { createNameRedactor } from "~/runtime/redaction/redact-named";
import { redacted, redactTokens } from "~/runtime/redaction/redact-tokens";
import type { CallName } from "./calls-underway";

/** `call`: whose line it is, as far as that is known when it comes; it is said again when the line is clean. */
export type LineCleaner = { push(line: string, call?: CallName | null): void; end(): void };
export type OnCleanLine = (line: string, call: CallName | null) => void;

export type CleanerParts = {
  mask: MaskCompiler;
  /** The agent's configured keys. */
  names: readonly string[];
  mapStack(text: string): string;
};

/** How long a line waits whose end may be the beginning of a value that goes on in the next. */
const waitMs = 500;
/** A private key that never ends is no private key. */
const keyLinesMax = 120;

/** One for each stream of output: a value is found also when its pieces come in several writes, which arrive as several lines. */
export function openLineCleaner(parts: CleanerParts, onLine: OnCleanLine): LineCleaner {
  const mask = parts.mask.open();
  const redactNamed = createNameRedactor(parts.names);
  const redactKeys = createKeyRedactor();
  let timer: NodeJS.Timeout | undefined;
  let rest = "";
  let calls: (CallName | null)[] = [];

  function emit(text: string): void {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(redactNamed(redactTokens(redactKeys(parts.mapStack(line)))), calls.shift() ?? null);
  }

  function release(): void {
    clearTimeout(timer);
    timer = undefined;
    emit(mask.flush());
    // A masked value that went over several lines is one line now: what is left over belongs to none.
    calls = [];
  }

  return {
    push(line, call = null) {
      clearTimeout(timer);
      calls.push(call);
      emit(mask.push(`${line}\n`));
      timer = setTimeout(release, waitMs).unref();
    },
    end() {
      release();
      if (rest !== "") emit("\n");
    },
  };
}

/** A private key printed line by line, of which no single line looks like one. */
function createKeyRedactor(): (line: string) => string {
  let left = 0;
  return (line) => {
    if (left > 0) {
      left = line.includes("-----END ") ? 0 : left - 1;
      return redacted;
    }
    if (/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/.test(line) && !line.includes("-----END ")) left = keyLinesMax;
    return line;
  };
}
