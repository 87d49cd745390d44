// The jobs that accounts promise.
import { defineJob } from "~/server/queue/queue";

/** Looks for the account behind an address that asked for a letter. Safe to deliver twice. */
export const grantLetterWishJob = defineJob<"letter-wish-grant", { wishId: string }>({
  name: "letter-wish-grant",
  keyOf: ({ wishId }) => wishId,
  attempts: 3,
});

/** Rings for wishes whose ring was lost. */
export const sweepLetterWishesJob = defineJob<"letter-wishes-sweep", Record<string, never>>({
  name: "letter-wishes-sweep",
  keyOf: () => "letter-wishes-sweep",
  attempts: 1,
});

/** Removes what has run out: sessions, links, waiting sign-ins, challenges, accounts that nobody confirmed. */
export const sweepAccountsJob = defineJob<"accounts-sweep", Record<string, never>>({
  name: "accounts-sweep",
  keyOf: () => "accounts-sweep",
  attempts: 1,
});
