// What one session keeps, in the SQLite of its Durable Object: key and JSON value, within the limits that every runtime promises.
// What the wrapper checked is checked again here: the wrapper shares an isolate with the agent's own code.
import { keyCharactersMax, keysMax, valueCharactersMax } from "~/runtime/contract/session-limits";

type Row = Record<string, string | number>;

/** Of a Durable Object's storage, what is needed here. */
export type TableStorage = {
  sql: { exec<T extends Row>(query: string, ...bindings: string[]): { toArray(): T[] } };
  deleteAll(): Promise<void>;
};

/** A lifetime: its object's. */
export class SessionTable {
  readonly #storage: TableStorage;
  #isThere: boolean;

  constructor(storage: TableStorage) {
    this.#storage = storage;
    this.#isThere = storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'entries'").toArray().length > 0;
  }

  /** A session that never kept anything has no table, and takes no room. */
  get isThere(): boolean {
    return this.#isThere;
  }

  read(key: unknown): string | undefined {
    const name = toKey(key);
    if (!this.#isThere) return undefined;
    return this.#storage.sql.exec<{ json: string }>("SELECT json FROM entries WHERE key = ?", name).toArray()[0]?.json;
  }

  write(key: unknown, json: unknown): void {
    const [name, value] = [toKey(key), toValue(json)];
    const { sql } = this.#storage;
    if (!this.#isThere) sql.exec("CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID");
    this.#isThere = true;
    const isNew = sql.exec("SELECT 1 FROM entries WHERE key = ?", name).toArray().length === 0;
    if (isNew && this.#countKeys() >= keysMax) {
      throw new RangeError(`A session holds at most ${keysMax} keys. Delete some, or keep a list under one key.`);
    }
    sql.exec("INSERT INTO entries (key, json) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET json = excluded.json", name, value);
  }

  /** With its last key a session gives its storage back: SQLite itself keeps the pages it once had. */
  async remove(key: unknown): Promise<void> {
    const name = toKey(key);
    if (!this.#isThere) return;
    this.#storage.sql.exec("DELETE FROM entries WHERE key = ?", name);
    if (this.#countKeys() > 0) return;
    this.#isThere = false;
    await this.#storage.deleteAll();
  }

  #countKeys(): number {
    return this.#storage.sql.exec<{ count: number }>("SELECT count(*) AS count FROM entries").toArray()[0]?.count ?? 0;
  }
}

function toKey(key: unknown): string {
  if (typeof key === "string" && key.length > 0 && key.length <= keyCharactersMax) return key;
  throw new TypeError(`A session key is a string of 1 to ${keyCharactersMax} characters.`);
}

/** Throws for what is too large to be kept, before any room is asked for. */
export function toValue(json: unknown): string {
  if (typeof json !== "string") throw new TypeError("A session value is JSON text.");
  if (json.length <= valueCharactersMax) return json;
  throw new RangeError(`A session value has at most ${valueCharactersMax} characters of JSON.`);
}
