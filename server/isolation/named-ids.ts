// The ids that a caller can name. The walk makes each of them thrice: the caller's own, another tenant's, and one that no row holds.
import { newId } from "~/server/ids";

/** One maker of a missing id for each. A new kind of id also gets its row in `grow-ids.ts`. */
export const missingIds = {
  agentId: () => newId("agent"),
  disabledAgentId: () => newId("agent"),
  /** The live version. */
  deploymentId: () => newId("deployment"),
  queuedDeploymentId: () => newId("deployment"),
  failedDeploymentId: () => newId("deployment"),
  supersededDeploymentId: () => newId("deployment"),
  uploadId: () => newId("upload"),
  keyId: () => newId("apiKey"),
  /** Its successor is there, its overlap is running. */
  supersededKeyId: () => newId("apiKey"),
  signingSecretId: () => newId("signingSecret"),
  webhookId: () => newId("webhookEndpoint"),
  /** One of two. */
  webhookSecretId: () => newId("webhookSecret"),
  /** Settled, so that it may be replayed. */
  deliveryId: () => newId("webhookDelivery"),
  /** Somebody else in the same workspace. */
  memberId: () => newId("user"),
  invitationId: () => newId("invitation"),
  systemGrantId: () => newId("systemGrant"),
  passkeyId: () => newId("passkey"),
  identityId: () => newId("identity"),
  /** The public name of a person's session. */
  sessionId: () => "0".repeat(32),
};

export type IdName = keyof typeof missingIds;
export type Ids = Readonly<Record<IdName, string>>;

/** Every id made by one maker. */
export function idsBy(make: (name: IdName) => string): Ids {
  return Object.fromEntries(Object.keys(missingIds).map((name) => [name, make(name as IdName)])) as Ids;
}

/** What everybody in the walked world has: the password of each person, the secret and the variable of each agent. */
export const walked = { password: "everybody here has it", secretName: "KEY", variableName: "TONE" };

/** The host that every walked workspace approved for its webhooks. */
export const grownHost = "hooks.example.test";
/** And the one of Slack. */
export const walkedSlackHost = "hooks.slack.com";
