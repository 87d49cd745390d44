// What an agent threw, as callers may read it: masked as a whole, and only then cut, for of half a secret the mask knows nothing.
import type { MaskCompiler } from "./mask-text";

const messageCharactersMax = 520;

/** Its first line. */
export function maskMessage(mask: MaskCompiler, message: string): string {
  const line = mask.mask(message).split(/\r?\n/, 1)[0] ?? "";
  return line.length > messageCharactersMax ? `${line.slice(0, messageCharactersMax)}…` : line;
}
