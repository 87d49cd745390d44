// One Durable Object per session, on local disk. It lives beside the agent, which reaches it by name only.
import { DurableObject } from "cloudflare:workers";
import { SessionTable, toValue } from "~/runtime/handler/session-table";
import { createStateRoom, type HostDoor } from "./state-room";

/** What a write may take besides its own bytes: pages that are begun, and the log that SQLite writes ahead. */
const writeOverheadBytes = 16_384;
const sessionOverheadBytes = 65_536;

/** One process holds all sessions of an agent, and one isolate of it runs this module: the figure is of all of them. */
const room = createStateRoom();

export class SessionStore extends DurableObject<{ host: HostDoor }> {
  readonly #table = new SessionTable(this.ctx.storage);

  read(key: string): string | undefined {
    return this.#table.read(key);
  }

  async write(key: string, json: string): Promise<void> {
    const { length } = new TextEncoder().encode(toValue(json));
    await room.reserve(2 * length + (this.#table.isThere ? writeOverheadBytes : sessionOverheadBytes), this.env.host);
    this.#table.write(key, json);
  }

  remove(key: string): Promise<void> {
    return this.#table.remove(key);
  }
}

export default {
  fetch(): Response {
    return new Response(null, { status: 404 });
  },
};
