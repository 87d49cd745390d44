// How often the doors to an account may be knocked at: per account and per address (MISSION B6).
import type { Visitor } from "~/server/auth/visitor";
import { forgiveRate, limitRate, type RateCount, type RateRule } from "~/server/rate-limit/limit-rate";
import { subjectOfAddress } from "~/server/rate-limit/subject-of-address";
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
  // A stranger at one address uses up that address's share only: the person still gets letters, though no flood of them.
  letter: [
    { by: "account_and_address", points: 4, windowSeconds: hour },
    { by: "account", points: 20, windowSeconds: hour },
    { by: "address", points: 20, windowSeconds: hour },
  ],
  // Going to a provider and coming back each count.
  provider: [{ by: "address", points: 60, windowSeconds: 15 * minute }],
  token: [{ by: "address", points: 60, windowSeconds: 15 * minute }],
  password: [{ by: "account", points: 10, windowSeconds: 15 * minute }],
  // Six digits can be guessed: 20 an hour are one chance in fifteen thousand, and nobody is locked out for longer than that hour.
  secondFactor: [{ by: "account", points: 20, windowSeconds: hour }],
  challenge: [{ by: "address", points: 120, windowSeconds: 15 * minute }],
} as const satisfies Record<string, readonly (Omit<RateRule, "name"> & { by: By })[]>;

export type AccountDoor = keyof typeof rules;

type Knock = { visitor: Visitor; account?: string };

/** Throws `RATE_LIMITED`. `account` is the address typed in or the user's id; it need not exist. */
export function limitAccountDoor(services: Pick<Services, "redis">, door: AccountDoor, knock: Knock): Promise<void> {
  return limitRate(services, countsOf(door, knock));
}

/** After the right password: what this person mistyped from this address counts no more. The wide limits stay as they are. */
export async function forgiveAccountDoor(services: Pick<Services, "redis">, door: AccountDoor, knock: Knock): Promise<void> {
  const own = countsOf(door, knock).filter((count) => count.rule.name.endsWith("account_and_address"));
  await Promise.all(own.map((count) => forgiveRate(services, count)));
}

function countsOf(door: AccountDoor, { visitor, account = "" }: Knock): RateCount[] {
  const address = subjectOfAddress(visitor.ipAddress);
  const subjects: Record<By, string> = { account, address, account_and_address: `${account} ${address}` };
  return rules[door].map(({ by, ...rule }) => ({ rule: { ...rule, name: `${door}_${by}` }, subject: subjects[by] }));
}
