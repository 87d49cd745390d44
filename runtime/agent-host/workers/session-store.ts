// One Durable Object per session: key and JSON value in SQLite on local disk. It lives beside the agent, which reaches it by name only.
import { DurableObject } from "cloudflare:workers";

const keysMax = 1_000;

export class SessionStore extends DurableObject {
  constructor(...args: ConstructorParameters<typeof DurableObject>) {
    super(...args);
    this.ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID");
  }

  read(key: string): string | undefined {
    const [row] = this.ctx.storage.sql.exec<{ json: string }>("SELECT json FROM entries WHERE key = ?", key).toArray();
    return row?.json;
  }

  write(key: string, json: string): void {
    const { sql } = this.ctx.storage;
    sql.exec("INSERT INTO entries (key, json) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET json = excluded.json", key, json);
    const [row] = sql.exec<{ count: number }>("SELECT count(*) AS count FROM entries").toArray();
    if ((row?.count ?? 0) <= keysMax) return;
    this.remove(key);
    throw new RangeError(`A session holds at most ${keysMax} keys. Delete some, or keep a list under one key.`);
  }

  remove(key: string): void {
    this.ctx.storage.sql.exec("DELETE FROM entries WHERE key = ?", key);
  }
}

export default {
  fetch(): Response {
    return new Response(null, { status: 404 });
  },
};
