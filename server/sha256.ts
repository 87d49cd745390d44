// How session ids, tokens and API keys are kept: as a digest. They are long and random, so a fast hash is enough.
import { hash } from "node:crypto";

/** 64 hexadecimal digits. */
export function sha256Hex(text: string): string {
  return hash("sha256", text, "hex");
}
