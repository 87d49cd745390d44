// Which lines of a deployment are kept: so many and so much in a minute and a day; what is left out is counted, and said in the log.
import { leftOutReasons, linesLeftOut, logCaps, type ShippedLine } from "~/runtime/contract/host-logs";
import { toStorableText } from "~/server/storable-text";
import type { DayCount } from "./intake.queries";

export type KeptLine = Omit<ShippedLine, "seq" | "at" | "leftOut"> & { at: Date };

/** Lines of a host that was cut off for long are put at the beginning of what can still be written. */
const latestMs = 24 * 3_600_000;

/** What the columns hold: an agent that shouts all day must not sink the report that its neighbours' lines are in. */
const untoldMax = 2_147_483_647;
const leftOutMax = Number.MAX_SAFE_INTEGER;

export type JudgedLines = { kept: KeptLine[]; count: DayCount };

/** `count` as the lines before left it. Answers it as these leave it. */
export function judgeLines(lines: readonly ShippedLine[], count: DayCount, now: Date): JudgedLines {
  const next = { ...count };
  const kept: KeptLine[] = [];
  for (const { at, seq: _seq, leftOut = 0, ...said } of lines) {
    const moment = boundedMoment(at, now);
    beginMinute(next, moment);
    const line = cutLine(said.line);
    const bytes = Buffer.byteLength(line);
    const reason = reasonToLeaveOut(next, bytes);
    next.leftOut = Math.min(next.leftOut + (leftOut || (reason === null ? 0 : 1)), leftOutMax);
    if (reason !== null) {
      next.untold = Math.min(next.untold + (leftOut || 1), untoldMax);
      if (reason === "day" && next.bytes <= logCaps.bytesPerDayMax) kept.push(lastOfDay(next, moment));
      continue;
    }
    if (next.untold > 0) kept.push(noticeOf(next, moment));
    kept.push({ ...said, line, at: moment, ...(line.length < said.line.length ? { isCut: true as const } : {}) });
    next.lines += 1;
    next.bytes += bytes;
    next.minuteLines += 1;
    next.minuteBytes += bytes;
  }
  return { kept, count: next };
}

function beginMinute(count: DayCount, at: Date): void {
  const minute = new Date(Math.floor(at.getTime() / 60_000) * 60_000);
  if (minute <= count.minute) return;
  Object.assign(count, { minute, minuteLines: 0, minuteBytes: 0 });
}

function reasonToLeaveOut(count: DayCount, bytes: number): keyof typeof leftOutReasons | null {
  if (count.bytes + bytes > logCaps.bytesPerDayMax) return "day";
  const isFast = count.minuteLines >= logCaps.linesPerMinuteMax || count.minuteBytes + bytes > logCaps.bytesPerMinuteMax;
  return isFast ? "minute" : null;
}

function noticeOf(count: DayCount, at: Date): KeptLine {
  const line = linesLeftOut(count.untold, leftOutReasons.minute);
  count.untold = 0;
  return { stream: "host", line, at };
}

/** What the day's room is used up by, whatever was left of it. */
function lastOfDay(count: DayCount, at: Date): KeptLine {
  count.bytes = logCaps.bytesPerDayMax + 1;
  return { stream: "host", line: `Nothing more of this version is kept today: ${leftOutReasons.day}.`, at };
}

function boundedMoment(at: string, now: Date): Date {
  const ms = Date.parse(at);
  return new Date(Math.min(Math.max(ms, now.getTime() - latestMs), now.getTime()));
}

/** By bytes, at a whole character. */
function cutLine(said: string): string {
  const line = toStorableText(said);
  if (line.length * 3 <= logCaps.lineBytesMax || Buffer.byteLength(line) <= logCaps.lineBytesMax) return line;
  const bytes = Buffer.from(line).subarray(0, logCaps.lineBytesMax);
  return bytes.toString("utf8").replace(/\ufffd+$/, "");
}
