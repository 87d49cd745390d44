// The isolation walk of every HTTP route, knocked at over HTTP: the REST face of the procedures, and every door beside it (MISSION A2, A3).
import type { AnyTRPCProcedure } from "@trpc/server";
import type { FastifyInstance } from "fastify";
import type { OpenApiMeta } from "trpc-to-openapi";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { errorTable } from "~/server/errors";
import { createControlServer } from "~/server/http/control-socket";
import { createServer } from "~/server/http/create-server";
import type { Door } from "~/server/http/door";
import { newId } from "~/server/ids";
import { createGateway } from "~/server/invocations/gateway";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { appRouter } from "~/server/router";
import { createTelemetryIngest } from "~/server/telemetry/telemetry-ingest";
import { growWalking, type Walking } from "~/server/testing/isolation-world";
import { noteRoute, takeRoutes } from "~/server/testing/list-routes";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { recordWork, type Work, writesOf } from "~/server/testing/record-work";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { type Cell, cellsOf, judgeCell, type Outcome, type Whose } from "./judge-cell";
import { type Ids, idsBy, missingIds } from "./named-ids";
import { procedureRows } from "./procedure-rows";
import { controlRows, type RouteRow, routeRows, type Sent, walkedElsewhere } from "./route-rows";
import { walkers } from "./walkers";

vi.mock("fastify", async (original) => {
  const fastify = await original<typeof import("fastify")>();
  const open = (options: object) => {
    const app = fastify.default(options);
    app.addHook("onRoute", noteRoute);
    return app;
  };
  return { ...fastify, default: open };
});

type RestRow = RouteRow & { isMutation: boolean };

/** The procedures that have an address of their own are walked by the rows that they have as procedures. */
const restRows: Record<string, RestRow> = Object.fromEntries(
  Object.entries(appRouter._def.procedures as unknown as Record<string, AnyTRPCProcedure>).flatMap(([path, procedure]) => {
    const rest = (procedure._def.meta as OpenApiMeta | undefined)?.openapi;
    const row = procedureRows[path];
    if (!rest || !row) return [];
    const names = [...rest.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
    const send = (ids: Ids): Sent => {
      const input = { ...(row.input(ids) as Record<string, string> | undefined) };
      const params = Object.fromEntries(names.map((name) => [name, input[name] ?? ""]));
      for (const name of names) delete input[name];
      return { params, body: input };
    };
    const isMutation = procedure._def.type === "mutation";
    return [[`${rest.method} /v1${rest.path.replaceAll(/\{(\w+)\}/g, ":$1")}`, { ...row, send, isMutation }]];
  }),
);

const missing = idsBy((name) => missingIds[name]());
const malformed = idsBy(() => "no-id-at-all");
const traceId = newId("trace");
const closing = new AbortController();

let services: TestServices;
let door: Door;
let pages: { app: FastifyInstance; routes: string[] };
let control: { app: FastifyInstance; routes: string[] };
let victim: Walking;
const settled = new Map<string, Walking>();
let walked = 0;

beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([createFakeProvider()]) });
  door = {
    services,
    telemetry: createTelemetryIngest(services),
    gateway: createGateway(services),
    origin: services.config.publicUrl.origin,
    closing: closing.signal,
  };
  pages = await opened(createServer(door, null));
  control = await opened(createControlServer(door));
  const [owner] = walkers;
  if (!owner) throw new Error("nobody walks");
  victim = await growWalking(services, owner);
  const shared = (await growWalking(services, owner)).workspace;
  for (const walker of walkers) settled.set(walker.name, await growWalking(services, walker, shared));
});

async function opened(app: FastifyInstance): Promise<{ app: FastifyInstance; routes: string[] }> {
  await app.ready();
  return { app, routes: takeRoutes() };
}

afterAll(async () => {
  const count = pages.routes.length + control.routes.length;
  process.stdout.write(`walked ${count} routes × ${walkers.length} callers × 4 kinds of ids = ${walked} cells\n`);
  closing.abort();
  await Promise.all([pages.app.close(), control.app.close()]);
  await Promise.all([door.gateway.drain(), door.telemetry.writer.drain()]);
  await services.dispose();
});

type Answer = { outcome: Outcome; status: number; bytes: string; work: Work };

/** Over HTTP, with the walker's own cookie or key, from our own origin. */
async function knock(
  app: FastifyInstance,
  name: string,
  sent: Sent,
  as: { walking: Walking; workspaceId: string },
): Promise<Answer> {
  const [said = "", pattern = ""] = name.split(" ");
  const method = (said === "*" ? "DELETE" : said) as "GET";
  const path = pattern
    .replaceAll(/:(\w+)/g, (_, key: string) => encodeURIComponent(sent.params?.[key] ?? ""))
    .replace("*", "nowhere");
  const { cookieHeader, authorizationHeader } = as.walking.credentials;
  const hasBody = method !== "GET" && method !== "DELETE";
  const { answer, work } = await recordWork(async () =>
    app.inject({
      method,
      url: path,
      headers: {
        origin: door.origin,
        "x-trace-id": traceId,
        "x-workspace-id": as.workspaceId,
        ...(cookieHeader ? { cookie: cookieHeader } : {}),
        ...(authorizationHeader ? { authorization: authorizationHeader } : {}),
        ...(hasBody ? { "content-type": "application/json" } : {}),
        ...sent.headers,
      },
      ...(hasBody ? { payload: JSON.stringify(sent.body ?? {}) } : { query: sent.body as Record<string, string> }),
    }),
  );
  const { date: _date, ...headers } = answer.headers;
  const bytes = JSON.stringify([answer.statusCode, headers, answer.body]);
  return { outcome: outcomeOf(answer.statusCode, answer.body), status: answer.statusCode, bytes, work };
}

