// How often the doors to an account may be knocked at: per account and per address (MISSION B6).
import type { Visitor } from "~/server/auth/visitor";
import { limitRate, type RateCount, type RateRule } from "~/server/rate-limit/limit-rate";
import type { Services } from "~/server/services";

type By = "account" | "address" | "account_and_address";

const minute = 60;
const hour = 60 * minute;

/**
 * Guessing from one address is stopped early. The wide limit per account stops guessing from many addresses, and is wide so
 * that a stranger cannot lock a person out with a few tries.
 */
const rules = {
  signIn: [
    { by: "account_and_address", points: 10, windowSeconds: 15 * minute },
    { by: "account", points: 100, windowSeconds: hour },
    { by: "address", points: 60, windowSeconds: 15 * minute },
  ],
  signUp: [
    { by: "account", points: 5, windowSeconds: hour },
    { by: "address", points: 20, windowSeconds: hour },
  ],
  letter: [
    { by: "account", points: 4, windowSeconds: hour },
    { by: "address", points: 20, windowSeconds: hour },
  ],
  token: [{ by: "address", points: 60, windowSeconds: 15 * minute }],
  password: [{ by: "account", points: 10, windowSeconds: 15 * minute }],
} as const satisfies Record<string, readonly (Omit<RateRule, "name"> & { by: By })[]>;

export type AccountDoor = keyof typeof rules;

/** Throws `RATE_LIMITED`. `account` is the address typed in or the user's id; it need not exist. */
export function limitAccountDoor(
  services: Pick<Services, "redis">,
  door: AccountDoor,
  caller: { visitor: Visitor; account?: string },
): Promise<void> {
  const subjects: Record<By, string> = {
    account: caller.account ?? "",
    address: caller.visitor.ipAddress ?? "unknown",
    account_and_address: `${caller.account ?? ""} ${caller.visitor.ipAddress ?? "unknown"}`,
  };
  const counts: RateCount[] = rules[door].map(({ by, ...rule }) => ({
    rule: { ...rule, name: `${door}_${by}` },
    subject: subjects[by],
  }));
  return limitRate(services, counts);
}
