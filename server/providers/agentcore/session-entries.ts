// What sessions remember, kept by the house beside the code: processes at AgentCore come and go, and no bundle can reach it there.
import { nodeSessionCharactersMax, nodeSessionKeysMax, type SessionEntries } from "~/runtime/contract/node-protocol";
import { AppError } from "~/server/errors";
import { sessionsPrefixOf, tagsOf } from "./names";
import { putObject, readObject, type StoredText } from "./objects";
import type { PlacedRecord } from "./placed-records";
import type { Room } from "./room";

export type SessionPlace = { record: PlacedRecord; sessionId: string };

/** key → JSON, or null for what was deleted. */
export type SessionChanges = Map<string, string | null>;

/** Of all that one call changes, keys that it deletes included; an agent that keeps to its bounds stays far below. */
const changedCharactersMax = 2 * nodeSessionCharactersMax;
/** What a change takes besides its characters. */
const changeCharacters = 64;

/** Others may write the same session at the same moment; each try takes what they wrote along. */
const attemptsMax = 8;

type Needs = Pick<Room, "aws" | "config" | "environment">;

/**
 * Notes a change as it is heard; `noted` and the answer are the characters of all changes. Refused early, because a bundle that went past
 * the program around it could otherwise fill the memory of a process of ours that serves others too.
 */
export function noteChange(changes: SessionChanges, change: { key: string; json: string | null }, noted: number): number {
  const { key, json } = change;
  const sizeOf = (value: string | null) => changeCharacters + key.length + (value?.length ?? 0);
  const before = changes.get(key);
  const after = noted + sizeOf(json) - (before === undefined ? 0 : sizeOf(before));
  if (after > changedCharactersMax) throw tooLarge();
  changes.set(key, json);
  return after;
}

export async function readSession(needs: Needs, place: SessionPlace, signal: AbortSignal): Promise<SessionEntries> {
  return entriesOf(await readObject(needs, keyOf(needs, place), signal));
}

/** Key by key: of two calls at once each keeps what only it wrote, and of one key the later write counts. */
export async function saveSession(
  needs: Needs,
  place: SessionPlace,
  changes: SessionChanges,
  signal: AbortSignal,
): Promise<void> {
  if (changes.size === 0) return;
  const key = keyOf(needs, place);
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const stored = await readObject(needs, key, signal);
    const entries = new Map(Object.entries(entriesOf(stored)));
    for (const [name, json] of changes) {
      if (json === null) entries.delete(name);
      else entries.set(name, json);
    }
    assertBounded(entries);
    const write = {
      key,
      body: JSON.stringify(Object.fromEntries(entries)),
      contentType: "application/json",
      tags: tagsOf(needs.environment, { workspaceId: place.record.workspaceId, agentId: place.record.agentId }),
      over: stored?.etag ?? "none",
    };
    if (await putObject(needs, write)) return;
  }
  throw new AppError("RUNTIME_ERROR", "What the session should remember could not be kept: too many calls write it at once.", {
    retryable: true,
    details: { reason: "session_contended" },
  });
}

/** The program around the bundle refuses more in the agent's own words; here it is refused to a bundle that went past it. */
function assertBounded(entries: ReadonlyMap<string, string>): void {
  const characters = charactersOf(Object.fromEntries(entries));
  if (entries.size <= nodeSessionKeysMax && characters <= nodeSessionCharactersMax) return;
  throw tooLarge();
}

/** Of all values. */
export function charactersOf(entries: SessionEntries): number {
  return Object.values(entries).reduce((sum, json) => sum + json.length, 0);
}

function tooLarge(): AppError {
  return new AppError("RUNTIME_ERROR", "The session would remember more than a session may.", {
    details: { reason: "session_too_large" },
  });
}

function entriesOf(stored: StoredText | null): SessionEntries {
  return stored === null ? {} : (JSON.parse(stored.text) as SessionEntries);
}

function keyOf({ environment }: Needs, { record, sessionId }: SessionPlace): string {
  return `${sessionsPrefixOf(environment, record.workspaceId, record.stateKey)}${encodeURIComponent(sessionId)}.json`;
}
