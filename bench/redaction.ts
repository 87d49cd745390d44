// What redaction costs: megabytes of log text and of an agent's answer per second, beside JSON.stringify and a plain copy.
//
// Run with: node launch/bootstrap.mjs bench redaction
// The ways take turns round by round, so a busy machine spoils the absolute numbers and not the ratios. Hostile texts are made to
// be slow; how slow, against ordinary text of the same length, is the promise that redaction cannot be used to stop the product.
import os from "node:os";
import { compileMask, type MaskCompiler } from "~/runtime/redaction/mask-text";
import { redactTokens } from "~/runtime/redaction/redact-tokens";

const rounds = 9;
const megabyte = 1_000_000;
const goals = { answerMbPerSecond: 20, logMbPerSecond: 10, hostileShare: 1 / 12 };

const line =
  "2026-11-22T10:00:00.000Z the deployment dep_01JD2ZK5V3W8Q9R7T6Y5X4C3B2 went from placed to probed in 12 ms (trc_01JD2ZK5V3W8Q9R7T6Y5X4C3B2)\n";
const ordinary = line.repeat(megabyte / line.length);
/** What a model writes: words, and many little pieces. */
const pieces = ordinary.match(/.{1,5}\s?/g) ?? [];

const secret = (place: number) => `sk-bench-${place}-${"pQ7x".repeat(8)}%&"`;
const masks: [string, MaskCompiler][] = [1, 10, 200].map((count) => [
  `${count} secrets`,
  compileMask(Array.from({ length: count }, (_, place) => secret(place))),
]);

const hostileTokens: Record<string, string> = {
  "beginnings of keys": "-----BEGIN PRIVATE KEY-----",
  "beginnings of tokens": "eyJ",
  addresses: "ab://c:d",
  names: "password",
  "names with values": "token=",
  "words without end": "a",
  "digits and colons": "12345678:",
};
const hostileAnswers: Record<string, string> = {
  "beginnings of a value": "sk-bench-",
  "percent signs": "%",
  "percent escapes": "%73%6b",
  ampersands: "&#1",
  backslashes: "\\",
  "line breaks": "\n",
};

function mbPerSecond(characters: number, act: () => unknown): number {
  const from = performance.now();
  act();
  return characters / 1_000 / (performance.now() - from);
}

function median(act: () => unknown, characters: number): number {
  const rates = Array.from({ length: rounds }, () => mbPerSecond(characters, act)).sort((a, b) => a - b);
  return rates[Math.floor(rounds / 2)] ?? 0;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function report(what: string, rate: number, goal?: number): void {
  const verdict = goal === undefined ? "" : rate >= goal ? `  (goal ${goal}: met)` : `  (goal ${goal}: MISSED)`;
  say(`  ${what.padEnd(44)} ${rate.toFixed(1).padStart(8)} MB/s${verdict}`);
}

say(`${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]?.toFixed(1)}`);
const buffer = Buffer.from(ordinary);
say("In the same run, for comparison");
report(
  "a copy of the bytes",
  median(() => Buffer.from(buffer), ordinary.length),
);
const stringify = median(() => JSON.stringify(ordinary), ordinary.length);
report("JSON.stringify", stringify);

say("Log lines: known shapes of credentials");
const lines = ordinary.split("\n");
const logRate = median(() => lines.map(redactTokens), ordinary.length);
report("line by line", logRate, goals.logMbPerSecond);
say(`  ${(logRate / stringify).toFixed(2)} of JSON.stringify`);
for (const [name, part] of Object.entries(hostileTokens)) {
  const text = part.repeat(megabyte / part.length);
  report(
    `hostile: ${name}`,
    median(() => redactTokens(text), text.length),
    logRate * goals.hostileShare,
  );
}

say("An agent's answer: configured values, in pieces of a few characters");
for (const [name, mask] of masks) {
  const act = () => {
    const open = mask.open();
    for (const piece of pieces) open.push(piece);
    return open.flush();
  };
  const rate = median(act, ordinary.length);
  report(name, rate, goals.answerMbPerSecond);
  for (const [kind, part] of Object.entries(hostileAnswers)) {
    const text = part.repeat(megabyte / part.length);
    report(
      `  hostile: ${kind}`,
      median(() => mask.mask(text), text.length),
      rate * goals.hostileShare,
    );
  }
}
