// How an API key looks: `whs_`, 43 random characters, and a checksum by which a typo or an invention is refused without a look-up.
import { randomInt } from "node:crypto";
import { crc32 } from "node:zlib";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 43 characters of 62 carry 256 bits. */
const randomCharacters = 43;
const checksumCharacters = 6;
const pattern = /^whs_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;
const prefixCharacters = 12;

/** A fresh key: 256 random bits. */
export function newApiKey(): string {
  const random = Array.from({ length: randomCharacters }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
  return `whs_${random}_${checksumOf(random)}`;
}

/** Whether it could be one of ours. Guards nothing: anybody can compute the checksum. */
export function isApiKeyShaped(text: string): boolean {
  const [, random, checksum] = pattern.exec(text) ?? [];
  return random !== undefined && checksumOf(random) === checksum;
}

/** What people may see of a key, to recognise it by. */
export function apiKeyPrefix(apiKey: string): string {
  return apiKey.slice(0, prefixCharacters);
}

function checksumOf(random: string): string {
  let rest = crc32(random);
  let text = "";
  for (let place = 0; place < checksumCharacters; place += 1) {
    text = alphabet.charAt(rest % alphabet.length) + text;
    rest = Math.floor(rest / alphabet.length);
  }
  return text;
}
