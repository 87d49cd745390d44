// Every state of a subscription says what is true of it, and nothing of a state that is over.
import { expect, it } from "vitest";
import type { SubscriptionItem } from "~/server/billing/billing.contract";
import { stateOf, whatComes } from "./subscription-words";

const now = Date.UTC(2026, 10, 22);
const day = (of: number) => new Date(now + of * 86_400_000);
const active: SubscriptionItem = {
  status: "active",
  tier: "starter",
  interval: "month",
  periodEndsAt: day(30),
  cancelsAt: null,
  trialEndsAt: null,
  graceEndsAt: null,
};

it("a trial says its end while it runs, and is not spoken of once it is paid for, though Stripe still tells its day", () => {
  expect(whatComes({ ...active, status: "trialing", trialEndsAt: day(9) }, now)).toContain("The trial ends on 1 Dec 2026");
  expect(whatComes({ ...active, trialEndsAt: day(-9) }, now)).toBe("It goes on by itself on 22 Dec 2026.");
});

it("one that is paused does not claim to go on by itself", () => {
  expect(whatComes({ ...active, status: "paused" }, now)).not.toContain("by itself");
});

it("an unpaid one says until when all goes on, and no past day once that is over", () => {
  expect(whatComes({ ...active, status: "past_due", graceEndsAt: day(14) }, now)).toContain("until 6 Dec 2026");
  expect(whatComes({ ...active, status: "unpaid", graceEndsAt: day(-1) }, now)).not.toMatch(/20[0-9]{2}/);
});

it("one that was cancelled is not called active", () => {
  const cancelled = { ...active, cancelsAt: day(30) };
  expect(stateOf(cancelled).word).toBe("Cancelled");
  expect(whatComes(cancelled, now)).toContain("It was cancelled and ends on 22 Dec 2026");
});