function outcomeOf(status: number, body: string): Outcome {
  if (status < 400) return "OK";
  const { error } = JSON.parse(body) as { error: { code: keyof typeof errorTable; details?: { reason?: string } } };
  if (errorTable[error.code].status !== status) throw new Error(`${error.code} came as ${status}`);
  return error.details?.reason === "step_up_required" ? "STEP_UP" : error.code;
}

function sentOf(row: RouteRow, whose: Whose, walking: Walking): Sent {
  const ids = { own: walking.ids, foreign: victim.ids, missing, malformed }[whose];
  return row.send?.(ids) ?? {};
}

function wishOf(whose: Whose, walking: Walking): string {
  return { own: walking.workspace.id, foreign: victim.workspace.id, missing: newId("workspace"), malformed: "no-id-at-all" }[
    whose
  ];
}

async function walkRoute(app: FastifyInstance, name: string, row: RouteRow | RestRow): Promise<void> {
  const wrong: string[] = [];
  for (const cell of cellsOf(row, walkers)) {
    if ("isMutation" in row && isWalkedAsProcedure(row, cell)) continue;
    const at = `${cell.walker.name}, ${cell.ids} ids, ${cell.workspace} workspace`;
    wrong.push(...(await walkCell(app, name, row, cell)).map((problem) => `${at}: ${problem}`));
    walked += 1;
  }
  expect(
    wrong.slice(0, 3).map((line) => line.slice(0, 600)),
    `${wrong.length} cells are wrong`,
  ).toEqual([]);
}

/**
 * What changes things is walked where it is called directly, in workspaces that nobody else looks at; so are ids and workspaces
 * that do not exist, but as the twins of foreign ones.
 */
function isWalkedAsProcedure(row: RestRow, cell: Cell): boolean {
  if (cell.ids === "missing" || cell.ids === "malformed" || cell.workspace === "missing" || cell.workspace === "malformed")
    return true;
  return row.isMutation && judgeCell(row, cell) === "OK";
}

async function walkCell(app: FastifyInstance, name: string, row: RouteRow, cell: Cell): Promise<string[]> {
  const walking = settled.get(cell.walker.name);
  if (!walking) throw new Error(`${cell.walker.name} is nowhere`);
  const expected = judgeCell(row, cell);
  const ask = async (asked: Cell) => {
    await services.redis.flushdb();
    // An agent that was called within the last second is known by heart; cold is compared with cold.
    door.gateway.targets.forgetAgent(victim.ids.agentId);
    return knock(app, name, sentOf(row, asked.ids, walking), { walking, workspaceId: wishOf(asked.workspace, walking) });
  };
  const answer = await ask(cell);
  const problems = answer.outcome === expected ? [] : [`${answer.outcome} instead of ${expected}: ${answer.bytes}`];
  const writes = writesOf(answer.work);
  if (expected !== "OK" && row.who !== "anybody" && row.who !== "machine" && writes.length > 0)
    problems.push(`refused, and yet wrote: ${writes.join("; ")}`);
  if (cell.ids !== "foreign") return problems;
  const absent = await ask({ ...cell, ids: "missing", workspace: cell.workspace === "foreign" ? "missing" : cell.workspace });
  if (absent.bytes !== answer.bytes) problems.push(`${answer.bytes} differs from a missing one's ${absent.bytes}`);
  // Keys are proven from memory, renewed when it suits them: their work is counted where procedures are walked.
  const isCached = walking.credentials.authorizationHeader !== null;
  if (!isCached && JSON.stringify(absent.work) !== JSON.stringify(answer.work))
    problems.push(`${JSON.stringify(answer.work)} is other work than a missing one's ${JSON.stringify(absent.work)}`);
  return problems;
}

describe("the isolation walk of every route", () => {
  it("has a row for each, and no row without one", () => {
    const known = [...Object.keys(routeRows), ...Object.keys(restRows)];
    const unwalked = pages.routes.filter(
      (name) => !known.includes(name) && !Object.keys(walkedElsewhere).some((path) => name.endsWith(` ${path}`)),
    );
    expect(unwalked, "add its line to server/isolation/route-rows.ts; a procedure's to the fitting *-rows.ts").toEqual([]);
    expect(
      known.filter((name) => !pages.routes.includes(name)),
      "no such route: delete its line",
    ).toEqual([]);
    const ofSocket = Object.keys(controlRows);
    expect(
      control.routes.filter((name) => !ofSocket.includes(name)),
      "add its line to controlRows",
    ).toEqual([]);
    expect(
      ofSocket.filter((name) => !control.routes.includes(name)),
      "no such route: delete its line",
    ).toEqual([]);
  });

  for (const [name, row] of Object.entries({ ...restRows, ...routeRows })) {
    it(`${name} answers every caller as the table says`, () => walkRoute(pages.app, name, row));
  }
  for (const [name, row] of Object.entries(controlRows)) {
    it(`${name} on the agent host's socket answers every caller as the table says`, () => walkRoute(control.app, name, row));
  }
});
