// A request with an idempotency key happens once: in races, over crashes at every point, and for nobody but its own caller (MISSION C6).
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { answerInWorkspace, inWorkspace, type Tx, type Witness } from "~/db/transaction";
import { witnessed } from "~/server/auth/mint-scope";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { leaseMs } from "./hold-key";
import type { KeyUse } from "./idempotency-key";
import { type OnceOptions, runOnce } from "./run-once";
import { sweepIdempotencyKeys } from "./sweep-idempotency-keys";

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

type Act = (witness: Witness) => Promise<unknown>;
type Wish = Partial<KeyUse> & { options?: Partial<OnceOptions>; of?: WorkspaceScope };

let replays = 0;
function once(act: Act, { options = {}, of = scope, ...use }: Wish = {}): Promise<unknown> {
  const { principal, workspaceId } = of;
  const whole = { principal, workspaceId, procedure: "things.make", key: "key-1", input: { a: 1, b: 2 }, ...use };
  const onReplayed = () => {
    replays += 1;
  };
  return runOnce(services, whole, { isWitnessed: true, keep: (answer) => answer, onReplayed, ...options }, act);
}

/** An act that leaves a trace in the workspace's name, so that committing it twice would show. */
async function mark(tx: Tx): Promise<string> {
  await sql`update workspaces set name = name || '+' where id = ${scope.workspaceId}`.execute(tx);
  return "made";
}
const marking: Act = (witness) => answerInWorkspace(services.db, witnessed(scope, witness), mark);
/** The verb that opens one transaction and answers something else than its value. */
const markingThenMore: Act = async (witness) => `${await inWorkspace(services.db, witnessed(scope, witness), mark)} and more`;
const inWorkspaceOfKilled = (act: (tx: Tx) => Promise<unknown>) => (witness: Witness) =>
  inWorkspace(services.db, witnessed(scope, witness), act);
const marks = async () => {
  const row = await services.owner
    .selectFrom("workspaces")
    .select("name")
    .where("id", "=", scope.workspaceId)
    .executeTakeFirstOrThrow();
  return row.name.replace(/[^+]/g, "").length;
};
const refusal = async (asked: Promise<unknown>) => {
  const error = await asked.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw error ?? new Error("It was not refused.");
  return error.details.reason ?? error.code;
};
/** As a killed process looks from outside: the promise never ends. */
const killed = new Promise<never>(() => undefined);

/** A process that is killed at the end of `act`. Resolves when that point is reached. */
function dies(act: Act = async () => undefined, wish: Wish = {}): Promise<void> {
  return new Promise((reached, reject) => {
    const request = once(async (witness) => {
      await act(witness);
      reached();
      await killed;
    }, wish);
    request.catch(reject);
  });
}

describe("the same request again", () => {
  it("gets the same answer, and nothing happens a second time", async () => {
    replays = 0;
    const answers = [await once(marking), await once(marking), await once(marking, { input: { b: 2, a: 1 } })];
    expect(answers).toEqual(["made", "made", "made"]);
    expect([await marks(), replays]).toEqual([1, 2]);
  });

  it("keeps dates, absent fields and nesting as they were", async () => {
    const answer = { at: new Date("2026-11-22T00:00:00Z"), list: [{ none: null }], left: undefined };
    await once(async () => answer);
    expect(await once(async () => "not asked")).toEqual(answer);
  });

  it("of fifty at once happens once; the others are told to ask again, and then get the answer", async () => {
    const asked = await Promise.allSettled(Array.from({ length: 50 }, () => once(marking)));
    const refused = asked.filter((one) => one.status === "rejected").map((one) => one.reason as AppError);
    for (const error of refused) {
      expect(error).toMatchObject({ code: "CONFLICT", retryable: true, details: { retryAfterSeconds: 1 } });
    }
    expect(await marks()).toBe(1);
    expect(await once(marking)).toBe("made");
  });

  it("with another body is refused, whether the first is under way, done or broken off", async () => {
    await dies();
    expect(await refusal(once(marking, { input: "other" }))).toBe("idempotency_key_reused");
    services.clock.advance(leaseMs + 1);
    expect(await refusal(once(marking, { input: "other" }))).toBe("idempotency_key_reused");
    expect(await once(marking)).toBe("made");
    expect(await refusal(once(marking, { input: "other" }))).toBe("idempotency_key_reused");
  });

  it("is another one for another principal, workspace, procedure or key", async () => {
    await once(async () => "mine");
    const others: Wish[] = [
      { of: other },
      { workspaceId: other.workspaceId },
      { workspaceId: null },
      { procedure: "things.change" },
      { key: "key-2" },
      { principal: { ...scope.principal, userId: other.principal.userId } as typeof scope.principal },
    ];
    for (const wish of others) expect(await once(async () => "theirs", wish)).toBe("theirs");
    expect(await once(async () => "again")).toBe("mine");
  });

  it("is a new one after a day, also before the sweep came by", async () => {
    await once(marking);
    services.clock.advance(24 * 60 * 60_000 - 1);
    expect(await once(async () => "new")).toBe("made");
    services.clock.advance(1);
    expect(await once(async () => "new")).toBe("new");
  });
});

