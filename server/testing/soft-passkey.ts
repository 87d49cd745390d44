// An authenticator in software, as tests of passkeys need one: it makes a key, answers challenges, and can be made to lie.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import type { PasskeyAnswer, PasskeyRegistration } from "~/server/accounts/passkeys.contract";

/** User present, user verified, backup eligible and backed up; attested data follows. */
const flags = { present: 0x01, verified: 0x04, eligible: 0x08, backedUp: 0x10, attested: 0x40 };

export type Lies = { origin?: string; rpID?: string; counter?: number; isUnverified?: boolean; userHandle?: string };

export type SoftPasskey = {
  register(challenge: string, lies?: Lies): PasskeyRegistration;
  answer(challenge: string, lies?: Lies): PasskeyAnswer;
};

/** Counts its uses from 1. `userHandle` is what the platform names its person by. */
export function createSoftPasskey(site: { rpID: string; origin: string; userHandle: string }): SoftPasskey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const id = randomBytes(16);
  let counter = 0;
  const outer = { id: id.toString("base64url"), rawId: id.toString("base64url"), type: "public-key" } as const;
  const dataOf = (lies: Lies, extra: Buffer | null) => {
    counter += 1;
    return authenticatorData({ rpID: lies.rpID ?? site.rpID, counter: lies.counter ?? counter, extra, ...lies });
  };
  return {
    register(challenge, lies = {}) {
      const clientData = clientDataOf("webauthn.create", challenge, lies.origin ?? site.origin);
      const attested = Buffer.concat([Buffer.alloc(16), uint16(id.length), id, coseKey(publicKey)]);
      const attestationObject = attestationOf(dataOf(lies, attested)).toString("base64url");
      return { ...outer, response: { clientDataJSON: clientData.toString("base64url"), attestationObject } };
    },
    answer(challenge, lies = {}) {
      const clientData = clientDataOf("webauthn.get", challenge, lies.origin ?? site.origin);
      const data = dataOf(lies, null);
      const signed = Buffer.concat([data, createHash("sha256").update(clientData).digest()]);
      const response = {
        clientDataJSON: clientData.toString("base64url"),
        authenticatorData: data.toString("base64url"),
        signature: sign("sha256", signed, privateKey).toString("base64url"),
        userHandle: Buffer.from(lies.userHandle ?? site.userHandle).toString("base64url"),
      };
      return { ...outer, response };
    },
  };
}

function clientDataOf(type: string, challenge: string, origin: string): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}

function authenticatorData(data: { rpID: string; counter: number; extra: Buffer | null; isUnverified?: boolean }): Buffer {
  const bits =
    flags.present |
    (data.isUnverified ? 0 : flags.verified) |
    flags.eligible |
    flags.backedUp |
    (data.extra ? flags.attested : 0);
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(data.counter);
  const rpIdHash = createHash("sha256").update(data.rpID).digest();
  return Buffer.concat([rpIdHash, Buffer.from([bits]), counter, data.extra ?? Buffer.alloc(0)]);
}

/** CBOR `{fmt: "none", attStmt: {}, authData}` (RFC 8949). */
function attestationOf(authData: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from([0xa3]),
    cborText("fmt"),
    cborText("none"),
    cborText("attStmt"),
    Buffer.from([0xa0]),
    cborText("authData"),
    Buffer.from([0x58, authData.length]),
    authData,
  ]);
}

/** COSE key of ES256: kty EC2, alg -7, crv P-256, x, y (RFC 9053). */
function coseKey(publicKey: KeyObject): Buffer {
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const coordinate = (text: string) => Buffer.concat([Buffer.from([0x58, 32]), Buffer.from(text, "base64url")]);
  const head = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]);
  return Buffer.concat([head, coordinate(x), Buffer.from([0x22]), coordinate(y)]);
}

function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + text.length]), Buffer.from(text)]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
