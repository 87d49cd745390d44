// The API of the stand-in: key, version, parameters and idempotency are judged before anything is done.
import type { z } from "zod";
import type { Ledger, Thing } from "./ledger";
import { type Call, type ParametersOf, parameters } from "./parameters";

export type ApiRequest = {
  method: string;
  path: string;
  headers: { authorization: string | undefined; version: string | undefined; idempotencyKey: string | undefined };
  given: unknown;
};
export type ApiAnswer = { status: number; body: unknown };

export type ApiPlace = {
  ledger: Ledger;
  secretKey: string;
  apiVersion: string;
  /** Where its hosted pages are. */
  origin: () => string;
  remembered: Map<string, { fingerprint: string; answer: ApiAnswer }>;
};

export function answerCall(place: ApiPlace, request: ApiRequest): ApiAnswer {
  const refusal = judgeHeaders(place, request);
  if (refusal) return refusal;
  const call = callOf(request);
  if (!call) return wrong(404, "invalid_request_error", `Unrecognized request URL (${request.method}: ${request.path}).`);
  const parsed = parameters[call].safeParse(request.given);
  if (!parsed.success) return refuseParameters(parsed.error);
  if (request.method === "GET") return perform(place, request, call, parsed.data);
  return once(place, request, () => perform(place, request, call, parsed.data));
}

function judgeHeaders(place: ApiPlace, { method, headers }: ApiRequest): ApiAnswer | null {
  if (headers.authorization !== `Bearer ${place.secretKey}`)
    return wrong(401, "invalid_request_error", "Invalid API Key provided.");
  if (headers.version !== place.apiVersion)
    return wrong(400, "invalid_request_error", `Invalid Stripe API version: ${headers.version}`);
  if (method !== "GET" && !headers.idempotencyKey)
    return wrong(400, "idempotency_error", "A write needs an Idempotency-Key here.");
  return null;
}

function callOf({ method, path }: ApiRequest): Call | null {
  const shapes = [path, path.replace(/\/[^/]+\/expire$/, "/:id/expire"), path.replace(/\/[^/]+$/, "/:id")];
  const names = shapes.map((shape) => `${method} ${shape}`);
  return (names.find((name) => name in parameters) as Call | undefined) ?? null;
}

/** The same key answers the same; with other parameters it is refused. */
function once(place: ApiPlace, request: ApiRequest, act: () => ApiAnswer): ApiAnswer {
  const key = request.headers.idempotencyKey ?? "";
  const fingerprint = JSON.stringify([request.path, request.given]);
  const known = place.remembered.get(key);
  if (known && known.fingerprint !== fingerprint) {
    return wrong(400, "idempotency_error", "Keys for idempotent requests can only be used with the same parameters.");
  }
  const answer = known?.answer ?? act();
  place.remembered.set(key, { fingerprint, answer });
  return answer;
}

function perform(place: ApiPlace, request: ApiRequest, call: Call, given: unknown): ApiAnswer {
  const { ledger } = place;
  try {
    if (call === "POST /v1/checkout/sessions/:id/expire") return expireCheckout(ledger, request.path.split("/").at(-2) ?? "");
    if (call === "DELETE /v1/subscriptions/:id") return endSubscription(ledger, request.path.split("/").at(-1) ?? "");
    if (call.endsWith("/:id")) return { status: 200, body: ledger.get(decodeURIComponent(request.path.split("/").at(-1) ?? "")) };
    if (call === "POST /v1/customers") {
      return created(ledger.add("cus", { object: "customer", ...(given as ParametersOf<typeof call>) }));
    }
    if (call === "POST /v1/checkout/sessions") return openCheckout(place, given as ParametersOf<typeof call>);
    if (call === "POST /v1/billing_portal/sessions") return openPortal(place, given as ParametersOf<typeof call>);
    return list(ledger, call, given as ListQuery);
  } catch (error) {
    return wrong(404, "invalid_request_error", error instanceof Error ? error.message : "missing", "resource_missing");
  }
}

function openCheckout({ ledger, origin }: ApiPlace, given: ParametersOf<"POST /v1/checkout/sessions">): ApiAnswer {
  ledger.get(given.customer);
  ledger.get(given.line_items[0]?.price ?? "");
  const session = ledger.add("cs_test", { object: "checkout.session", status: "open", ...given });
  return created(Object.assign(session, { url: `${origin()}/c/pay/${session.id}` }));
}

/** Paid in the meantime, it can no longer be taken back. */
function expireCheckout(ledger: Ledger, id: string): ApiAnswer {
  const session = ledger.get(id);
  if (session["status"] !== "open")
    return wrong(400, "invalid_request_error", "Only Checkout Sessions with a status of open can be expired.");
  return created(Object.assign(session, { status: "expired", url: null }));
}

function endSubscription(ledger: Ledger, id: string): ApiAnswer {
  if (ledger.get(id)["status"] === "canceled")
    return wrong(404, "invalid_request_error", `No such subscription: ${id}`, "resource_missing");
  ledger.change(id, { status: "canceled" });
  return created(ledger.get(id));
}

function openPortal({ ledger, origin }: ApiPlace, given: ParametersOf<"POST /v1/billing_portal/sessions">): ApiAnswer {
  ledger.get(given.customer);
  const session = ledger.add("bps", { object: "billing_portal.session", ...given });
  return created(Object.assign(session, { url: `${origin()}/p/session/${session.id}` }));
}

const kinds: Partial<Record<Call, string>> = {
  "GET /v1/checkout/sessions": "checkout.session",
  "GET /v1/subscriptions": "subscription",
  "GET /v1/invoices": "invoice",
  "GET /v1/refunds": "refund",
  "GET /v1/disputes": "dispute",
};

type ListQuery = { customer?: string; charge?: string; status?: string; limit: number };

function list(ledger: Ledger, call: Call, given: ListQuery): ApiAnswer {
  const fits = (thing: Thing) =>
    (given.customer === undefined ? thing["charge"] === given.charge : thing["customer"] === given.customer) &&
    (given.status === undefined || given.status === "all" || thing["status"] === given.status);
  const found = ledger.list(kinds[call] ?? "", fits);
  const data = found.slice(0, given.limit);
  return { status: 200, body: { object: "list", url: call.split(" ")[1], has_more: found.length > data.length, data } };
}

function created(thing: Thing): ApiAnswer {
  return { status: 200, body: thing };
}

function refuseParameters(error: z.ZodError): ApiAnswer {
  const [issue] = error.issues;
  const unknown = issue?.code === "unrecognized_keys" ? `Received unknown parameter: ${issue.keys.join(", ")}` : issue?.message;
  return wrong(400, "invalid_request_error", `${unknown} (${issue?.path.join(".")})`);
}

function wrong(status: number, type: string, message: string, code?: string): ApiAnswer {
  return { status, body: { error: { type, message, ...(code ? { code } : {}) } } };
}
