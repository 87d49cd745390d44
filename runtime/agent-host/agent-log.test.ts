// An agent that prints more than anybody reads loses its own lines, cheaply and visibly, and never what the host has to say.
import { expect, it } from "vitest";
import { createAgentLog } from "./agent-log";

function openLog() {
  let now = 0;
  const log = createAgentLog({ now: () => now });
  const print = (line: string) => log.admits(line) && log.write("stdout", line);
  const pass = (ms: number) => {
    now += ms;
  };
  return { log, print, pass };
}

it("keeps a burst, then so many lines a second, and says how many it left out", () => {
  const { log, print, pass } = openLog();
  for (let n = 0; n < 1_500; n += 1) print(`line ${n}`);
  pass(1_000);
  print("later");
  const lines = log.tail(1_000).map(({ line }) => line);
  expect(lines.at(-1)).toBe("later");
  expect(lines.at(-2)).toMatch(/^500 lines were left out/);
  expect(lines).toHaveLength(1_000);
});

it("says so also when the agent never prints again", () => {
  const { log, print } = openLog();
  for (let n = 0; n < 1_200; n += 1) print(`line ${n}`);
  expect(log.tail(1)[0]).toMatchObject({ stream: "host", line: expect.stringMatching(/^200 lines were left out/) });
});

it("counts a long line as many", () => {
  const { log, print } = openLog();
  for (let n = 0; n < 100; n += 1) print("x".repeat(16_384));
  const kept = log.tail(1_000).filter(({ stream }) => stream === "stdout");
  expect(kept.length).toBeLessThan(40);
  expect(kept[0]?.line.length).toBeLessThanOrEqual(4_097);
});

it("never loses a line of the host", () => {
  const { log, print } = openLog();
  for (let n = 0; n < 5_000; n += 1) print("flood");
  log.write("host", "The agent was stopped.");
  expect(log.tail(2).map(({ line }) => line)).toContain("The agent was stopped.");
});
