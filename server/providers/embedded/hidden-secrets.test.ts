// What other programs on this machine can read of an agent's secrets while it runs and while it is started anew: as anybody, and as
// the agent's own user. Memory is not looked into: whoever may debug a process of that user reads it, as with every program.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildPlacement, invocationOf, startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";

const [older, newer] = ["canary-older-8a41-of-the-process", "canary-newer-8a41-of-the-process"];
const nobody = 65_534;
const idle = new AbortController().signal;

let host: TestAgentHost;
beforeAll(async () => {
  host = await startTestAgentHost();
});
afterAll(() => host.stop());

function runningPids(): number[] {
  const run = join(host.directory, "agent-host/run");
  const notes = readdirSync(run).filter((file) => file.endsWith(".process.json"));
  return notes.map((file) => (JSON.parse(readFileSync(join(run, file), "utf8")) as { pid: number }).pid);
}

/** Everything that such a user can read of the process and of the host's folders; what is refused is simply not there. */
function readableAs(uid: number | null, pid: number): string {
  const script = `cat /proc/${pid}/cmdline /proc/${pid}/environ; ls -l /proc/${pid}/fd; for f in /proc/${pid}/fd/*; do [ -f "$f" ] && head -c 2000000 "$f"; done; find ${host.directory} -type f -exec cat {} +`;
  const as = uid === null ? [] : ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
  const [command = "sh", ...args] = [...as, "sh", "-c", `(${script}) 2>/dev/null; true`];
  return execFileSync(command, args, { maxBuffer: 512 * 1024 * 1024 }).toString("latin1");
}

/** As root every user can be tried; without, only one's own. */
function usersOf(pid: number): (number | null)[] {
  return process.getuid?.() === 0 ? [null, nobody, statSync(`/proc/${pid}`).uid] : [null];
}

function expectHidden(hidden: readonly string[]): void {
  const pids = runningPids();
  expect(pids.length).toBeGreaterThan(0);
  for (const pid of pids) {
    for (const uid of usersOf(pid)) {
      const read = readableAs(uid, pid);
      if (uid !== nobody) expect(read).toContain("workerd");
      for (const text of hidden) expect(read.includes(text), `user ${uid ?? "own"} reads ${text.slice(0, 12)}…`).toBe(false);
    }
  }
}

it("no user reads a secret from a command line, an environment, an open file or a folder, before and after a refresh", async () => {
  const placement = await buildPlacement(host.provider, "export default (_r, { env }) => String(env.API_SECRET.length);");
  host.house.env.set(placement.deploymentId, { API_SECRET: older });
  await host.provider.deploy(placement, { signal: idle });
  await host.provider.invoke(placement, invocationOf("?"), { signal: idle });
  const key = host.house.keyOf(placement.deploymentId);
  expectHidden([older, key]);
  host.house.env.set(placement.deploymentId, { API_SECRET: newer });
  await host.provider.refreshSecrets(placement, { signal: idle });
  expect((await host.provider.invoke(placement, invocationOf("?"), { signal: idle })).output.text).toBe(String(newer.length));
  expect(runningPids()).toHaveLength(1);
  expectHidden([older, newer, key]);
});
