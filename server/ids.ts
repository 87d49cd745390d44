// Ids: opaque, prefixed by kind, sortable by time (CONTRACTS "Public contracts").

import { z } from "zod";
import { newUlid } from "~/runtime/contract/new-ulid";

export const idPrefixes = {
  user: "usr",
  workspace: "wks",
  agent: "agt",
  deployment: "dep",
  upload: "upl",
  apiKey: "key",
  agentSession: "ses",
  invocation: "inv",
  event: "evt",
  trace: "trc",
  audit: "aud",
  mail: "mal",
  passkey: "psk",
  invitation: "ivt",
  connectedSystem: "sys",
  systemGrant: "sgr",
  identity: "idn",
  letterWish: "wsh",
  billingRecord: "brc",
  keyRotation: "rot",
  budgetLease: "bls",
  signingSecret: "sgs",
  conversationTurn: "trn",
  webhookEndpoint: "whe",
  webhookSecret: "wsc",
  webhookDelivery: "whd",
  webhookEvent: "msg",
  alert: "alr",
} as const;

export type IdKind = keyof typeof idPrefixes;

/** A fresh id such as `agt_01JD…`: prefix, underscore, 26 characters of Crockford base 32. */
export function newId(kind: IdKind): string {
  return `${idPrefixes[kind]}_${newUlid()}`;
}

/** A zod schema for one kind of id. Length and alphabet are checked, so an id is safe to log and to put into a path. */
export function idOf(kind: IdKind) {
  return z
    .string()
    .regex(new RegExp(`^${idPrefixes[kind]}_[0-9A-HJKMNP-TV-Z]{26}$`), `Expected an id that begins with ${idPrefixes[kind]}_.`);
}

const tracePattern = /^trc_[0-9A-HJKMNP-TV-Z]{26}$/;

/** The caller's trace id when it is well formed, else a fresh one. */
export function traceIdFrom(header: string | string[] | undefined): string {
  return typeof header === "string" && tracePattern.test(header) ? header : newId("trace");
}
