// Every HTTP route's row in the isolation walk: whose turn it is, which ids the path names, and what to send (MISSION A3).
import type { Judged, RouteWho } from "./judge-cell";
import type { Ids } from "./named-ids";

export type Sent = { params?: Record<string, string>; body?: unknown; headers?: Record<string, string> };

export type RouteRow = Omit<Judged, "who" | "names"> & {
  /** `machine`: only who signs the body or shows a token of its own; sessions and API keys mean nothing there. */
  who: RouteWho;
  names?: readonly (keyof Ids)[];
  send?: (ids: Ids) => Sent;
  note?: string;
};

/** Routes with many things behind them; each has a walk of its own. */
export const walkedElsewhere: Readonly<Record<string, string>> = {
  "/trpc/*": "walk-procedures.test.ts",
  "/*": "walk-pages.test.ts",
};

const prompt = { input: { prompt: "hello" } };
const ofAgent = ({ agentId }: Ids): Sent => ({ params: { agentId }, body: prompt });
const ofStream = ({ agentId }: Ids): Sent => ({
  params: { agentId, streamId: `str_${"0".repeat(26)}.${"0".repeat(26)}.m0000000.${"A".repeat(43)}` },
});

/** One line for each route that is not a procedure's. One without a line fails the walk. */
export const routeRows: Readonly<Record<string, RouteRow>> = {
  "GET /healthz": { who: "anybody" },
  "GET /readyz": { who: "anybody" },
  "GET /metrics": { who: "anybody", own: "NOT_FOUND", note: "missing without the token that Prometheus was given" },
  "GET /schema/agent.config.json": { who: "anybody" },
  "GET /.well-known/security.txt": { who: "anybody" },
  "GET /.well-known/audit-key.json": { who: "anybody" },
  "GET /v1/openapi.json": { who: "anybody" },
  "GET /v1/audit/export": { who: "audit.export" },
  "GET /v1/usage/export": { who: "usage.read" },
  "GET /v1/agents/:agentId/logs/export": {
    who: "deployment.read",
    names: ["agentId"],
    send: ({ agentId }) => ({ params: { agentId } }),
  },
  "* /v1": { who: "anybody", own: "NOT_FOUND" },
  "* /v1/*": { who: "anybody", own: "NOT_FOUND", note: "every path of /v1 that is not a procedure's" },
  "* /trpc": { who: "anybody", own: "NOT_FOUND" },
  "POST /v1/uploads": { who: "deployment.create", own: "INVALID_REQUEST", note: "sent a text that is no zip" },
  "POST /v1/invoke/:agentId": { who: "agent.invoke", looksFirst: true, names: ["agentId"], send: ofAgent },
  "POST /v1/invoke/:agentId/stream": { who: "agent.invoke", looksFirst: true, names: ["agentId"], send: ofAgent },
  "GET /v1/invoke/:agentId/streams/:streamId": {
    who: "agent.invoke",
    looksFirst: true,
    names: ["agentId"],
    own: "NOT_FOUND",
    send: ofStream,
    note: "a stream that was given to nobody",
  },
  "DELETE /v1/invoke/:agentId/streams/:streamId": {
    who: "agent.invoke",
    looksFirst: true,
    names: ["agentId"],
    own: "NOT_FOUND",
    send: ofStream,
    note: "a stream that was given to nobody",
  },
  "POST /v1/delegated/invoke/:agentId": {
    who: "machine",
    names: ["agentId"],
    send: ofAgent,
    note: "a signature by a trusted back end",
  },
  "POST /v1/telemetry/report": { who: "machine", note: "a signature by the deployment's own key" },
  "POST /v1/telemetry/batch": { who: "machine", note: "a signature by the deployment's own key" },
  "POST /v1/billing/webhook": { who: "machine", note: "a signature by one of Stripe's webhook secrets" },
};

/** On the second listener, a unix socket for the agent host of this machine. */
export const controlRows: Readonly<Record<string, RouteRow>> = {
  "POST /internal/integrity": {
    who: "machine",
    names: ["deploymentId"],
    send: ({ deploymentId }) => ({ body: { deploymentId, moduleSha256: "0".repeat(64) } }),
    note: "the token that this machine's agent host was started with",
  },
  "POST /internal/logs": {
    who: "machine",
    names: ["deploymentId"],
    send: ({ deploymentId }) => ({
      body: {
        source: "0".repeat(26),
        deployments: [{ deploymentId, lines: [{ seq: 1, at: "2026-11-22T00:00:00Z", stream: "stdout", line: "walked" }] }],
      },
    }),
    note: "the token that this machine's agent host was started with",
  },
  "POST /internal/launch": {
    who: "machine",
    names: ["deploymentId"],
    send: ({ deploymentId }) => ({ body: { deploymentId } }),
    note: "the token that this machine's agent host was started with",
  },
  "POST /v1/telemetry/report": { who: "machine", note: "a signature by the deployment's own key" },
  "POST /v1/telemetry/batch": { who: "machine", note: "a signature by the deployment's own key" },
};
