// Every page's row in the isolation walk: who may open it, which ids its address names, and the acts that its forms offer (MISSION A3).
import { type Cell, type Judged, judgeCell, type Outcome } from "./judge-cell";
import { grownHost, type Ids, walked, walkedSlackHost } from "./named-ids";

export type PageRow = Omit<Judged, "names"> & {
  names?: readonly (keyof Ids)[];
  /** The values of `intent` that its forms send; `""` for a form that has none. A page whose action has no line here fails. */
  intents?: readonly string[];
  /** The ids that an intent concerns, where they are not those of the address. */
  formNames?: Readonly<Record<string, readonly (keyof Ids)[]>>;
  /** What its forms hold beside what every walked form holds. */
  fields?: Readonly<Record<string, string>>;
  note?: string;
};

/** What an address calls otherwise than the table of ids does. */
export const paramIds: Readonly<Record<string, keyof Ids>> = { userId: "memberId" };

const agent = "/w/:workspaceId/agents/:agentId";

/** One line for each address. The frame of an agent's pages looks for the agent before the page asks for more. */
export const pageRows: Readonly<Record<string, PageRow>> = {
  "/": { who: "anybody" },
  "/sign-up": { who: "anybody", intents: [""] },
  "/sign-in": { who: "anybody", intents: [""] },
  "/sign-in/link": { who: "anybody", readsCaller: true, own: "INVALID_REQUEST", note: "without a token that works" },
  "/sign-in/with/:provider": { who: "anybody", own: "NOT_FOUND", note: "no such provider" },
  "/sign-in/with/:provider/callback": { who: "anybody", readsCaller: true, own: "NOT_FOUND", note: "no such provider" },
  "/sign-in/code": {
    who: "anybody",
    own: "UNAUTHENTICATED",
    intents: [""],
    note: "nobody here waits for a code: back to the sign-in",
  },
  "/confirm": { who: "person", intents: ["password"] },
  "/email-change": { who: "anybody", intents: [""] },
  "/invitation": { who: "anybody", readsCaller: true, intents: ["", "change_account"] },
  "/workspaces/new": { who: "person", intents: [""] },
  "/sign-out": { who: "anybody", intents: [""] },
  "/verify": { who: "anybody", intents: [""] },
  "/verify/sent": { who: "anybody", intents: [""] },
  "/reset": { who: "anybody", intents: [""] },
  "/reset/new": { who: "anybody", intents: [""] },
  "/theme": { who: "anybody", intents: [""] },
  "/account": { who: "person", intents: ["name", "email", "cancelEmail"] },
  "/account/sessions": { who: "person", intents: ["revoke", "revokeAll"], formNames: { revoke: ["sessionId"] } },
  "/account/sign-in": {
    who: "person",
    intents: ["changePassword", "setPassword", "turnOn", "turnOff", "removePasskey"],
    formNames: { removePasskey: ["passkeyId"] },
  },
  "/account/connections": {
    who: "person",
    intents: ["connect", "disconnect"],
    formNames: { connect: [], disconnect: ["identityId"] },
  },
  "/admin": { who: "operator" },
  "/admin/acts/:act/:targetId": { who: "operator", intents: [""], own: "NOT_FOUND", note: "no such act" },
  "/admin/audit": { who: "operator" },
  "/admin/keys": { who: "operator", intents: ["start", "giveUp"], fields: { kekId: `kek_${"0".repeat(16)}` } },
  "/admin/runtimes": { who: "operator", intents: ["removeStranger"], fields: { runtime: "embedded", deploymentId: "dep_none" } },
  "/admin/sweeps": { who: "operator" },
  "/admin/users": { who: "operator" },
  "/admin/users/:userId": { who: "operator" },
  "/admin/workspaces": { who: "operator" },
  "/admin/workspaces/:workspaceId": { who: "operator", intents: ["rotateDataKey"], note: "the operator's own workspace" },
  "/admin/workspaces/:workspaceId/plan": {
    who: "operator",
    intents: ["assign", "change"],
    note: "the operator's own workspace",
  },
  "/outbox": { who: "operator", intents: ["retry"] },
  "/w/:workspaceId": { who: "usage.read" },
  "/w/:workspaceId/agents": { who: "usage.read" },
  "/w/:workspaceId/agents/new": { who: "agent.read", intents: ["empty", "example", "github", ""] },
  "/w/:workspaceId/audit": { who: "audit.read", intents: [""] },
  "/w/:workspaceId/billing": { who: "billing.read", intents: ["portal"] },
  "/w/:workspaceId/billing/invoices": { who: "billing.read" },
  "/w/:workspaceId/billing/invoices/:recordId": { who: "billing.read", own: "NOT_FOUND", note: "no such invoice" },
  "/w/:workspaceId/keys": {
    who: "api_key.read",
    intents: ["create", "revoke", "end_overlap", "narrow"],
    formNames: { revoke: ["keyId"], end_overlap: ["keyId"], narrow: ["keyId"] },
  },
  "/w/:workspaceId/keys/:keyId/reroll": { who: "api_key.read", names: ["keyId"], intents: [""] },
  "/w/:workspaceId/keys/:keyId/signing": {
    who: "api_key.read",
    names: ["keyId"],
    intents: ["create", "remove"],
    formNames: { remove: ["signingSecretId"] },
  },
  "/w/:workspaceId/members": {
    who: "member.read",
    intents: ["invite", "resend", "revoke"],
    formNames: { resend: ["invitationId"], revoke: ["invitationId"] },
    fields: { email: "walked@example.test", role: "viewer" },
  },
  "/w/:workspaceId/members/:userId": {
    who: "member.read",
    names: ["memberId"],
    intents: ["role", "remove"],
    fields: { role: "viewer" },
  },
  "/w/:workspaceId/members/roles": { who: "member.read" },
  "/w/:workspaceId/members/systems": { who: "grant.manage", intents: [""], formNames: { "": ["systemGrantId"] } },
  "/w/:workspaceId/palette": { who: "agent.read" },
  "/w/:workspaceId/settings": { who: "member.read", intents: ["rename", "leave", "transfer"] },
  "/w/:workspaceId/settings/alerts": { who: "usage.read", intents: [""], fields: { thresholdPercent: "10", callsMin: "20" } },
  "/w/:workspaceId/settings/webhooks": {
    who: "integration.read",
    intents: ["create", "createSlack", "approve", "withdraw"],
    fields: {
      slackUrl: `https://${walkedSlackHost}/services/T0WALKED/B0WALKED/walkedwalkedwalked`,
      host: grownHost,
      url: `https://${grownHost}/walked`,
      events: "budget.reached",
    },
  },
  "/w/:workspaceId/settings/webhooks/:webhookId": {
    who: "integration.read",
    names: ["webhookId"],
    intents: ["change", "on", "off", "test", "replay", "addSecret", "removeSecret", "remove"],
    formNames: { replay: ["deliveryId"], removeSecret: ["webhookId", "webhookSecretId"] },
    fields: { events: "budget.reached" },
  },
  "/w/:workspaceId/usage": { who: "usage.read", intents: ["atCap"] },
  [agent]: { who: "agent.read", names: ["agentId"], intents: ["closeSession"] },
  [`${agent}/deployments`]: { who: "deployment.read", looksFirst: true, names: ["agentId"] },
  [`${agent}/deployments/new`]: {
    who: "secret.read",
    looksFirst: true,
    names: ["agentId"],
    intents: ["example", "github", ""],
    formNames: { example: [], github: [], "": ["agentId", "uploadId"] },
  },
  [`${agent}/deployments/:deploymentId`]: {
    who: "deployment.read",
    looksFirst: true,
    names: ["agentId", "deploymentId"],
    intents: ["cancel", "activate", "retry", "rotate_telemetry_key"],
    formNames: {
      cancel: ["deploymentId"],
      activate: ["deploymentId"],
      retry: ["deploymentId"],
      rotate_telemetry_key: ["deploymentId"],
    },
  },
  [`${agent}/deployments/:deploymentId/changes`]: {
    who: "deployment.read",
    looksFirst: true,
    names: ["agentId", "deploymentId"],
  },
  [`${agent}/deployments/:deploymentId/code`]: {
    who: "bundle.read",
    looksFirst: true,
    names: ["agentId", "deploymentId"],
  },
  [`${agent}/errors`]: { who: "usage.read", looksFirst: true, names: ["agentId"] },
  [`${agent}/sessions`]: { who: "conversation.read", looksFirst: true, names: ["agentId"], intents: ["closeSession"] },
  [`${agent}/sessions/:sessionId`]: {
    who: "conversation.read",
    looksFirst: true,
    names: ["agentId"],
    own: "NOT_FOUND",
    note: "nobody here has a session",
  },
  [`${agent}/trace`]: { who: "usage.read", looksFirst: true, names: ["agentId"] },
  [`${agent}/logs`]: { who: "usage.read", looksFirst: true, names: ["agentId"] },
  [`${agent}/metrics`]: { who: "usage.read", looksFirst: true, names: ["agentId"] },
  [`${agent}/secrets`]: {
    who: "secret.read",
    looksFirst: true,
    names: ["agentId"],
    intents: ["set", "setMany", "unset", "expiry", "apply"],
    fields: { name: walked.secretName, "secret-KEY": "walked" },
  },
  "/w/:workspaceId/secrets": { who: "secret.read", intents: [""] },
  [`${agent}/variables`]: {
    who: "secret.read",
    looksFirst: true,
    names: ["agentId"],
    intents: ["set", "unset"],
    fields: { name: walked.variableName, value: "walked" },
  },
  [`${agent}/settings`]: {
    who: "agent.read",
    names: ["agentId"],
    intents: ["update", "prefer", "limit", "delete", "enable", "disable", "clone", "keep", "stopKeeping", "deleteKept"],
  },
  [`${agent}/move`]: {
    who: "deployment.create",
    looksFirst: true,
    names: ["agentId"],
    own: "INVALID_REQUEST",
    intents: ["move"],
    note: "to no runtime",
  },
  "/w/:workspaceId/runtimes": { who: "agent.read" },
  "/*": { who: "anybody", own: "NOT_FOUND", note: "any address that leads nowhere" },
};

/** As `judgeCell`; but keys are for machines: no page that asks who comes opens to one. */
export function judgePage(row: PageRow, cell: Cell): Outcome {
  return cell.walker.kind === "key" && row.who !== "anybody" ? "UNAUTHORIZED" : judgeCell(row, cell);
}
