// What is kept of each procedure's answer for those who repeat the request: everything but what is shown only once.

/** Said in the place of a value that only the first answer held. */
export const shownOnceNote = "(shown once, in the answer to the first request)";

/** Fields that hold a secret: they are left out of what is kept. */
export const shownOnceFields: Readonly<Record<string, readonly string[]>> = {
  "apiKeys.create": ["apiKey"],
  "apiKeys.reroll": ["apiKey"],
  "signingSecrets.create": ["secret"],
  "webhooks.create": ["secret"],
  "webhooks.addSecret": ["secret"],
  "secondFactors.turnOn": ["recoveryCodes"],
  "secondFactors.renewCodes": ["recoveryCodes"],
};

/**
 * Carried out anew each time: they make nothing that could be there twice, and their answer is of no use later (a challenge bound to
 * a cookie, a page elsewhere that is open for minutes, the key of a second factor before it is turned on).
 */
export const answeredAnew: ReadonlySet<string> = new Set([
  "passkeys.begin",
  "stepUp.beginPasskey",
  "secondFactors.begin",
  "signInMethods.connect",
  "billing.portal",
  "audit.verify",
  "audit.verifyAny",
]);

/** Acts that make one more of something. The forms of the pages send a key with these alone: repeated, they may do nothing. */
export const makingActs: ReadonlySet<string> = new Set([
  "agents.create",
  "agents.clone",
  "deployments.create",
  "deployments.retry",
  "invitations.create",
  "uploads.fromExample",
  "uploads.fromGithub",
  "webhooks.create",
  "webhooks.createSlack",
  "workspaces.create",
]);

export function withoutShownOnce(procedure: string, answer: unknown): unknown {
  const fields = shownOnceFields[procedure];
  if (!fields || typeof answer !== "object" || answer === null) return answer;
  const hidden = fields.map((field) => [field, Array.isArray((answer as Record<string, unknown>)[field]) ? [] : shownOnceNote]);
  return { ...answer, ...Object.fromEntries(hidden) };
}
