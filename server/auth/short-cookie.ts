// Cookies that name something which waits for a few minutes: a sign-in for its second factor, a challenge for its passkey.
import type { Config } from "~/server/config";

export type ShortCookie = {
  /** The Set-Cookie header that gives it, for as long as what it names may wait. */
  give(value: string, maxAgeSeconds: number): string;
  /** The Set-Cookie header that takes it back. */
  clear(): string;
  /** What the browser sent; null when it sent none. */
  read(cookieHeader: string | null | undefined): string | null;
};

/** Not for scripts, not for other sites; in production `__Host-` ties it to this very host over HTTPS, as with the session's. */
export function shortCookie(config: Pick<Config, "isProduction">, purpose: string): ShortCookie {
  const name = config.isProduction ? `__Host-whs_${purpose}` : `whs_${purpose}`;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${config.isProduction ? "; Secure" : ""}`;
  return {
    give: (value, maxAgeSeconds) => `${name}=${value}; Max-Age=${maxAgeSeconds}; ${attributes}`,
    clear: () => `${name}=; Max-Age=0; ${attributes}`,
    read: (cookieHeader) => cookieValue(cookieHeader, name),
  };
}

function cookieValue(cookieHeader: string | null | undefined, name: string): string | null {
  for (const pair of cookieHeader?.split(";") ?? []) {
    const [key, value] = pair.split("=", 2);
    if (key?.trim() === name) return value?.trim() || null;
  }
  return null;
}
