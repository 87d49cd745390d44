// The period that usage is counted in: the subscription's, month by month, else the calendar month in UTC.

export type Period = { from: Date; to: Date };
type Paid = { periodStartsAt: Date | null; periodEndsAt: Date | null };

/** A year that was paid at once is counted in months from its first day. Pure. */
export function periodOf({ periodStartsAt: start, periodEndsAt: end }: Paid, now: Date): Period {
  if (!start || !end || now < start || now >= end) return calendarMonth(now);
  let months = 0;
  while (monthsAfter(start, months + 1) <= now) months += 1;
  const to = monthsAfter(start, months + 1);
  return { from: monthsAfter(start, months), to: to < end ? to : end };
}

/** The same day of a later month, or the month's last when it is shorter. */
function monthsAfter(start: Date, months: number): Date {
  const then = new Date(start);
  then.setUTCDate(1);
  then.setUTCMonth(then.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(then.getUTCFullYear(), then.getUTCMonth() + 1, 0)).getUTCDate();
  then.setUTCDate(Math.min(start.getUTCDate(), lastDay));
  return then;
}

function calendarMonth(now: Date): Period {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  return { from: new Date(Date.UTC(year, month, 1)), to: new Date(Date.UTC(year, month + 1, 1)) };
}
