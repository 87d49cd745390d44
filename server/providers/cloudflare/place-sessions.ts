// The script that keeps the sessions which versions of an agent share: our code alone, made once, at no address.
import { dirname } from "node:path";
import { build } from "esbuild";
import { locateSource } from "~/runtime/locate-source";
import type { Asked } from "./cloudflare-api";
import type { Room } from "./cloudflare-room";
import { runtimeSettings } from "./script-metadata";

let bundled: Promise<string> | undefined;

/** Idempotent. */
export async function placeSessions(room: Room, name: string, { tags, asked }: { tags: string[]; asked: Asked }): Promise<void> {
  const script = { name, place: "agents" } as const;
  if ((await room.api.findSettings(script, asked)) !== null) return;
  bundled ??= bundleSessions();
  const metadata = {
    main_module: "sessions.js",
    ...runtimeSettings,
    bindings: [],
    tags,
    migrations: { new_tag: "v1", new_sqlite_classes: ["SessionStore"] },
    observability: { enabled: false },
  };
  await room.api.upload(script, { metadata, module: await bundled }, asked);
}

/** Of our own sources; nothing of a customer's is in it. */
async function bundleSessions(): Promise<string> {
  const entry = locateSource("runtime/handler/session-store.ts");
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
