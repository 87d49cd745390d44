// What of a process's output is its agent's, and what is only its runtime talking to itself.
import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { expect, it } from "vitest";
import { createAgentLog } from "./agent-log";
import type { LineCleaner, OnCleanLine } from "./clean-lines";
import { readOutput } from "./read-output";

const asItIs = (onLine: OnCleanLine): LineCleaner => ({ push: (line, call = null) => onLine(line, call), end: () => undefined });
const startNotice =
  "Unable to find and open the program executable, so unable to determine if there is a compiled-in config file. " +
  "Proceeding on the assumption that there is not.";

async function linesOf(stderr: string): Promise<string[]> {
  const log = createAgentLog();
  const stream = new PassThrough();
  readOutput({ stdout: null, stderr: stream, log, clean: asItIs, onHang: () => undefined });
  stream.end(stderr);
  await finished(stream);
  return log.tail(100).map(({ line }) => line);
}

it("what workerd says of its own start is no output of the agent", async () => {
  expect(await linesOf(`${startNotice}\nTypeError: mine\n`)).toEqual(["TypeError: mine"]);
});

it("an agent that speaks of it is heard", async () => {
  const own = `It said: ${startNotice}`;
  expect(await linesOf(`${own}\n`)).toEqual([own]);
});
