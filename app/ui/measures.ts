// Numbers and spans of time in words that line up.
const counts = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const shortCounts = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export function countWords(count: number): string {
  return Math.abs(count) < 100_000 ? counts.format(count) : shortCounts.format(count);
}

/** `4 agents`, `1 agent`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${countWords(count)} ${count === 1 ? one : many}`;
}

export function bytesWords(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  const [divisor, unit] = bytes < 1_048_576 ? [1_024, "KiB"] : [1_048_576, "MiB"];
  return `${counts.format(bytes / Number(divisor))} ${unit}`;
}

export function spanWords(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${counts.format(ms / 1_000)} s`;
  if (ms < 3_600_000) return minutesWords(Math.round(ms / 1_000));
  return `${counts.format(ms / 3_600_000)} h`;
}

function minutesWords(seconds: number): string {
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} min${rest > 0 ? ` ${rest} s` : ""}`;
}

export function shareWords(part: number, whole: number): string {
  return whole === 0 ? "0 %" : `${counts.format((part / whole) * 100)} %`;
}

export function dollarsWords(amount: number): string {
  if (amount > 0 && amount < 0.0001) return "under $0.0001";
  const digits = amount !== 0 && Math.abs(amount) < 1 ? 4 : 2;
  return `$${amount.toFixed(digits)}`;
}

const steps: [limitMs: number, unitMs: number, unit: string][] = [
  [3_600_000, 60_000, "min"],
  [86_400_000, 3_600_000, "h"],
  [30 * 86_400_000, 86_400_000, "d"],
];

export function agoWords(at: Date, now: number): string {
  const ms = now - at.getTime();
  if (Math.abs(ms) < 45_000) return "just now";
  const step = steps.find(([limitMs]) => Math.abs(ms) < limitMs);
  if (!step) return dayWords(at);
  const amount = Math.max(1, Math.round(Math.abs(ms) / step[1]));
  return ms >= 0 ? `${amount} ${step[2]} ago` : `in ${amount} ${step[2]}`;
}

/** `22 Nov 2026`, in UTC so that server and browser agree. */
export function dayWords(at: Date): string {
  return at.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}

/** `2026-11-22 04:31:07 UTC`. */
export function exactWords(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `22 Nov 14:00`, UTC so that server and browser agree. */
export function hourWords(at: Date): string {
  const day = at.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  return `${day} ${at.toISOString().slice(11, 16)}`;
}
