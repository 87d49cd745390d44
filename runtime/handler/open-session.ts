// `context.session`: what an agent remembers about one conversation, kept as JSON in the session's own store.
import type { AgentSession } from "~/runtime/contract/handler";
import { keyCharactersMax, valueCharactersMax } from "~/runtime/contract/session-limits";

/** What a store of one session offers; on the embedded runtime it is a Durable Object. */
export type SessionStub = {
  read(key: string): Promise<string | undefined>;
  write(key: string, json: string): Promise<void>;
  remove(key: string): Promise<void>;
};

export type SessionNamespace = { idFromName(name: string): unknown; get(id: unknown): SessionStub };

/** The store is opened at the first use, so an agent without sessions pays nothing. */
export function openSession(namespace: SessionNamespace, id: string): AgentSession {
  let opened: SessionStub | undefined;
  const stub = () => {
    opened ??= namespace.get(namespace.idFromName(id));
    return opened;
  };
  return {
    id,
    async get<T>(key: string) {
      const json = await stub().read(checkedKey(key));
      return json === undefined ? undefined : (JSON.parse(json) as T);
    },
    async set(key, value) {
      await stub().write(checkedKey(key), toJson(key, value));
    },
    async delete(key) {
      await stub().remove(checkedKey(key));
    },
  };
}

function checkedKey(key: unknown): string {
  if (typeof key === "string" && key.length > 0 && key.length <= keyCharactersMax) return key;
  throw new TypeError(`A session key is a string of 1 to ${keyCharactersMax} characters.`);
}

function toJson(key: string, value: unknown): string {
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined) throw new TypeError(`session.set("${key}") needs a JSON value; use session.delete to remove a key.`);
  if (json.length > valueCharactersMax)
    throw new RangeError(`session.set("${key}") takes at most ${valueCharactersMax} characters of JSON.`);
  return json;
}
