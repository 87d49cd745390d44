// A script of our own as one module, made of our sources once per process; nothing of a customer's is in it.
import { dirname } from "node:path";
import { build } from "esbuild";
import { locateSource } from "~/runtime/locate-source";

export type OwnScript = "session-store" | "cloudflare-dispatcher" | "cloudflare-outbound";

const bundled = new Map<OwnScript, Promise<string>>();

export function bundleScript(name: OwnScript): Promise<string> {
  const known = bundled.get(name) ?? bundle(name);
  bundled.set(name, known);
  return known;
}

async function bundle(name: OwnScript): Promise<string> {
  const entry = locateSource(`runtime/handler/${name}.ts`);
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    external: ["cloudflare:workers"],
    alias: { "~": dirname(dirname(dirname(entry))) },
    tsconfigRaw: {},
    logLevel: "silent",
  });
  return result.outputFiles[0]?.text ?? "";
}
