// Holds an agent to `network.allow` inside its own isolate, where no proxy stands around it: put in place before its code is loaded.

const hopsMax = 10;
const bodyless = new Set([301, 302, 303]);
const redirects = new Set([301, 302, 303, 307, 308]);
/** Ways out other than `fetch`, which are closed: none of them can be held to a list of hosts. */
const otherWays = ["WebSocket", "EventSource", "WebSocketStream", "WebTransport", "Worker", "SharedWorker"] as const;

/** `allow`: host names; `*.` in front stands for one or more labels. What is not https is refused. */
export function guardNetwork(allow: readonly string[]): void {
  const direct = fetch.bind(globalThis);
  put("fetch", (input: RequestInfo | URL, init?: RequestInit) => fetchListed(direct, allow, new Request(input, init)));
  for (const name of otherWays) {
    put(name, function closed() {
      throw new TypeError(`${name} is not possible beside network.allow; use fetch.`);
    });
  }
  closeBuiltins();
}

export function isListedHost(allow: readonly string[], hostname: string): boolean {
  const host = hostname.replace(/\.$/, "").toLowerCase();
  return allow.some((entry) => {
    const listed = entry.toLowerCase();
    return listed.startsWith("*.") ? host.endsWith(listed.slice(1)) && host.length > listed.length - 1 : host === listed;
  });
}

/** Each hop is judged anew. A body goes along to the first one only, as in `fetch` itself for a body that is a stream. */
export async function fetchListed(direct: typeof fetch, allow: readonly string[], first: Request): Promise<Response> {
  let request = first;
  for (let hop = 0; hop < hopsMax; hop += 1) {
    assertListed(allow, request.url);
    const answer = await direct(new Request(request, { redirect: "manual" }));
    const location = answer.headers.get("location");
    if (!redirects.has(answer.status) || location === null || first.redirect === "manual") return answer;
    if (first.redirect === "error") throw new TypeError("The host answered with a redirect, and redirect is set to error.");
    await answer.body?.cancel();
    request = next(request, answer.status, new URL(location, request.url));
  }
  throw new TypeError(`More than ${hopsMax} redirects.`);
}

function next(request: Request, status: number, to: URL): Request {
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (!isRead && !bodyless.has(status))
    throw new TypeError("A redirect that keeps the body is not followed; send it to its target.");
  const headers = new Headers(request.headers);
  if (new URL(request.url).origin !== to.origin) for (const name of ["authorization", "cookie"]) headers.delete(name);
  if (!isRead) for (const name of ["content-type", "content-length", "content-encoding"]) headers.delete(name);
  return new Request(to, { method: request.method === "HEAD" ? "HEAD" : "GET", headers, signal: request.signal });
}

function assertListed(allow: readonly string[], address: string): void {
  const { protocol, hostname } = new URL(address);
  if (protocol !== "https:") throw new TypeError(`${protocol} is not possible; use https.`);
  if (isListedHost(allow, hostname)) return;
  throw new TypeError(`${hostname} is not in network.allow of agent.config.json. Add it there and deploy again.`);
}

/** `process.getBuiltinModule` takes a name that is made at run time, which no look at the code can see. */
function closeBuiltins(): void {
  const { process } = globalThis as { process?: { getBuiltinModule?: unknown } };
  if (process?.getBuiltinModule === undefined) return;
  Object.defineProperty(process, "getBuiltinModule", { value: () => undefined, writable: false, configurable: false });
}

/** On every object of the global's chain: a name that is only shadowed can be uncovered. */
function put(name: string, value: unknown): void {
  for (
    let holder: object | null = globalThis;
    holder !== null && holder !== Object.prototype;
    holder = Object.getPrototypeOf(holder)
  ) {
    if (holder !== globalThis && !Object.hasOwn(holder, name)) continue;
    Object.defineProperty(holder, name, { value, writable: false, configurable: false, enumerable: true });
  }
}
