// For the operator: which keys wrap what, how far a rotation is, and which credentials the environment holds.
import { listCredentialsAcrossWorkspaces } from "~/server/credentials/credentials.queries";
import { type Credential, fingerprintOfKey, listCredentials } from "~/server/credentials/list-credentials";
import type { Services } from "~/server/services";
import type { CredentialItem, RotationOverview, WrappingKey } from "./rotation.contract";
import {
  countWrappingsAcrossWorkspaces,
  listRotationsAcrossWorkspaces,
  listWebhookSecretUsesAcrossWorkspaces,
} from "./rotation.queries";

type Needs = Pick<Services, "across" | "clock" | "config" | "vault">;
type Kept = Awaited<ReturnType<typeof listCredentialsAcrossWorkspaces>>[number];

const rotationsMax = 10;
const credentialsMax = 200;
/** An old credential that was not used for so long may go. */
const silentAfterMs = 7 * 24 * 60 * 60_000;

/** Credentials whose uses are written down; of the others only that they are there. */
const measured: ReadonlySet<string> = new Set([
  "KEY_ENCRYPTION_KEY",
  "TELEMETRY_ROOT_KEY",
  "AUDIT_SIGNING_KEY",
  "STRIPE_WEBHOOK_SECRETS",
  "GOOGLE_CLIENT_SECRET",
  "GITHUB_CLIENT_SECRET",
  "OIDC_CLIENT_SECRET",
  "SMTP_URL",
  "RESEND_API_KEY",
]);

export async function readRotation(needs: Needs): Promise<RotationOverview> {
  const [wrappings, rotations, kept] = await Promise.all([
    countWrappingsAcrossWorkspaces(needs.across),
    listRotationsAcrossWorkspaces(needs.across, rotationsMax),
    readKept(needs),
  ]);
  const keys = keysOf(needs, wrappings, kept);
  const waiting = keys.reduce((sum, key) => sum + (key.state === "primary" ? 0 : key.dataKeys), 0);
  return { keys, waiting, rotations, credentials: credentialsOf(listCredentials(needs.config), kept, needs.clock.now()) };
}

/** What is written down, by name and fingerprint. */
async function readKept({ across }: Needs): Promise<Map<string, Kept>> {
  const rows = await listCredentialsAcrossWorkspaces(across, credentialsMax);
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  for (const use of await listWebhookSecretUsesAcrossWorkspaces(across, credentialsMax)) {
    const name = "STRIPE_WEBHOOK_SECRETS";
    const row = byKey.get(keyOf({ name, fingerprint: use.fingerprint }));
    if (row) byKey.set(keyOf(row), { ...row, lastUsedAt: use.lastUsedAt });
  }
  return byKey;
}

function keyOf({ name, fingerprint }: { name: string; fingerprint: string }): string {
  return `${name} ${fingerprint}`;
}

type Wrapping = { kekId: string; dataKeys: number };

function keysOf({ vault }: Needs, wrappings: Wrapping[], kept: Map<string, Kept>): WrappingKey[] {
  const counts = new Map(wrappings.map(({ kekId, dataKeys }) => [kekId, dataKeys]));
  const timesOf = (id: string) => {
    const row = kept.get(keyOf({ name: "KEY_ENCRYPTION_KEY", fingerprint: fingerprintOfKey({ id }) }));
    return { addedAt: row?.addedAt ?? null, lastUsedAt: row?.lastUsedAt ?? null };
  };
  const present = vault.keys.map(({ id, kind, place }, position): WrappingKey => {
    const dataKeys = counts.get(id) ?? 0;
    const state = position === 0 ? "primary" : "former";
    return { id, kind, place, state, dataKeys, ...timesOf(id), mayBeRemoved: state === "former" && dataKeys === 0 };
  });
  const missing = wrappings
    .filter(({ kekId }) => vault.keys.every(({ id }) => id !== kekId))
    .map(({ kekId: id, dataKeys }): WrappingKey => {
      return { id, kind: null, place: "not configured", state: "missing", dataKeys, ...timesOf(id), mayBeRemoved: false };
    });
  return [...present, ...missing];
}

function credentialsOf(active: Credential[], kept: Map<string, Kept>, now: Date): CredentialItem[] {
  const items = active.map((one): CredentialItem => {
    const row = kept.get(keyOf(one));
    const state = !one.isFormer ? "in_use" : isSilent(row, now) ? "silent" : "former";
    return itemOf({ variable: one.variable, name: one.name, fingerprint: one.fingerprint, state }, row);
  });
  const held = new Set(active.map(keyOf));
  const removed = [...kept.values()]
    .filter((row) => !held.has(keyOf(row)))
    .map((row) => itemOf({ variable: row.name, name: row.name, fingerprint: row.fingerprint, state: "removed" }, row));
  return [...items, ...removed];
}

type Shown = Pick<CredentialItem, "variable" | "fingerprint" | "state"> & { name: string };

function itemOf({ name, ...shown }: Shown, row: Kept | undefined): CredentialItem {
  return { ...shown, addedAt: row?.addedAt ?? null, lastUsedAt: row?.lastUsedAt ?? null, isMeasured: measured.has(name) };
}

function isSilent(row: Kept | undefined, now: Date): boolean {
  return row !== undefined && now.getTime() - (row.lastUsedAt ?? row.addedAt).getTime() >= silentAfterMs;
}
