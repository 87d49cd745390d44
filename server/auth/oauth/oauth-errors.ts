// What a sign-in with a provider can fail of, each with its mend. No word of the provider's is repeated.
import { OAuth2RequestError } from "arctic";
import { AppError } from "~/server/errors";

function refusal(reason: string, message: string): AppError {
  return new AppError("INVALID_REQUEST", message, { details: { reason } });
}

/** It is down, slow, or says things that no provider says. `cause` is for the log. */
export function providerFailed(name: string, cause: unknown): AppError {
  const message = `${name} did not answer as it should, so nobody was signed in. Try again in a minute, or use another way in.`;
  return new AppError("INTERNAL", message, { details: { reason: "oauth_provider_failed" }, retryable: true, cause });
}

/** What arctic made of the token endpoint's answer: a code that is not good there, or an endpoint that is not well. */
export function exchangeFailed(name: string, cause: unknown): AppError {
  const isBadCode = cause instanceof OAuth2RequestError && cause.code === "invalid_grant";
  return isBadCode ? answerNotGenuine(name, cause) : providerFailed(name, cause);
}

/** The answer came, and what it claims does not hold: forged, for somebody else, too old. */
export function answerNotGenuine(name: string, cause: unknown): AppError {
  const message = `The answer that came from ${name} could not be verified, so nobody was signed in. Begin again.`;
  return new AppError("INVALID_REQUEST", message, { details: { reason: "oauth_not_genuine" }, cause });
}

export function unknownProvider(): AppError {
  return new AppError("NOT_FOUND", "There is no such way to sign in here.");
}

export function attemptLost(): AppError {
  return refusal(
    "oauth_state",
    "This answer belongs to no sign-in that this browser began in the last ten minutes. Begin again, in one browser and one tab.",
  );
}

export function attemptSpent(): AppError {
  return refusal("oauth_replayed", "This answer was used already. Begin again.");
}

export function denied(name: string): AppError {
  return refusal("oauth_denied", `You did not let ${name} tell us who you are, so nobody was signed in.`);
}

export function refusedByProvider(name: string): AppError {
  return refusal(
    "oauth_refused",
    `${name} refused the sign-in. Try again; if it persists, the operator of this platform has to look at its settings there.`,
  );
}
