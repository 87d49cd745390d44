// One Durable Object per session: key and JSON value in SQLite on local disk. It lives beside the agent, which reaches it by name only.
// What the wrapper checked is checked again here: the wrapper shares an isolate with the agent's own code.
import { DurableObject } from "cloudflare:workers";
import { keyCharactersMax, keysMax, valueCharactersMax } from "~/runtime/contract/session-limits";
import { createStateRoom, type HostDoor } from "./state-room";

/** What a write may take besides its own bytes: pages that are begun, and the log that SQLite writes ahead. */
const writeOverheadBytes = 16_384;
const sessionOverheadBytes = 65_536;

/** One process holds all sessions of an agent, and one isolate of it runs this module: the figure is of all of them. */
const room = createStateRoom();

export class SessionStore extends DurableObject<{ host: HostDoor }> {
  private hasTable = this.ctx.storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'entries'").toArray().length > 0;

  read(key: string): string | undefined {
    if (!this.hasTable) return undefined;
    const [row] = this.ctx.storage.sql.exec<{ json: string }>("SELECT json FROM entries WHERE key = ?", toKey(key)).toArray();
    return row?.json;
  }

  async write(key: string, json: string): Promise<void> {
    const value = toValue(json);
    await room.reserve(2 * value.bytes + (this.hasTable ? writeOverheadBytes : sessionOverheadBytes), this.env.host);
    const { sql } = this.ctx.storage;
    if (!this.hasTable) sql.exec("CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID");
    this.hasTable = true;
    const set = "INSERT INTO entries (key, json) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET json = excluded.json";
    sql.exec(set, toKey(key), value.json);
    if (this.countKeys() <= keysMax) return;
    await this.remove(key);
    throw new RangeError(`A session holds at most ${keysMax} keys. Delete some, or keep a list under one key.`);
  }

  /** With its last key a session gives its disk back: SQLite itself keeps the pages it once had. */
  async remove(key: string): Promise<void> {
    if (!this.hasTable) return;
    this.ctx.storage.sql.exec("DELETE FROM entries WHERE key = ?", toKey(key));
    if (this.countKeys() > 0) return;
    this.hasTable = false;
    await this.ctx.storage.deleteAll();
  }

  private countKeys(): number {
    return this.ctx.storage.sql.exec<{ count: number }>("SELECT count(*) AS count FROM entries").toArray()[0]?.count ?? 0;
  }
}

export default {
  fetch(): Response {
    return new Response(null, { status: 404 });
  },
};

function toKey(key: unknown): string {
  if (typeof key === "string" && key.length > 0 && key.length <= keyCharactersMax) return key;
  throw new TypeError(`A session key is a string of 1 to ${keyCharactersMax} characters.`);
}

function toValue(json: unknown): { json: string; bytes: number } {
  if (typeof json !== "string") throw new TypeError("A session value is JSON text.");
  if (json.length > valueCharactersMax)
    throw new RangeError(`A session value has at most ${valueCharactersMax} characters of JSON.`);
  return { json, bytes: new TextEncoder().encode(json).length };
}
