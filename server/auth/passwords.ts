// Passwords: bcrypt, cost 12, with the same work done whether or not there is a hash to compare with (MISSION B1).
import { compare, hash } from "@node-rs/bcrypt";
import { AppError } from "~/server/errors";

const cost = 12;

/** bcrypt runs on the thread pool that files and name look-ups use too: some threads stay free for them. */
const runningMax = 2;
const waitingMax = 100;

/** A hash of 32 random bytes that nobody kept: no password matches it. Same cost as the real ones. */
const nobodysHash = "$2b$12$daJA2bT68PAcjUggkxhA6ubUwL6e52zXFrkrKn/EDIYb0suEd.odK";

let running = 0;
const waiting: (() => void)[] = [];

/** Rejects with `RATE_LIMITED` when too many sign-ins wait already. */
export function hashPassword(password: string): Promise<string> {
  return takingTurns(() => hash(password, cost));
}

/** Compares with `passwordHash`, or with a hash that nothing matches when there is none: an outsider sees no difference. */
export function passwordMatches(password: string, passwordHash: string | null): Promise<boolean> {
  return takingTurns(async () => {
    const matches = await compare(password, passwordHash ?? nobodysHash);
    return matches && passwordHash !== null;
  });
}

async function takingTurns<T>(work: () => Promise<T>): Promise<T> {
  if (running >= runningMax) await nextTurn();
  else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

/** Whoever ends hands its place over, so `running` stays as it is. */
function nextTurn(): Promise<void> {
  if (waiting.length >= waitingMax) {
    throw new AppError("RATE_LIMITED", "Too many people are signing in at this moment. Try again in a few seconds.", {
      details: { retryAfterSeconds: 5 },
    });
  }
  return new Promise((resolve) => waiting.push(resolve));
}
