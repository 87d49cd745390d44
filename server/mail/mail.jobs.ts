// The jobs that letters promise.
import { defineJob } from "~/server/queue/queue";

/** Hands one queued letter to the mail server. Safe to deliver twice: the row says whose turn it is. */
export const deliverMailJob = defineJob<"mail-deliver", { mailId: string }>({
  name: "mail-deliver",
  keyOf: ({ mailId }) => mailId,
  attempts: 1,
});

/** Rings for what is due, and forgets what is old. */
export const sweepMailsJob = defineJob<"mails-sweep", Record<string, never>>({
  name: "mails-sweep",
  keyOf: () => "mails-sweep",
  attempts: 1,
});
