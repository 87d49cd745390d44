// The ways of knowing who is calling, ready to be measured: a person, a workspace, a key and a session in a given database.
import type { Db } from "~/db/client";
import { apiKeyPrefix, newApiKey } from "~/server/auth/api-key-format";
import { proveApiKey } from "~/server/auth/prove-api-key";
import { openSessions } from "~/server/auth/sessions";
import { systemClock } from "~/server/clock";
import { newId } from "~/server/ids";
import { createLog } from "~/server/log";
import { sha256Hex } from "~/server/sha256";
import { createTestConfig } from "./test-config";

export type IdentityWays = {
  /** One read of a person by primary key, on the same handle. */
  lookUp: () => Promise<unknown>;
  knownKey: () => Promise<unknown>;
  /** A fresh one each time. */
  unknownKey: () => Promise<unknown>;
  malformedKey: () => Promise<unknown>;
  session: () => Promise<unknown>;
};

/** Takes a handle of role `across` on a migrated database. */
export async function openIdentityWays(across: Db, places: { databaseUrl: string; dataDir: string }): Promise<IdentityWays> {
  const needs = { across, clock: systemClock, log: createLog({ program: "identity", level: "error" }) };
  const config = createTestConfig({ ...places, redisUrl: "redis://127.0.0.1:1" });
  const { userId, apiKey } = await grow(across);
  const sessions = openSessions({ ...needs, config });
  const setCookie = await sessions.create(userId, { traceId: "trc_1", ipAddress: null, userAgent: null });
  const cookie = setCookie.split(";")[0] ?? "";
  const refused = (key: string) => proveApiKey(needs, key).catch(() => null);
  const malformed = `${apiKey.slice(0, -1)}-`;
  return {
    lookUp: () => across.selectFrom("users").select(["id", "email"]).where("id", "=", userId).executeTakeFirst(),
    knownKey: () => proveApiKey(needs, apiKey),
    unknownKey: () => refused(newApiKey()),
    malformedKey: () => refused(malformed),
    session: () => sessions.prove(cookie),
  };
}

async function grow(db: Db): Promise<{ userId: string; apiKey: string }> {
  const [userId, workspaceId, apiKey] = [newId("user"), newId("workspace"), newApiKey()];
  const person = { id: userId, email: "identity@example.test", displayName: "Identity", passwordHash: null, disabledAt: null };
  await db
    .insertInto("users")
    .values({ ...person, emailVerifiedAt: new Date() })
    .execute();
  await db.insertInto("workspaces").values({ id: workspaceId, name: "Identity", disabledAt: null }).execute();
  await db.insertInto("memberships").values({ workspaceId, userId, role: "owner" }).execute();
  const kept = { prefix: apiKeyPrefix(apiKey), secretHash: sha256Hex(apiKey) };
  await db
    .insertInto("apiKeys")
    .values({ id: newId("apiKey"), workspaceId, name: "identity", preset: "invoke", createdBy: userId, ...kept })
    .execute();
  return { userId, apiKey };
}
