// Portkey's gateway as a peer: its own package, fetched beside the project for the measurement alone, in front of the same upstream.
import { existsSync } from "node:fs";
import path from "node:path";
import { findFreePort } from "~/launch/free-port";
import { runCommand } from "~/launch/run-command";
import { connects, type Running, startServer } from "./processes";

export type Portkey = Running<null> & { url: string };

const version = "1.15.2";
const home = path.resolve(`.cache/bench-portkey-${version}`);
const program = path.join(home, "node_modules/@portkey-ai/gateway/build/start-server.js");

/** Null where it cannot be had. */
export async function startPortkey(): Promise<Portkey | null> {
  if (!(await isFetched())) return null;
  const port = (await findFreePort("127.0.0.1")) ?? 0;
  const words = [program, `--port=${port}`, "--headless"];
  const running = await startServer(process.execPath, words, () => connects(port));
  return { ...running, url: `http://127.0.0.1:${port}` };
}

async function isFetched(): Promise<boolean> {
  if (existsSync(program)) return true;
  const words = ["install", "--prefix", home, "--ignore-scripts", "--no-audit", "--no-fund", `@portkey-ai/gateway@${version}`];
  await runCommand("npm", words, { timeoutMs: 300_000 });
  return existsSync(program);
}
