// Counts the work behind an answer: every statement to PostgreSQL and every command to Redis that one act caused. Counted, never timed.
import { AsyncLocalStorage } from "node:async_hooks";
import { Redis } from "ioredis";
import pg from "pg";

export type Work = {
  /** The statements in their order, without their values. */
  statements: string[];
  redis: string[];
  /** Password hashes, for tests that hand `noteHash` to bcrypt. */
  hashes: number;
};

const recording = new AsyncLocalStorage<Work>();

/** Runs `act`; acts that run at the same moment are told apart. */
export async function recordWork<Answer>(act: () => Promise<Answer>): Promise<{ answer: Answer; work: Work }> {
  const work: Work = { statements: [], redis: [], hashes: 0 };
  const answer = await recording.run(work, act);
  return { answer, work };
}

export function noteHash(): void {
  const work = recording.getStore();
  if (work) work.hashes += 1;
}

/** The statements that changed rows and were not rolled back. */
export function writesOf(work: Work): string[] {
  const kept: string[] = [];
  let open: string[] | null = null;
  for (const statement of work.statements) {
    const word = /^\W*(\w+)/.exec(statement)?.[1]?.toLowerCase() ?? "";
    if (word === "begin" || word === "start") open = [];
    else if (word === "rollback") open = null;
    else if (word === "commit") kept.push(...(open ?? []));
    else if (isWrite(statement)) (open ?? kept).push(statement);
    if (word === "commit") open = null;
  }
  return kept;
}

function isWrite(statement: string): boolean {
  return /\b(insert into|update "|delete from|truncate)/i.test(statement);
}

type Query = (...given: unknown[]) => unknown;

const client = pg.Client.prototype as unknown as { query: Query };
const query = client.query;
client.query = function (this: unknown, ...given) {
  const text = textOf(given[0]);
  if (text && !isAside(text)) recording.getStore()?.statements.push(text);
  return query.apply(this, given);
};

const sendCommand = Redis.prototype.sendCommand;
Redis.prototype.sendCommand = function (this: Redis, ...given) {
  recording.getStore()?.redis.push(given[0].name);
  return sendCommand.apply(this, given);
};

/** What the pool asks of a new connection, and what a timer writes down of keys that were used: not the act's doing. */
function isAside(statement: string): boolean {
  return statement === "select current_user" || /^\s*with used as \(/.test(statement);
}

function textOf(asked: unknown): string | null {
  if (typeof asked === "string") return asked;
  const isQuery = typeof asked === "object" && asked !== null && "text" in asked && typeof asked.text === "string";
  return isQuery ? (asked.text as string) : null;
}
