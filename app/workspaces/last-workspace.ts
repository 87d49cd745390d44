// Which workspace a browser was in last, and the page that somebody is to come back to once they are signed in: kept in cookies.
const yearSeconds = 31_536_000;
const daySeconds = 86_400;

export function lastWorkspaceOf(request: Request): string | null {
  return cookieOf(request, "workspace");
}

export function lastWorkspaceCookie(request: Request, workspaceId: string): string {
  return setting(request, "workspace", workspaceId, yearSeconds);
}

/** A path inside this site; whoever reads it asks `ownPlace` once more. */
export function returnPlaceOf(request: Request): string | null {
  return cookieOf(request, "return_to");
}

/** `null` forgets it. */
export function returnPlaceCookie(request: Request, place: string | null): string {
  return setting(request, "return_to", place ?? "", place === null ? 0 : daySeconds);
}

function cookieOf(request: Request, name: string): string | null {
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const [key, value = ""] = pair.trim().split("=", 2);
    if (key === name && value) return decoded(value);
  }
  return null;
}

function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

function setting(request: Request, name: string, value: string, seconds: number): string {
  const secure = new URL(request.url).protocol === "https:" ? "; Secure" : "";
  return `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
}
