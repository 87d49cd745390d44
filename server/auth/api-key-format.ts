// How an API key looks: `whs_`, 43 random characters, a checksum by which a typo is refused without a look-up, and whose it is.
import { randomInt } from "node:crypto";
import { crc32 } from "node:zlib";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 43 characters of 62 carry 256 bits. */
const randomCharacters = 43;
const checksumCharacters = 6;
/** Keys that were made before they said whose they are have no environment. */
const pattern = /^whs_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})(?:_([a-z][a-z0-9]{0,15}))?$/;
const prefixCharacters = 12;

/** A fresh key: 256 random bits. Without an environment it looks as keys did before, which stay good. */
export function newApiKey(environment?: string): string {
  const random = Array.from({ length: randomCharacters }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
  return `whs_${random}_${checksumOf(random, environment)}${environment === undefined ? "" : `_${environment}`}`;
}

/** Whether it could be one of ours. Guards nothing: anybody can compute the checksum. */
export function isApiKeyShaped(text: string): boolean {
  const [, random, checksum, environment] = pattern.exec(text) ?? [];
  return random !== undefined && checksumOf(random, environment) === checksum;
}

/** The environment that it was made in, by its own word. Null: it is no key, or does not say. */
export function environmentOfApiKey(text: string): string | null {
  return isApiKeyShaped(text) ? (pattern.exec(text)?.[3] ?? null) : null;
}

/** What people may see of a key, to recognise it by. */
export function apiKeyPrefix(apiKey: string): string {
  return apiKey.slice(0, prefixCharacters);
}

function checksumOf(random: string, environment?: string): string {
  let rest = crc32(environment === undefined ? random : `${random}_${environment}`);
  let text = "";
  for (let place = 0; place < checksumCharacters; place += 1) {
    text = alphabet.charAt(rest % alphabet.length) + text;
    rest = Math.floor(rest / alphabet.length);
  }
  return text;
}
