// What a measurement prints: lines for people, and for each figure that has a goal a verdict, which `bench --write` keeps in docs/benchmarks.md.

/** `measured` with its unit; ratios as 1.23×. */
export type BenchRow = { what: string; goal: string; measured: string; isMet: boolean };

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A figure that misses its goal ends the measurement with code 1. */
export function sayRow(row: BenchRow): void {
  say(`${row.isMet ? "ok  " : "MISS"} ${row.what}: ${row.measured} (goal ${row.goal})`);
  if (!row.isMet) process.exitCode = 1;
}
