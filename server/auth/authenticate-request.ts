// Who sent this request: an API key when an Authorization header is there, else the session cookie, else nobody (MISSION A1).
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { environmentOfApiKey } from "./api-key-format";
import type { ApiKeyPrincipal, Principal } from "./principal";
import { proveApiKey, recallApiKey } from "./prove-api-key";
import { openSessions } from "./sessions";

export type Credentials = { cookieHeader: string | null; authorizationHeader: string | null };

export type Authenticated = {
  /** Null: nobody is signed in. */
  principal: Principal | null;
  /** Goes into the answer as Set-Cookie: use has moved the session's idle limit. */
  setCookie: string | null;
};

/** A bad Authorization header throws `UNAUTHENTICATED` and never falls back to the cookie. */
export async function authenticateRequest(
  services: Pick<Services, "across" | "clock" | "config" | "log">,
  credentials: Credentials,
): Promise<Authenticated> {
  if (credentials.authorizationHeader !== null) {
    const apiKey = bearerOf(credentials.authorizationHeader);
    return { principal: await proveKey(services, apiKey), setCookie: null };
  }
  const session = await openSessions(services).prove(credentials.cookieHeader);
  return { principal: session?.user ?? null, setCookie: session?.setCookie ?? null };
}

/** The key of an Authorization header as it is known without waiting; null: it has to be asked for. Throws as `authenticateRequest` does. */
export function recallCaller(
  services: Pick<Services, "across" | "clock" | "log">,
  authorizationHeader: string,
): ApiKeyPrincipal | null {
  return recallApiKey(services, bearerOf(authorizationHeader));
}

/** Asked only of what is not honoured here: a database that was renamed goes on with its keys. */
async function proveKey(
  services: Pick<Services, "across" | "clock" | "config" | "log">,
  apiKey: string,
): Promise<ApiKeyPrincipal> {
  try {
    return await proveApiKey(services, apiKey);
  } catch (thrown) {
    const theirs = environmentOfApiKey(apiKey);
    if (theirs === null || theirs === services.config.environment) throw thrown;
    if (!(thrown instanceof AppError) || thrown.code !== "UNAUTHENTICATED") throw thrown;
    throw keyOfElsewhere(theirs);
  }
}

function keyOfElsewhere(environment: string): AppError {
  const message = `This API key belongs to the environment "${environment}", and this is another. Use a key that was made here.`;
  return new AppError("UNAUTHENTICATED", message, { details: { reason: "key_of_another_environment" } });
}

/** RFC 6750: the scheme's name is case-insensitive. */
function bearerOf(header: string): string {
  const [, token] = /^bearer +(\S+)$/i.exec(header.trim()) ?? [];
  if (!token) throw new AppError("UNAUTHENTICATED", "Send an API key as: Authorization: Bearer whs_…");
  return token;
}
