// What the pages of webhooks do with their forms.
import type { FormFields } from "~/app/form-of";
import { type FormProblem, submit } from "~/app/rpc";
import type { Caller } from "~/server/router";
import type { WebhookItem } from "~/server/webhooks/webhooks.contract";

type Place = Parameters<typeof submit>[0];

export type WebhookAnswer = {
  intent: string;
  problem: FormProblem | null;
  done: string | null;
  /** Goes to the page that made it and nowhere else. */
  secret: string | null;
  /** Without the address of a Slack channel: that is a secret. */
  typed: { url: string; host: string; description: string; events: string[] };
};

type Act = () => Promise<{ done?: string; secret?: string }>;

/** Of the page with all of them. */
export function changeWebhooks(place: Place, { webhooks }: Caller, form: FormFields): Promise<WebhookAnswer> {
  const host = form.text("host");
  return act(place, form, {
    create: async () => ({ secret: (await webhooks.create({ url: form.text("url"), ...wordsOf(form) })).secret }),
    createSlack: async () => {
      await webhooks.createSlack({ url: form.text("slackUrl"), ...wordsOf(form) });
      return { done: "The channel was added. Open it to send a test message." };
    },
    approve: async () => {
      await webhooks.approveHost({ host });
      return { done: `${host} is approved: webhooks may be sent there now.` };
    },
    withdraw: async () => {
      await webhooks.withdrawHost({ host });
      return { done: `${host} was withdrawn; webhooks there are off.` };
    },
  });
}

/** Of the page of one. */
export function changeOneWebhook(
  place: Place,
  { webhooks }: Caller,
  endpointId: string,
  form: FormFields,
): Promise<WebhookAnswer> {
  const of = { endpointId };
  return act(place, form, {
    change: () => said("Saved.", webhooks.change({ ...of, ...wordsOf(form) })),
    on: () => said("It is on.", webhooks.switch({ ...of, isOn: true })),
    off: () => said("It is off: nothing is sent.", webhooks.switch({ ...of, isOn: false })),
    test: () => said("A test is on its way; it stands in the log below.", webhooks.test(of)),
    replay: () => said("It is sent once more.", webhooks.replay({ deliveryId: form.text("deliveryId") })),
    addSecret: async () => ({ secret: (await webhooks.addSecret(of)).secret }),
    removeSecret: () => said("The secret was removed.", webhooks.removeSecret({ ...of, secretId: form.text("webhookSecretId") })),
    remove: () => said("Removed.", webhooks.remove(of)),
  });
}

async function said(done: string, doing: Promise<unknown>): Promise<{ done: string }> {
  await doing;
  return { done };
}

async function act(place: Place, form: FormFields, acts: Record<string, Act>): Promise<WebhookAnswer> {
  const intent = form.text("intent").split(" ")[0] ?? "";
  let outcome: Awaited<ReturnType<Act>> = {};
  const problem = await submit(place, async () => {
    outcome = (await acts[intent]?.()) ?? {};
  });
  const typed = { url: form.text("url"), host: form.text("host"), ...wordsOf(form) };
  return { intent, problem, done: outcome.done ?? null, secret: outcome.secret ?? null, typed };
}

function wordsOf(form: FormFields) {
  const events = form.entries().flatMap(([name, value]) => (name === "events" ? [value] : []));
  return { description: form.text("description"), events: events as WebhookItem["events"] };
}
