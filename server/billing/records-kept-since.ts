// How far back records are kept: seven years from each record's own date (MISSION H4).

const recordsKeptYears = 7;
const dayMs = 86_400_000;

/** A day earlier than PostgreSQL counts, so that what it still keeps is never asked for. Pure. */
export function recordsKeptSince(now: Date): Date {
  const then = new Date(now.getTime() - dayMs);
  then.setUTCFullYear(then.getUTCFullYear() - recordsKeptYears);
  return then;
}