describe("a request that failed", () => {
  it("before it committed anything is forgotten: mended, it goes through under the same key", async () => {
    const refusing: Act = (witness) =>
      inWorkspace(services.db, witnessed(scope, witness), async (tx) => {
        await mark(tx);
        throw new AppError("INVALID_REQUEST", "No.");
      });
    expect(await refusal(once(refusing, { input: "wrong" }))).toBe("INVALID_REQUEST");
    expect(await refusal(once(() => Promise.reject(new Error("ours"))).catch((error) => Promise.reject(wrap(error))))).toBe(
      "INTERNAL",
    );
    expect(await once(marking, { input: "mended" })).toBe("made");
    expect(await marks()).toBe(1);
  });

  it("for good after it committed something is answered with the same refusal", async () => {
    const refusing: Act = async (witness) => {
      await markingThenMore(witness);
      throw new AppError("DEPLOYMENT_FAILED", "The bundle was altered.", { details: { reason: "bundle_altered" } });
    };
    for (let time = 0; time < 3; time += 1) expect(await refusal(once(refusing))).toBe("bundle_altered");
    expect(await marks()).toBe(1);
  });

  it("on our side after it committed something is never done again: look, then take a new key", async () => {
    const breaking: Act = async (witness) => {
      await markingThenMore(witness);
      throw new Error("ours");
    };
    await expect(once(breaking)).rejects.toThrow("ours");
    expect(await refusal(once(breaking))).toBe("idempotency_outcome_unknown");
    expect(await marks()).toBe(1);
  });
});

describe("a process that is killed", () => {
  it("before the act leaves the key in use until its lease ends; then it is done", async () => {
    await dies();
    services.clock.advance(leaseMs - 1);
    expect(await refusal(once(marking))).toBe("idempotency_key_in_use");
    services.clock.advance(1);
    expect(await once(marking)).toBe("made");
    expect(await marks()).toBe(1);
  });

  it("in the middle of the transaction has done nothing: it is done anew", async () => {
    let pid = 0;
    const inTheMiddle = inWorkspaceOfKilled(async (tx) => {
      await mark(tx);
      pid = (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)).rows[0]?.pid ?? 0;
      await sql`select pg_sleep(60)`.execute(tx);
    });
    const dead = dies((witness) => inTheMiddle(witness).catch(() => undefined));
    await expect.poll(() => pid).toBeGreaterThan(0);
    await sql`select pg_terminate_backend(${pid})`.execute(services.owner);
    await dead;
    expect(await refusal(once(marking))).toBe("idempotency_key_in_use");
    services.clock.advance(leaseMs);
    expect(await once(marking)).toBe("made");
    expect(await marks()).toBe(1);
  });

  it("right after the commit has left its answer there, when the transaction's value is the answer", async () => {
    await dies(marking);
    expect(await once(marking)).toBe("made");
    expect(await marks()).toBe(1);
  });

  it("right after another commit leaves its outcome unknown, and the act is never done twice", async () => {
    await dies(markingThenMore);
    expect(await refusal(once(markingThenMore))).toBe("idempotency_key_in_use");
    services.clock.advance(leaseMs);
    expect(await refusal(once(markingThenMore))).toBe("idempotency_outcome_unknown");
    expect(await marks()).toBe(1);
  });

  it("during an act that nothing witnesses leaves its outcome unknown as well", async () => {
    await dies(undefined, { options: { isWitnessed: false } });
    expect(await refusal(once(marking, { options: { isWitnessed: false } }))).toBe("idempotency_key_in_use");
    services.clock.advance(leaseMs);
    expect(await refusal(once(marking, { options: { isWitnessed: false } }))).toBe("idempotency_outcome_unknown");
  });

  it("only seemingly, and wakes up after somebody else took over, commits nothing", async () => {
    let wake = () => {};
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    let fate: Promise<string> = Promise.resolve("");
    await new Promise<void>((begun) => {
      const slow = once(async (witness) => {
        begun();
        await asleep;
        return marking(witness);
      });
      fate = refusal(slow);
    });
    expect(await refusal(once(marking))).toBe("idempotency_key_in_use");
    services.clock.advance(leaseMs);
    expect(await once(marking)).toBe("made");
    wake();
    expect(await fate).toBe("idempotency_key_in_use");
    expect(await marks()).toBe(1);
  });
});

describe("what is kept", () => {
  it("is nothing of the key, of the body, and of the answer but sealed", async () => {
    const options = { keep: (answer: unknown) => ({ ...(answer as object), secret: "left out" }) };
    await once(async () => ({ secret: "canary-secret", name: "canary-name" }), {
      key: "canary-key",
      input: "canary-body",
      options,
    });
    const { rows } = await sql<{ text: string }>`
      select t::text || encode(coalesce(sealed_answer, ''), 'escape') as text from idempotency_keys t`.execute(services.owner);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.text).not.toContain("canary");
    const again = await once(async () => "", { key: "canary-key", input: "canary-body", options });
    expect(again).toEqual({ secret: "left out", name: "canary-name" });
  });

  it("of an answer over 64 KiB is only that it was given", async () => {
    await once(async () => "x".repeat(64 * 1024));
    expect(await refusal(once(marking))).toBe("idempotency_answer_not_kept");
  });

  it("cannot be opened for another workspace, whoever moves the row there", async () => {
    await once(async () => "mine");
    await once(async () => "theirs", { of: other });
    await sql`
      update idempotency_keys set sealed_answer = (select sealed_answer from idempotency_keys where workspace_id = ${scope.workspaceId})
      where workspace_id = ${other.workspaceId}`.execute(services.owner);
    await expect(once(async () => "", { of: other })).rejects.toThrow(/does not open/);
  });

  it("is swept after its day, and nothing else is", async () => {
    await once(marking);
    services.clock.advance(60 * 60_000);
    await once(marking, { key: "later" });
    services.clock.advance(23 * 60 * 60_000);
    expect(await sweepIdempotencyKeys(services)).toBe(1);
    services.clock.advance(60 * 60_000);
    expect(await sweepIdempotencyKeys(services)).toBe(1);
    expect(await sweepIdempotencyKeys(services)).toBe(0);
  });
});

function wrap(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError("INTERNAL", "It failed.", { cause: error });
}
