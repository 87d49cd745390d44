// The script that keeps the sessions which versions of an agent share: our code alone, made once, at no address.
import { bundleScript } from "./bundle-script";
import type { Asked } from "./cloudflare-api";
import type { Room } from "./cloudflare-room";
import { runtimeSettings } from "./script-metadata";

/** Idempotent. */
export async function placeSessions(room: Room, name: string, { tags, asked }: { tags: string[]; asked: Asked }): Promise<void> {
  const script = { name, place: "agents" } as const;
  if ((await room.api.findSettings(script, asked)) !== null) return;
  const metadata = {
    main_module: "sessions.js",
    ...runtimeSettings,
    bindings: [],
    tags,
    migrations: { new_tag: "v1", new_sqlite_classes: ["SessionStore"] },
    observability: { enabled: false },
  };
  await room.api.upload(script, { metadata, module: await bundleScript("session-store") }, asked);
}
