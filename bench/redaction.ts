// What redaction costs: megabytes of log text and of an agent's answer per second, beside JSON.stringify and a plain copy.
//
// Run with: node launch/bootstrap.mjs bench redaction
// Rates are of the processor's time, for this is one thread's work: a busy machine does not spoil them. Hostile texts are made to
// be slow; how slow, against ordinary text of the same length, is the promise that redaction cannot be used to stop the product.
import os from "node:os";
import { compileMask, compileMaskInTurns, type MaskCompiler } from "~/runtime/redaction/mask-text";
import { redactTokens } from "~/runtime/redaction/redact-tokens";

const rounds = 9;
const megabyte = 1_000_000;
const goals = { answerMbPerSecond: 20, logMbPerSecond: 10, hostileShare: 1 / 12, hostileAnswerMbPerSecond: 8, turnMs: 50 };

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
  "plus signs between escapes": "%73+",
  ampersands: "&#1",
  backslashes: "\\",
  "line breaks": "\n",
};

function mbPerSecond(characters: number, act: () => unknown): number {
  const from = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(from);
  return characters / Math.max(1, user + system);
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
      goals.hostileAnswerMbPerSecond,
    );
  }
}

say("Building what finds the values: as much as one agent may hold, 256 KiB");
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** By chance, but the same each time. */
const drawn = (count: number, length: number) => {
  let state = 1;
  const draw = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return letters[(state >> 12) % letters.length];
  };
  return Array.from({ length: count }, () => Array.from({ length }, draw).join(""));
};
const shares: Record<string, string[]> = {
  "16 values of 16 KiB": drawn(16, 16_384),
  "200 values of 1.3 KiB": drawn(200, 1_310),
  "16 values of 1,800 lines": drawn(16, 14_560).map((value) => value.replace(/.{8}/g, "$&\n")),
};
for (const [name, values] of Object.entries(shares)) {
  let [longest, isOn, last] = [0, true, performance.now()];
  const watch = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (isOn) setImmediate(watch);
  };
  setImmediate(watch);
  const from = performance.now();
  await compileMaskInTurns(values);
  const wholeMs = performance.now() - from;
  await new Promise((resolve) => setImmediate(resolve));
  isOn = false;
  const verdict = longest <= goals.turnMs ? "met" : "MISSED";
  say(
    `  ${name.padEnd(44)} ${wholeMs.toFixed(0).padStart(8)} ms, longest turn ${longest.toFixed(1)} ms (goal ${goals.turnMs}: ${verdict})`,
  );
}
