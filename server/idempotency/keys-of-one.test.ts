// How many requests are kept for one person is bounded, so that nobody fills the table; what is kept already is answered all the same.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { WorkspaceScope } from "~/server/auth/scope";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { keysOfOneMax } from "./hold-key";
import type { KeyUse } from "./idempotency-key";
import { runOnce } from "./run-once";

const dayMs = 24 * 60 * 60_000;

let services: TestServices;
let scope: WorkspaceScope;
let other: WorkspaceScope;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  scope = (await createTestTenant(services)).scope;
  other = (await createTestTenant(services)).scope;
});

function once(key: string, answer: string, use: Partial<KeyUse> = {}): Promise<string> {
  const { principal, workspaceId } = scope;
  const whole = { principal, workspaceId, procedure: "things.make", key, input: {}, ...use };
  return runOnce(services, whole, { isWitnessed: true, keep: (kept) => kept }, async () => answer);
}

async function fillUp(): Promise<void> {
  const now = services.clock.now();
  await sql`insert into idempotency_keys
      (place, workspace_id, user_id, procedure, fingerprint, lease_id, lease_ends_at, created_at, expires_at)
    select lpad(to_hex(n), 64, '0'), ${scope.workspaceId}, ${scope.principal.userId}, 'things.make', repeat('0', 64), 'lease',
      ${now}, ${now}, ${new Date(now.getTime() + dayMs)} from generate_series(1, ${keysOfOneMax}::int) n`.execute(services.owner);
}

it("refuses further keys of somebody who sent too many within a day, and carries nothing out for them", async () => {
  await once("early", "first");
  await fillUp();
  const refusal = { code: "RATE_LIMITED", details: { reason: "idempotency_keys_used_up" } };
  await expect(once("late", "never")).rejects.toMatchObject(refusal);
  expect(await once("early", "never")).toBe("first");
  services.clock.advance(dayMs);
  expect(await once("late", "at last")).toBe("at last");
});

it("holds up neither other people nor the forms of our pages", async () => {
  await fillUp();
  const { principal, workspaceId } = other;
  expect(await once("late", "theirs", { principal, workspaceId })).toBe("theirs");
  expect(await once("late", "a form", { isOfForm: true })).toBe("a form");
});
