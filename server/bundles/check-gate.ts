// Lets few archives be checked at once in one process, each workspace in its turn, because each lies in memory as a whole meanwhile.
import { AppError } from "~/server/errors";

const checksAtOnce = 2;
const waitingMax = 256;
/** So that no workspace fills the line: as many as it may send at once. */
const waitingOfOneMax = 20;
const retryAfterSeconds = 5;

type Turn = () => void;

let inside = 0;
let waitingCount = 0;
/** In the order of whose turn is next: a workspace that sends many waits behind one that sends its first. */
const waiting = new Map<string, Turn[]>();

/** Resolves when it is this workspace's turn, with the function that ends the turn. Rejects with `RATE_LIMITED` when too many wait, of it or of all. */
export async function enterCheckGate(workspaceId: string): Promise<() => void> {
  if (inside < checksAtOnce) {
    inside += 1;
    return leave;
  }
  const own = waiting.get(workspaceId) ?? [];
  if (own.length >= waitingOfOneMax) throw tooMany("This workspace has many bundles checked or read right now.");
  if (waitingCount >= waitingMax) throw tooMany("Many bundles are being checked right now.");
  waitingCount += 1;
  await new Promise<void>((turn) => waiting.set(workspaceId, [...own, turn]));
  return leave;
}

/** Hands the place straight to the next workspace, which then goes to the end of the line. */
function leave(): void {
  const [next] = waiting;
  if (!next) {
    inside -= 1;
    return;
  }
  const [workspaceId, [turn, ...later]] = next;
  waiting.delete(workspaceId);
  if (later.length > 0) waiting.set(workspaceId, later);
  waitingCount -= 1;
  turn?.();
}

function tooMany(what: string): AppError {
  return new AppError("RATE_LIMITED", `${what} Try again in a few seconds.`, { details: { retryAfterSeconds } });
}
