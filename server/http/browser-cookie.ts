// A random name for a browser in which nobody is signed in yet, so that the forms of sign-in and sign-up have something to be bound to.
import { randomBytes } from "node:crypto";

const valuePattern = /^[A-Za-z0-9_-]{22}$/;

export type BrowserName = {
  value: string;
  /** Set-Cookie for a browser that came without one. */
  cookie: string | null;
};

/** The browser's own value when it is well formed, else a fresh one with the cookie that gives it. */
export function browserNameOf(cookieHeader: string | null, options: { isProduction: boolean }): BrowserName {
  const name = options.isProduction ? "__Host-whs_browser" : "whs_browser";
  const value = readCookie(cookieHeader, name);
  if (value !== null && valuePattern.test(value)) return { value, cookie: null };
  const fresh = randomBytes(16).toString("base64url");
  const secure = options.isProduction ? "; Secure" : "";
  return { value: fresh, cookie: `${name}=${fresh}; Path=/; HttpOnly; SameSite=Lax${secure}` };
}

function readCookie(header: string | null, name: string): string | null {
  for (const pair of header?.split(";") ?? []) {
    const [key, value] = pair.split("=", 2);
    if (key?.trim() === name) return value?.trim() ?? null;
  }
  return null;
}
