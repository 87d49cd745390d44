// What presets and states of keys are called where people choose and read them.
import type { StateTone } from "~/app/ui/state-mark";
import type { ApiKeyFlag, ApiKeyItem, ApiKeyState } from "~/server/api-keys/api-keys.contract";

export const presetWords: Record<ApiKeyItem["preset"], string> = {
  invoke: "Invoke: call agents",
  deploy: "Deploy: upload, deploy, call",
  read: "Read: look, change nothing",
  all: "All but keys and members",
};

export const stateWords: Record<ApiKeyState, { tone: StateTone; word: string }> = {
  works: { tone: "live", word: "Works" },
  superseded: { tone: "waiting", word: "Superseded" },
  ended: { tone: "off", word: "Ended" },
  expired: { tone: "stopped", word: "Expired" },
  revoked: { tone: "off", word: "Revoked" },
  blocked: { tone: "failed", word: "Refused" },
};

/** It will never be accepted again. */
export function hasEnded({ state }: Pick<ApiKeyItem, "state">): boolean {
  return state === "revoked" || state === "expired" || state === "ended";
}

export const flagWords: Record<ApiKeyFlag, { tone: StateTone; word: string }> = {
  orphaned: { tone: "failed", word: "Orphaned" },
  unused: { tone: "idle", word: "Unused" },
  over_broad: { tone: "waiting", word: "Too wide" },
  expiring: { tone: "waiting", word: "Ends soon" },
  superseded: { tone: "waiting", word: "Overlap" },
};

export const overlapWords: Record<number, string> = {
  0: "None: the old key ends at once",
  1: "1 hour",
  24: "24 hours",
  168: "7 days",
};
