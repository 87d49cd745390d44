// kill -9 between an event's row and its effect: a real process dies at a named point, another one finds the row, and it has one effect.
import { fork } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "~/server/ids";
import type { BillingTask, Death } from "~/server/testing/billing-process";
import { type BillingRig, createBillingRig, prices } from "~/server/testing/billing-rig";
import type { SignedDelivery } from "~/server/testing/stripe-stand-in/sign-event";
import { sweepBilling } from "./sweep-billing";

const program = path.resolve(".cache", `billing-process-${process.pid}.mjs`);

let rig: BillingRig;
beforeAll(async () => {
  rig = await createBillingRig();
  await build({
    entryPoints: ["server/testing/billing-process.ts"],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "silent",
  });
});
afterAll(async () => {
  await rig.dispose();
  await rm(program, { force: true });
});
beforeEach(async () => {
  await rig.services.reset();
  rig.stripe.ledger.events.length = 0;
});

/** Runs the process to its end; answers how it ended. */
async function endOf(death: Death, act: BillingTask["act"]) {
  const { config: known, clock } = rig.services;
  const { network: _notSent, ...config } = known;
  if (!config.billing?.apiUrl) throw new Error("billing is off");
  const child = fork(program, { serialization: "advanced", execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const ended = once(child, "exit");
  const billing = { ...config.billing, apiUrl: config.billing.apiUrl.href };
  const task: BillingTask = { config: { ...config, publicUrl: config.publicUrl.href, billing }, now: clock.now(), death, act };
  child.send(task);
  const [code, signal] = await ended;
  return { code, signal };
}

const killed = { code: null, signal: "SIGKILL" };
const take = ({ payload, signature }: SignedDelivery) => ({
  take: { payload, signature, traceId: newId("trace"), ipAddress: null },
});

async function paidCheckout() {
  const { workspaceId, customerId } = await rig.growCustomer();
  rig.stripe.ledger.subscribe(customerId, prices.pro);
  const [event] = rig.stripe.ledger.events.splice(0);
  if (!event) throw new Error("the stand-in told nothing");
  return { workspaceId, event };
}

async function statusOf(eventId: string) {
  const row = await rig.services.owner.selectFrom("billingEvents").select("status").where("id", "=", eventId).executeTakeFirst();
  return row?.status;
}

/** Everything that one event may do once. */
async function effectsOn(workspaceId: string) {
  const { owner } = rig.services;
  const changes = await owner
    .selectFrom("auditEntries")
    .select("id")
    .where("workspaceId", "=", workspaceId)
    .where("action", "=", "billing.plan_change")
    .execute();
  const letters = await owner.selectFrom("outboxMails").select("subject").where("subject", "like", "%pro plan%").execute();
  const records = await owner.selectFrom("billingRecords").select("kind").where("workspaceId", "=", workspaceId).execute();
  return {
    tier: await rig.tierOf(workspaceId),
    changes: changes.length,
    letters: letters.length,
    records: records.map(({ kind }) => kind).sort(),
  };
}

const none = { tier: "free", changes: 0, letters: 0, records: [] };
const oneEffect = { tier: "pro", changes: 1, letters: 1, records: ["invoice", "subscription"] };

/** What another process does, some seconds later. */
async function heal() {
  rig.services.clock.advance(10_000);
  await sweepBilling(rig.services);
  await rig.settleRung();
}

describe("a process killed by signal 9", { timeout: 120_000 }, () => {
  it("after the event's row is durable and before anybody is rung for: the next one finds it", async () => {
    const { workspaceId, event } = await paidCheckout();
    expect(await endOf("after the row, before the ring", take(rig.stripe.sign(event)))).toEqual(killed);
    expect([await statusOf(event.id), await effectsOn(workspaceId)]).toEqual(["pending", none]);
    await heal();
    expect([await statusOf(event.id), await effectsOn(workspaceId)]).toEqual(["settled", oneEffect]);
    // Stripe heard no answer, so it delivers once more.
    expect(await rig.deliver(rig.stripe.sign(event))).toEqual({ duplicate: true });
    await heal();
    expect(await effectsOn(workspaceId)).toEqual(oneEffect);
  });

  it.each([
    ["after Stripe answered, before anything was written", none],
    ["in the transaction of the effect, after the plan was changed", none],
    ["after the effect, before the event was marked", oneEffect],
  ] as const)("%s: the effect is whole or not at all, and in the end there is one", async (death, left) => {
    const { workspaceId, event } = await paidCheckout();
    await rig.deliver(rig.stripe.sign(event));
    rig.services.queue.rung.length = 0;
    expect(await endOf(death, { settle: event.id })).toEqual(killed);
    expect([await statusOf(event.id), await effectsOn(workspaceId)]).toEqual(["pending", left]);
    await heal();
    expect([await statusOf(event.id), await effectsOn(workspaceId)]).toEqual(["settled", oneEffect]);
    await heal();
    expect(await effectsOn(workspaceId)).toEqual(oneEffect);
  });
});
