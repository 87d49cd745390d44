// Our own workers as module text, bundled once when the host starts.
import { dirname } from "node:path";
import { build } from "esbuild";
import { locateSource } from "~/runtime/locate-source";

export type HostWorkers = { telemetryShim: string; sessionStore: string };

export async function loadHostWorkers(): Promise<HostWorkers> {
  const [telemetryShim, sessionStore] = await Promise.all([bundleWorker("telemetry-shim"), bundleWorker("session-store")]);
  return { telemetryShim, sessionStore };
}

async function bundleWorker(name: string): Promise<string> {
  const entry = locateSource(`runtime/agent-host/workers/${name}.ts`);
  const root = dirname(dirname(dirname(dirname(entry))));
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    treeShaking: true,
    minifySyntax: true,
    external: ["cloudflare:workers"],
    alias: { "~": root },
    tsconfigRaw: {},
    logLevel: "silent",
  });
  return result.outputFiles[0]?.text ?? "";
}
