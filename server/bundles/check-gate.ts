// Lets few archives be checked at once in one process, because each lies in memory as a whole meanwhile.
import { AppError } from "~/server/errors";

const checksAtOnce = 2;
const waitingMax = 16;
const retryAfterSeconds = 5;

let inside = 0;
const waiting: (() => void)[] = [];

/** Resolves when it is this archive's turn, with the function that ends the turn. Rejects with `RATE_LIMITED` when too many wait. */
export async function enterCheckGate(): Promise<() => void> {
  if (inside >= checksAtOnce) {
    if (waiting.length >= waitingMax) {
      throw new AppError("RATE_LIMITED", "Many uploads are being checked right now. Try again in a few seconds.", {
        details: { retryAfterSeconds },
      });
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    inside += 1;
  }
  return leave;
}

/** Hands the place straight to whoever waits longest. */
function leave(): void {
  const next = waiting.shift();
  if (next) next();
  else inside -= 1;
}
