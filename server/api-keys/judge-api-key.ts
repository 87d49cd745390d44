// What to think of a key: whether it works, and what somebody should look at. Pure: rows and the time in, words out.
import { apiKeyPresets } from "~/db/tables/api-keys";
import { type Action, actions, presetMay, presetsWithin } from "~/server/auth/permissions";
import type { ApiKeyHint, ApiKeyItem, ApiKeyState } from "./api-keys.contract";
import type { ApiKeyRow } from "./api-keys.queries";

const dayMs = 24 * 60 * 60 * 1_000;
const watchedDays = 30;
const watchedMs = watchedDays * dayMs;
/** A key that was never used is left alone this long: somebody may still be building with it. */
const untouchedMs = 7 * dayMs;
const expiringMs = 7 * dayMs;

/** UTC, as the calls of keys are counted: `2026-11`. */
export function monthOf(now: Date): string {
  return `${now.getUTCFullYear()}-${String(now.getUTCMonth() + 1).padStart(2, "0")}`;
}

export function toApiKeyItem(row: ApiKeyRow, now: Date): ApiKeyItem {
  const { id: keyId, isLimitedToAgents, agents, uses: _uses, makerDisabledAt: _makerDisabledAt, callsThisMonth, ...shown } = row;
  const state = stateOf(row, now);
  return {
    keyId,
    ...shown,
    agents: isLimitedToAgents ? agents : null,
    callsThisMonth: callsThisMonth ?? 0,
    state,
    hints: hintsOf(row, state, now),
  };
}

function stateOf(row: ApiKeyRow, now: Date): ApiKeyState {
  if (row.revokedAt) return "revoked";
  if (row.expiresAt && row.expiresAt <= now) return "expired";
  if (row.overlapEndsAt && row.overlapEndsAt <= now) return "ended";
  if (row.makerDisabledAt) return "blocked";
  return row.overlapEndsAt ? "superseded" : "works";
}

function hintsOf(row: ApiKeyRow, state: ApiKeyState, now: Date): ApiKeyHint[] {
  if (state === "superseded") return [supersededHint(row)];
  if (state !== "works" && state !== "blocked") return [];
  // What nobody needs at all is not worth narrowing.
  return [orphanedHint(row), unusedHint(row, now) ?? overBroadHint(row, now), expiringHint(row, now)].filter(
    (hint) => hint !== null,
  );
}

function supersededHint(row: ApiKeyRow): ApiKeyHint {
  const uses = row.overlapUses === 1 ? "It was used once" : `It was used ${row.overlapUses} times`;
  const quiet = "Nobody has used it since its successor was made. End the overlap.";
  return {
    flag: "superseded",
    explanation: row.overlapUses === 0 ? quiet : `${uses} since its successor was made. Give the new key to whoever still calls.`,
    act: "end_overlap",
    preset: null,
  };
}

/** It keeps working, so that nothing breaks when somebody leaves; but they may still have it. */
function orphanedHint(row: ApiKeyRow): ApiKeyHint | null {
  const isGone = row.createdByName === null;
  if (!isGone && !row.makerDisabledAt) return null;
  return {
    flag: "orphaned",
    explanation: isGone
      ? "Whoever made it is no member any more, and may still know it. Reroll it, and give the new key to what uses it."
      : "The account of whoever made it is disabled, so it is refused. Reroll it to make it yours.",
    act: "reroll",
    preset: null,
  };
}

function unusedHint(row: ApiKeyRow, now: Date): ApiKeyHint | null {
  const quietMs = now.getTime() - (row.lastUsedAt ?? row.createdAt).getTime();
  if (quietMs < (row.lastUsedAt ? watchedMs : untouchedMs)) return null;
  const days = Math.floor(quietMs / dayMs);
  const explanation = row.lastUsedAt
    ? `It was not used for ${days} days.`
    : `It was never used since it was made ${days} days ago.`;
  return { flag: "unused", explanation: `${explanation} A key that nobody needs is only a risk.`, act: "revoke", preset: null };
}

/** It may more than it did in all the time that we look back on. */
function overBroadHint(row: ApiKeyRow, now: Date): ApiKeyHint | null {
  if (now.getTime() - row.createdAt.getTime() < watchedMs) return null;
  const since = now.getTime() - watchedMs;
  const used = Object.keys(row.uses).filter((action) => new Date(row.uses[action] ?? 0).getTime() >= since);
  if (used.length === 0) return null;
  const sizeOf = (preset: ApiKeyItem["preset"]) => actions.filter((action) => presetMay(preset, action)).length;
  const [enough] = presetsWithin(row.preset)
    .filter((preset) => used.every((action) => presetMay(preset, action as Action)))
    .sort((one, other) => sizeOf(one) - sizeOf(other));
  if (!enough) return null;
  return {
    flag: "over_broad",
    explanation: `Its preset is "${row.preset}", but what it did in ${watchedDays} days needs no more than "${enough}".`,
    act: "narrow",
    preset: enough,
  };
}

function expiringHint(row: ApiKeyRow, now: Date): ApiKeyHint | null {
  if (!row.expiresAt || row.expiresAt.getTime() - now.getTime() > expiringMs) return null;
  const days = Math.ceil((row.expiresAt.getTime() - now.getTime()) / dayMs);
  return {
    flag: "expiring",
    explanation: `It ends ${days <= 1 ? "within a day" : `in ${days} days`}. Reroll it before, so that nothing stops.`,
    act: "reroll",
    preset: null,
  };
}

/** Those from which one may narrow to `preset`. */
export function presetsWiderThan(preset: ApiKeyItem["preset"]): ApiKeyItem["preset"][] {
  return apiKeyPresets.filter((wider) => presetsWithin(wider).includes(preset));
}
