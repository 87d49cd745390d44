// One Durable Object per session at Cloudflare: key and JSON value in SQLite, the same promises as the embedded runtime's.
// What the wrapper checked is checked again here: the wrapper shares an isolate with the agent's own code.
import { DurableObject } from "cloudflare:workers";
import { keyCharactersMax, keysMax, valueCharactersMax } from "~/runtime/contract/session-limits";

export class SessionStore extends DurableObject {
  private hasTable = this.ctx.storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'entries'").toArray().length > 0;

  read(key: string): string | undefined {
    if (!this.hasTable) return undefined;
    const [row] = this.ctx.storage.sql.exec<{ json: string }>("SELECT json FROM entries WHERE key = ?", toKey(key)).toArray();
    return row?.json;
  }

  write(key: string, json: string): void {
    const [name, value] = [toKey(key), toValue(json)];
    const { sql } = this.ctx.storage;
    if (!this.hasTable) sql.exec("CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID");
    this.hasTable = true;
    const isNew = sql.exec("SELECT 1 FROM entries WHERE key = ?", name).toArray().length === 0;
    if (isNew && this.countKeys() >= keysMax) {
      throw new RangeError(`A session holds at most ${keysMax} keys. Delete some, or keep a list under one key.`);
    }
    sql.exec("INSERT INTO entries (key, json) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET json = excluded.json", name, value);
  }

  /** With its last key a session gives its storage back, which is billed for as long as it is there. */
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

/** As a script of its own it has no address; were it given one, it would answer nobody. */
export default {
  fetch(): Response {
    return new Response(null, { status: 404 });
  },
};

function toKey(key: unknown): string {
  if (typeof key === "string" && key.length > 0 && key.length <= keyCharactersMax) return key;
  throw new TypeError(`A session key is a string of 1 to ${keyCharactersMax} characters.`);
}

function toValue(json: unknown): string {
  if (typeof json !== "string") throw new TypeError("A session value is JSON text.");
  if (json.length <= valueCharactersMax) return json;
  throw new RangeError(`A session value has at most ${valueCharactersMax} characters of JSON.`);
}
