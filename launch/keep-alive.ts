// Keeps an embedded server up: when it dies under us it is started again, on the same data.
import { LaunchProblem } from "./problem";
import { isRunning, type ProcessMark } from "./process-mark";
import { say } from "./show-step";
import type { UndoStack } from "./undo-stack";

export type Server = { url: string; process: ProcessMark | null; stop(): Promise<void> };

export type KeepOptions = { undo: UndoStack; onFailure: (problem: unknown) => void };

const lookEveryMs = 500;
/** A server that dies more often than this while we watch is broken. */
const deathsMax = 20;

/** Starts the server with `find` and looks after it until `undo` runs. */
export async function keepAlive<S extends Server>(name: string, find: () => Promise<S>, options: KeepOptions): Promise<S> {
  let found = find();
  let stopping = false;
  let deaths = 0;
  let looking: NodeJS.Timeout | undefined;
  options.undo.push(async () => {
    stopping = true;
    clearInterval(looking);
    const server = await found.catch(() => null); // it was reported where it was awaited
    await server?.stop();
  });
  const first = await found;
  let watched = first.process;
  looking = setInterval(() => {
    if (stopping || watched === null || isRunning(watched)) return;
    watched = null;
    found = revive();
    found.catch(options.onFailure);
  }, lookEveryMs);
  return first;

  async function revive(): Promise<S> {
    deaths += 1;
    if (deaths > deathsMax) throw new LaunchProblem(`${name} died ${deaths} times, so everything is stopped; look into its log.`);
    say(`${name} ended unexpectedly; starting it again`);
    const server = await find();
    if (server.url !== first.url)
      throw new LaunchProblem(`${name} had to move to another address because its port was taken: start again.`);
    watched = server.process;
    return server;
  }
}
