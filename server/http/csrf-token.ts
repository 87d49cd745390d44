// The token in every form: signed, and worth something only to the session or browser that it was made for (MISSION B5).
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { AppError } from "~/server/errors";

const saltBytes = 12;
const macBytes = 32;

/**
 * HMAC-SHA256 over the binding and a fresh salt: `binding` is the session's hash, or the browser cookie's value while nobody
 * is signed in. Fresh each time, so that a compressed page gives nothing away about it.
 */
export function issueCsrfToken(secret: Buffer, binding: string): string {
  const salt = randomBytes(saltBytes);
  return Buffer.concat([salt, macOf(secret, binding, salt)]).toString("base64url");
}

/** Throws `UNAUTHORIZED` unless the form's field `csrf` was issued for this binding. */
export function assertCsrfToken(secret: Buffer, binding: string, form: FormData): void {
  const field = form.get("csrf");
  if (typeof field === "string" && isGenuine(secret, binding, field)) return;
  throw new AppError("UNAUTHORIZED", "This form is out of date. Reload the page and send it again.", {
    details: { reason: "csrf" },
  });
}

function isGenuine(secret: Buffer, binding: string, token: string): boolean {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length !== saltBytes + macBytes) return false;
  return timingSafeEqual(bytes.subarray(saltBytes), macOf(secret, binding, bytes.subarray(0, saltBytes)));
}

function macOf(secret: Buffer, binding: string, salt: Buffer): Buffer {
  return createHmac("sha256", secret).update("csrf\0").update(salt).update(binding).digest();
}
