// The zip that AgentCore runs: the customer's module and, beside it, our program around it. Bundled once per process of ours.
import { dirname } from "node:path";
import { build } from "esbuild";
import { zipSync } from "fflate";
import { locateSource } from "~/runtime/locate-source";

/** AgentCore starts Node with this file. */
export const entryFile = "main.js";

/** What it unpacks must be readable by whoever runs it there. */
const readable = 0o644 << 16;
const unix = 3;
/** The same input makes the same bytes. */
const mtime = new Date("2020-01-01T00:00:00Z");

let program: Promise<Uint8Array> | null = null;

export async function packCode(module: string): Promise<Uint8Array> {
  program ??= bundleProgram();
  const file = { level: 6, mtime, os: unix, attrs: readable } as const;
  return zipSync({
    [entryFile]: [await program, file],
    "agent.mjs": [Buffer.from(module, "utf8"), file],
    "package.json": [Buffer.from('{"type":"module"}'), file],
  });
}

async function bundleProgram(): Promise<Uint8Array> {
  const entry = locateSource("runtime/handler/node-target.ts");
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    alias: { "~": dirname(dirname(dirname(entry))) },
    tsconfigRaw: {},
    logLevel: "silent",
  });
  const [file] = result.outputFiles;
  if (!file) throw new Error("The program around a bundle came out empty.");
  return file.contents;
}
