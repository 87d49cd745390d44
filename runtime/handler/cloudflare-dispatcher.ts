// Our script in front of a dispatch namespace: it hands the house's calls to the script that they name, and says what that one may reach.
import { dispatchHeaders, dispatchKeyName, dispatchKeysMax, dispatchText } from "~/runtime/contract/dispatched-call";
import { callHeaders, callWindowMs } from "~/runtime/contract/signed-call";
import { fromHex } from "./verify-call";

type Dispatched = { fetch(request: Request): Promise<Response> };
type Outbound = { outbound: { allow: string } };

type DispatcherEnv = Record<string, unknown> & {
  agents: { get(name: string, args: Record<string, never>, options: Outbound): Dispatched };
};

export default {
  async fetch(request: Request, env: DispatcherEnv): Promise<Response> {
    const script = request.headers.get(dispatchHeaders.script) ?? "";
    const allow = request.headers.get(dispatchHeaders.allow) ?? "";
    if (!(await isOurs(request, env, { script, allow }))) return new Response(null, { status: 401 });
    try {
      return await env.agents.get(script, {}, { outbound: { allow } }).fetch(withoutPass(request));
    } catch (thrown) {
      // What the platform says of a name that is not in the namespace.
      if (thrown instanceof Error && /^Worker not found/i.test(thrown.message)) return new Response(null, { status: 404 });
      throw thrown;
    }
  },
};

/** What opened this door is not for the tenant's isolate behind it: whoever has it could knock here again while it counts. */
function withoutPass(request: Request): Request {
  const headers = new Headers(request.headers);
  for (const name of Object.values(dispatchHeaders)) headers.delete(name);
  return new Request(request, { headers });
}

async function isOurs(request: Request, env: DispatcherEnv, told: { script: string; allow: string }): Promise<boolean> {
  const timestamp = request.headers.get(callHeaders.timestamp) ?? "";
  const signature = fromHex(/^v1=([0-9a-f]{64})$/.exec(request.headers.get(dispatchHeaders.signature) ?? "")?.[1]);
  if (signature === null || !/^\d{13}$/.test(timestamp) || Math.abs(Date.now() - Number(timestamp)) > callWindowMs) return false;
  const text = new TextEncoder().encode(dispatchText({ timestamp, ...told }));
  for (let place = 0; place < dispatchKeysMax; place += 1) {
    const key = env[dispatchKeyName(place)] as CryptoKey | undefined;
    if (key === undefined) return false;
    if (await crypto.subtle.verify("HMAC", key, signature, text)) return true;
  }
  return false;
}
