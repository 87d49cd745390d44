// `context.session` where what it remembers travels with the call: read from what came, each change told to whoever called.
import type { AgentSession } from "~/runtime/contract/handler";
import { nodeSessionCharactersMax, nodeSessionKeysMax, type SessionEntries } from "~/runtime/contract/node-protocol";
import { openSession, type SessionStub } from "~/runtime/handler/open-session";

/** `json` is null for a key that was deleted. */
export type TellChange = (key: string, json: string | null) => void;

export function carrySession(id: string, carried: SessionEntries, tell: TellChange): AgentSession {
  const entries = new Map(Object.entries(carried));
  let characters = [...entries.values()].reduce((sum, json) => sum + json.length, 0);
  const stub: SessionStub = {
    read: async (key) => entries.get(key),
    async write(key, json) {
      const grown = characters - (entries.get(key)?.length ?? 0) + json.length;
      if (grown > nodeSessionCharactersMax)
        throw new RangeError(`On this runtime a session holds at most ${nodeSessionCharactersMax} characters of JSON.`);
      if (!entries.has(key) && entries.size >= nodeSessionKeysMax)
        throw new RangeError(`A session holds at most ${nodeSessionKeysMax} keys. Delete some, or keep a list under one key.`);
      characters = grown;
      entries.set(key, json);
      tell(key, json);
    },
    async remove(key) {
      characters -= entries.get(key)?.length ?? 0;
      if (entries.delete(key)) tell(key, null);
    },
  };
  return openSession({ idFromName: (name) => name, get: () => stub }, id);
}
