// A call that a trusted back end makes for one of our people: its signature, its words, and whom it is for (MISSION E5).
import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import { assertFewFields } from "~/server/assert-few-fields";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Config } from "~/server/config";
import { AppError, notFound } from "~/server/errors";
import { firstLine, inputIssues } from "~/server/input-issues";
import type { Services } from "~/server/services";
import { findDelegatedPersonAcrossWorkspaces } from "./delegated.queries";

export const delegationHeaders = {
  source: "x-whs-delegation-source",
  timestamp: "x-whs-delegation-timestamp",
  signature: "x-whs-delegation-signature",
} as const;

export const delegationWindowMs = 5 * 60_000;

/** `invoke` is judged as any call's body is, with the same words. */
export const DelegatedBody = z.strictObject({
  delegation: z.strictObject({
    mode: z.literal("hmac_v1"),
    /** `usr_…`, or how the person signs in: `provider|subject`. */
    externalUserId: z.string().min(1).max(500),
    idempotencyKey: z.string().min(1).max(255),
    correlation: z.string().max(200).optional(),
  }),
  invoke: z.record(z.string(), z.unknown()),
});
export type DelegatedBody = z.infer<typeof DelegatedBody>;

/** `keyPlace`: which of the source's secrets it was, the newest first. */
export type ProvenDelegation = { source: string; body: DelegatedBody; secretPlace: number };
type Refusal = "bad_signature" | "signature_malformed" | "timestamp_out_of_window";

export class DelegationRefused extends AppError {
  constructor(
    readonly reason: Refusal,
    message: string,
  ) {
    super("UNAUTHENTICATED", message, { details: { reason } });
  }
}

/** Before anything of the body is parsed. An unknown source, and a wrong signature of a known one, are refused in the same words. */
export function proveDelegation(
  { delegation }: Pick<Config, "delegation">,
  sent: { headers: IncomingHttpHeaders; raw: Buffer; now: Date },
): ProvenDelegation {
  const signed = readDelegationHeaders({ delegation }, sent);
  const places = delegation.map((entry, place) => ({ ...entry, place })).filter(({ source }) => source === signed.source);
  const judged = places.length === 0 ? [{ secret: "nobody", place: -1 }] : places;
  const verdicts = judged.map(({ secret, place }) => ({ place, isRight: isSignedBy(secret, { ...signed, raw: sent.raw }) }));
  const signer = verdicts.find(({ isRight, place }) => isRight && place >= 0);
  if (!signer) throw badSignature();
  return { source: signed.source, body: parseBody(sent.raw), secretPlace: signer.place };
}

/** What can be judged before the body is read. Whether there is such a source is not: strangers do not learn the names of ours. */
export function readDelegationHeaders(
  { delegation }: Pick<Config, "delegation">,
  sent: { headers: IncomingHttpHeaders; now: Date },
): Signed {
  if (delegation.length === 0) throw badSignature();
  const signed = readHeaders(sent.headers);
  if (Math.abs(sent.now.getTime() - Number(signed.timestamp)) <= delegationWindowMs) return signed;
  throw new DelegationRefused(
    "timestamp_out_of_window",
    "The timestamp of this delegation is more than five minutes from our clock. Sign it anew with the present time in milliseconds.",
  );
}

function badSignature(): DelegationRefused {
  return new DelegationRefused("bad_signature", "No secret of this delegation source made this signature over these bytes.");
}

type Signed = { source: string; timestamp: string; signature: string };

function readHeaders(headers: IncomingHttpHeaders): Signed {
  const [source, timestamp, signature] = [
    headers[delegationHeaders.source],
    headers[delegationHeaders.timestamp],
    headers[delegationHeaders.signature],
  ];
  const isSound =
    typeof source === "string" &&
    typeof timestamp === "string" &&
    typeof signature === "string" &&
    /^[a-z0-9][a-z0-9_-]{0,39}$/.test(source) &&
    /^[0-9]{13}$/.test(timestamp) &&
    /^v1=[0-9a-f]{64}$/.test(signature);
  if (isSound) return { source, timestamp, signature };
  throw new DelegationRefused(
    "signature_malformed",
    "A delegated call needs X-WHS-Delegation-Source, -Timestamp (milliseconds) and -Signature (v1= and 64 lower-case hexadecimal digits), each once.",
  );
}

/** Over the bytes as they came: timestamp, source and body, joined by dots. */
export function delegationSignatureOf(secret: string, sent: { timestamp: string; source: string; raw: Buffer }): string {
  return `v1=${createHmac("sha256", secret).update(`${sent.timestamp}.${sent.source}.`).update(sent.raw).digest("hex")}`;
}

function isSignedBy(secret: string, sent: Signed & { raw: Buffer }): boolean {
  return timingSafeEqual(Buffer.from(delegationSignatureOf(secret, sent)), Buffer.from(sent.signature));
}

function parseBody(raw: Buffer): DelegatedBody {
  const said = parseJson(raw);
  assertFewFields(said);
  const parsed = DelegatedBody.safeParse(said);
  if (parsed.success) return parsed.data;
  const issues = inputIssues(parsed.error);
  throw new AppError("INVALID_REQUEST", firstLine(issues, "The request is not valid."), { details: { issues } });
}

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
  } catch (cause) {
    throw new AppError("INVALID_REQUEST", "The body is not JSON in UTF-8.", { cause });
  }
}

/** No session stands behind it, and nothing that asks for a fresh proof opens to it. */
export async function findDelegatedPerson(needs: Pick<Services, "across">, externalUserId: string): Promise<UserPrincipal> {
  const person = await findDelegatedPersonAcrossWorkspaces(needs.across, nameOf(externalUserId));
  if (!person) throw notFound("person");
  if (person.disabledAt) {
    throw new AppError("UNAUTHORIZED", "This person's account is disabled.", { details: { reason: "account_disabled" } });
  }
  return {
    kind: "user",
    userId: person.id,
    email: person.email,
    displayName: person.displayName,
    emailVerified: person.emailVerifiedAt !== null,
    isSuperAdmin: false,
    sessionIdHash: "",
    provenAt: new Date(0),
  };
}

function nameOf(externalUserId: string): { userId: string } | { provider: string; subject: string } {
  // The first one: no provider has one in its name, and what it calls its people may (`auth0|77`).
  const split = externalUserId.indexOf("|");
  if (split === -1) return { userId: externalUserId };
  return { provider: externalUserId.slice(0, split), subject: externalUserId.slice(split + 1) };
}
