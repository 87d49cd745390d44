// A process of the house for tests: takes in one delivery or settles one event, and is killed by signal 9 at the point it is told.
import process from "node:process";
import type { KyselyPlugin } from "kysely";
import { EventIntake } from "~/server/billing/event-intake";
import { type Delivery, receiveEvent } from "~/server/billing/receive-event";
import { settleEvent } from "~/server/billing/settle-event";
import type { Config } from "~/server/config";
import type { BillingConfig } from "~/server/config-billing";
import { createServices } from "~/server/create-services";
import { publicNetwork } from "~/server/net/network";
import type { Services } from "~/server/services";

/** Each between two things that must both happen, or neither. */
export const deaths = [
  "after the row, before the ring",
  "after Stripe answered, before anything was written",
  "in the transaction of the effect, after the plan was changed",
  "after the effect, before the event was marked",
] as const;
export type Death = (typeof deaths)[number];

/** Addresses as text, and no functions: neither passes between processes. */
export type BillingTask = {
  config: Omit<Config, "publicUrl" | "billing" | "network"> & {
    publicUrl: string;
    billing: Omit<BillingConfig, "apiUrl"> & { apiUrl: string };
  };
  now: Date;
  death: Death;
  act: { take: Omit<Delivery, "raw"> & { payload: string } } | { settle: string };
};

process.once("message", (task: BillingTask) => {
  perform(task).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});

async function perform({ config, now, death, act }: BillingTask): Promise<void> {
  const billing = { ...config.billing, apiUrl: new URL(config.billing.apiUrl) };
  const real = createServices(
    { ...config, publicUrl: new URL(config.publicUrl), billing, network: publicNetwork },
    { program: "billing-process" },
  );
  const services = doomed({ ...real, clock: { now: () => now } }, death);
  if ("settle" in act) return settleEvent(services, { eventId: act.settle });
  const { payload, ...delivery } = act.take;
  await receiveEvent(new EventIntake(services), { ...delivery, raw: Buffer.from(payload) });
}

function doomed(services: Services, death: Death): Services {
  switch (death) {
    case "after the row, before the ring":
      return { ...services, queue: { ...services.queue, ring: die } };
    case "after Stripe answered, before anything was written":
      return { ...services, payments: dyingAfterAnswer(services) };
    case "in the transaction of the effect, after the plan was changed":
      return { ...services, mailer: { ...services.mailer, send: die } };
    case "after the effect, before the event was marked":
      return { ...services, across: services.across.withPlugin(dyingAtTheMark) };
  }
}

/** The kernel ends the process before `kill` returns: no handler runs, nothing is flushed, no connection is closed in order. */
function die(): Promise<never> {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => undefined);
}

function dyingAfterAnswer({ payments }: Services): Services["payments"] {
  if (!payments) return null;
  return new Proxy(payments, {
    get: (answering, name) => {
      if (name === "readCustomer") return (customerId: string) => answering.readCustomer(customerId).then(die);
      const value = answering[name as keyof typeof answering];
      return value.bind(answering);
    },
  });
}

const dyingAtTheMark: KyselyPlugin = {
  transformQuery: ({ node }) => {
    if (node.kind === "UpdateQueryNode" && JSON.stringify(node.table).includes("billing_events")) void die();
    return node;
  },
  transformResult: async ({ result }) => result,
};
