// Texts that no person means: half a character, a NUL, numbers and dates beyond every range. Wherever they stand, no procedure fails on them.
import { TRPCError } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UserPrincipal } from "~/server/auth/principal";
import { newId } from "~/server/ids";
import { createCaller } from "~/server/router";
import { createTestTenant, principalOf } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { appErrorOf } from "~/server/trpc/init";
import { idsBy } from "./named-ids";
import { procedureRows } from "./procedure-rows";

const email = { email: "nobody@example.test" };

let services: TestServices;
let operator: UserPrincipal;
beforeAll(async () => {
  services = await createTestServices();
  operator = principalOf((await createTestTenant(services)).user, { isSuperAdmin: true });
});
afterAll(() => services.dispose());

type Callable = { [name: string]: Callable } & ((input: unknown) => Promise<unknown>);

/** What calling came to: `ok`, or the code and message of the error. */
async function call(path: string, input: unknown): Promise<string> {
  await services.redis.flushdb();
  const caller = createCaller({
    services,
    request: { traceId: newId("trace"), ipAddress: "10.1.1.1", userAgent: null, workspaceId: null },
    principal: async () => operator,
    setCookie: () => undefined,
    closing: AbortSignal.timeout(5_000),
  }) as unknown as Callable;
  const procedure = path.split(".").reduce((at, name) => at[name] as Callable, caller);
  try {
    await procedure(input);
    return "ok";
  } catch (thrown) {
    if (!(thrown instanceof TRPCError)) throw thrown;
    const error = appErrorOf(thrown);
    return `${error.code} ${error.message}`;
  }
}

describe("an odd text", () => {
  for (const [path, row] of Object.entries(procedureRows)) {
    if (!row.names) continue;
    it(`in place of an id of ${path} is refused, not stumbled over`, async () => {
      for (const text of ["a\u0000b", "\ud800"]) {
        expect(await call(path, row.input(idsBy(() => text)))).toMatch(/^INVALID_REQUEST /);
      }
      for (const text of ["", "%00'\"\\", "../..", "x".repeat(100_000)]) {
        expect(await call(path, row.input(idsBy(() => text)))).toMatch(/^(NOT_FOUND|INVALID_REQUEST) /);
      }
    });
  }

  const oddTexts: [string, (text: string) => unknown][] = [
    ["agents.list", (text) => ({ cursor: text })],
    ["agents.list", (text) => ({ search: text })],
    ["agents.create", (text) => ({ name: "odd", description: text })],
    ["apiKeys.list", (text) => ({ cursor: text })],
    ["apiKeys.create", (text) => ({ name: text, preset: "read" })],
    ["audit.list", (text) => ({ cursor: text })],
    ["audit.list", (text) => ({ traceId: text })],
    ["audit.list", (text) => ({ action: text })],
    ["audit.list", (text) => ({ targetId: text })],
    ["invocations.list", (text) => ({ cursor: text })],
    ["invocations.list", (text) => ({ agentId: text })],
    ["invocations.list", (text) => ({ traceId: text })],
    ["usage.series", (text) => ({ agentId: text })],
    ["workspaces.members", (text) => ({ cursor: text })],
    ["workspaces.rename", (text) => ({ name: text })],
    ["accounts.signUp", (text) => ({ ...email, displayName: text, password: "long enough it is" })],
    ["accounts.signUp", (text) => ({ ...email, displayName: "N", password: `long enough it is${text}` })],
    ["accounts.signIn", (text) => ({ ...email, password: text })],
    ["accounts.verifyEmail", (text) => ({ token: text, password: text })],
    ["accounts.outbox", (text) => ({ cursor: text })],
  ];
  for (const [path, input] of oddTexts) {
    for (const text of ["a\u0000b", "\ud800", "99999999999999999999", "-271821-04-20T00:00:00Z", "%00'\"\\"]) {
      it(`given to ${path} never fails: ${JSON.stringify(input(text))}`, async () => {
        expect(await call(path, input(text))).not.toMatch(/^INTERNAL /);
      });
    }
  }
});
