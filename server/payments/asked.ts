// Questions to Stripe: whatever it answers instead, the house hears one safe sentence, and a missing thing is null.
import { AppError } from "~/server/errors";

/** Rejects with a retryable `INTERNAL` whose cause is for the log alone. */
export async function asked<Answer>(question: Promise<Answer>): Promise<Answer> {
  try {
    return await question;
  } catch (cause) {
    throw new AppError("INTERNAL", "Stripe did not answer as it should. Nothing was charged; try again in a minute.", { cause });
  }
}

/** The same, and null where Stripe knows no such thing. */
export async function askedFor<Answer>(question: Promise<Answer>): Promise<Answer | null> {
  return asked(question.catch((error: unknown) => (isMissing(error) ? null : Promise.reject(error))));
}

function isMissing(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "resource_missing";
}

/** Stripe refused it as not fitting how things are now, for example a session that is closed already. */
export function isRefusal(error: unknown): boolean {
  return typeof error === "object" && error !== null && "type" in error && error.type === "StripeInvalidRequestError";
}
