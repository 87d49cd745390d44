// Our script behind a dispatch namespace: every request of an agent passes here, outside of its isolate, and goes on only to hosts that it may reach.
import { fetchListed } from "./network-guard";

type OutboundEnv = {
  /** What the dispatcher said with the call that this request belongs to. */
  allow?: string;
  /** Where our wrapper reports what a call used, whatever its agent may reach. Who else posts there is told apart by the signature. */
  telemetryUrl: string;
};

export default {
  async fetch(request: Request, env: OutboundEnv): Promise<Response> {
    const allow = readAllowed(env.allow);
    if (allow === null || (request.method === "POST" && request.url === env.telemetryUrl)) return fetch(request);
    try {
      return await fetchListed(fetch, allow, request);
    } catch (thrown) {
      return new Response(thrown instanceof Error ? thrown.message : "Refused.", { status: 403 });
    }
  },
};

/** Null: any host. What cannot be read allows none. */
function readAllowed(text: string | undefined): string[] | null {
  try {
    const allow: unknown = JSON.parse(text ?? "");
    if (allow === null) return null;
    return Array.isArray(allow) ? allow.map(String) : [];
  } catch {
    return [];
  }
}
