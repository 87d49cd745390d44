// The isolation walk of every page and every form: what loaders answer, and what actions refuse (MISSION A2, A3, B5).
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createServer } from "~/server/http/create-server";
import { issueCsrfToken } from "~/server/http/csrf-token";
import type { Door } from "~/server/http/door";
import { newId } from "~/server/ids";
import { createGateway } from "~/server/invocations/gateway";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { sha256Hex } from "~/server/sha256";
import { createTelemetryIngest } from "~/server/telemetry/telemetry-ingest";
import { growWalking, type Walking } from "~/server/testing/isolation-world";
import { loadPages, type PageRoute } from "~/server/testing/load-pages";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { readPageData } from "~/server/testing/read-page-data";
import { recordWork, type Work, writesOf } from "~/server/testing/record-work";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { type Cell, cellsOf, type Outcome, type Whose } from "./judge-cell";
import { type Ids, idsBy, walked as known, missingIds } from "./named-ids";
import { judgePage, type PageRow, pageRows, paramIds } from "./page-rows";
import { type Walker, walkers } from "./walkers";

const { routes, handler } = await loadPages();
const pages = routes.filter((route): route is Page => route.path !== null);

const missing = idsBy((name) => missingIds[name]());
const malformed = idsBy(() => "no-id-at-all");
const missingWorkspace = newId("workspace");
const browser = "A".repeat(22);
const traceId = newId("trace");
const closing = new AbortController();

let services: TestServices;
let door: Door;
let app: FastifyInstance;
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
  app = createServer(door, { handler: async () => handler, clientDirectory: services.directory });
  const [owner] = walkers;
  if (!owner) throw new Error("nobody walks");
  victim = await growWalking(services, owner);
  const shared = (await growWalking(services, owner)).workspace;
  for (const walker of walkers) settled.set(walker.name, await growWalking(services, walker, shared));
});
afterAll(async () => {
  process.stdout.write(`walked ${pages.length} pages × ${walkers.length} callers × 4 kinds of ids = ${walked} cells\n`);
  closing.abort();
  await app.close();
  await Promise.all([door.gateway.drain(), door.telemetry.writer.drain()]);
  await services.dispose();
});

type Page = PageRoute & { path: string };
/** `only`: of several ids that a page names, the one that is not the caller's own. */
type Visit = { page: Page; cell: Cell; only?: keyof Ids | undefined; form?: Record<string, string> };
type Answer = { outcome: Outcome; bytes: string; work: Work };

/** As a browser asks for a page's data, and as it sends a form. */
async function visit({ page, cell, only, form }: Visit): Promise<Answer> {
  const walking = walkingOf(cell.walker);
  const named = { own: walking.ids, foreign: victim.ids, missing, malformed }[cell.ids];
  const ids = only ? { ...walking.ids, [only]: named[only] } : named;
  const workspaceId = workspaceOf(cell.workspace, walking);
  const path = page.path.replace("*", "nowhere").replaceAll(/:(\w+)/g, (_, name: string) => {
    return name === "workspaceId" ? workspaceId : (ids[paramIds[name] ?? (name as keyof Ids)] ?? "none");
  });
  const { cookieHeader, authorizationHeader } = walking.credentials;
  await services.redis.flushdb();
  const { answer, work } = await recordWork(async () =>
    app.inject({
      method: form ? "POST" : "GET",
      // Without the root's own data, which is fresh each time: the form's token, the page's nonce.
      url: `${path === "/" ? "/_root" : path}.data${form ? (page.isIndex ? "?index" : "") : `?_routes=${framesOf(page).join(",")}`}`,
      headers: {
        origin: door.origin,
        "x-trace-id": traceId,
        cookie: [cookieHeader, `whs_browser=${browser}`].filter(Boolean).join("; "),
        ...(authorizationHeader ? { authorization: authorizationHeader } : {}),
        ...(form ? { "content-type": "application/x-www-form-urlencoded" } : {}),
      },
      ...(form
        ? { payload: new URLSearchParams({ ...ids, userId: ids.memberId, grantId: ids.systemGrantId, ...form }).toString() }
        : {}),
    }),
  );
  const data = await readPageData(answer.body);
  const said = [...Object.values(ids), workspaceId].reduce((text, id) => text.replaceAll(id, "ID"), data);
  return { outcome: outcomeOf(answer.statusCode, answer.body), bytes: `${answer.statusCode} ${said}`, work };
}

function walkingOf(walker: Walker): Walking {
  const walking = settled.get(walker.name);
  if (!walking) throw new Error(`${walker.name} is nowhere`);
  return walking;
}

function workspaceOf(whose: Whose, walking: Walking): string {
  const theirs = {
    own: walking.workspace.id,
    foreign: victim.workspace.id,
    missing: missingWorkspace,
    malformed: "no-id-at-all",
  };
  return theirs[whose];
}

function framesOf(page: PageRoute): string[] {
  const frames: string[] = [];
  for (let at: PageRoute | undefined = page; at; at = routes.find(({ id }) => id === at?.parentId)) frames.unshift(at.id);
  return frames;
}

const codes: Record<number, Outcome> = { 400: "INVALID_REQUEST", 403: "UNAUTHORIZED", 404: "NOT_FOUND", 500: "INTERNAL" };

/** 202 is Remix's redirect of a data request. */
function outcomeOf(status: number, body: string): Outcome {
  if (status === 202 && body.includes('"/sign-in?to=')) return "UNAUTHENTICATED";
  if (status === 202 && body.includes('"/confirm?to=')) return "STEP_UP";
  // A form that is shown again, with what is wrong in it.
  if (status === 200 && body.includes('"problem",{')) return "INVALID_REQUEST";
  return codes[status] ?? "OK";
}

function expectedOf(row: PageRow, cell: Cell, only?: keyof Ids): Outcome {
  // The frame looks for the agent; what else the address names is the page's own business.
  const { looksFirst, ...inPage } = row;
  return judgePage(only === undefined || only === "agentId" ? row : inPage, cell);
}

async function walkPage(page: Page, row: PageRow): Promise<string[]> {
  const wrong: string[] = [];
  for (const cell of cellsOf(row, callersOf(row)).filter(isWalkedHere)) {
    for (const only of cell.ids === "own" || cell.workspace !== "own" ? [undefined] : (row.names ?? [undefined])) {
      const expected = expectedOf(row, cell, only);
      const answer = await visit({ page, cell, only });
      walked += 1;
      const at = `${cell.walker.name}, ${cell.ids} ${only ?? "ids"}, ${cell.workspace} workspace:`;
      if (answer.outcome !== expected) wrong.push(`${at} ${answer.outcome} instead of ${expected}: ${answer.bytes}`);
      if (expected !== "OK" && writesOf(answer.work).length > 0) wrong.push(`${at} wrote ${writesOf(answer.work).join("; ")}`);
      if (cell.ids !== "foreign") continue;
      const absent = await visit({ page, cell: twinOf(cell), only });
      if (absent.bytes !== answer.bytes) wrong.push(`${at} ${answer.bytes} differs from ${absent.bytes}`);
    }
  }
  return wrong;
}

/** No page opens to a key, so one kind of key stands for all; a page for anybody does not ask who comes. */
function callersOf(row: PageRow): Walker[] {
  return walkers.filter((walker) => walker.kind !== "key" || (row.who !== "anybody" && walker.preset === "all"));
}

/** Missing ids are walked as the twins of foreign ones. What it costs is counted procedure by procedure: loaders run side by side. */
function isWalkedHere({ walker, ids, workspace }: Cell): boolean {
  const isOwner = walker.name === "owner";
  if (ids === "missing" || (ids === "malformed" && !isOwner)) return false;
  return workspace === "own" || (workspace === "foreign" && isOwner);
}

function twinOf(cell: Cell): Cell {
  return { ...cell, ids: "missing", workspace: cell.workspace === "foreign" ? "missing" : cell.workspace };
}

describe("the isolation walk of every page", () => {
  it("has a row for each, and no row without one", () => {
    const paths = pages.map((page) => page.path);
    const rows = Object.keys(pageRows);
    expect(
      paths.filter((path) => !rows.includes(path)),
      "add its line to server/isolation/page-rows.ts",
    ).toEqual([]);
    expect(
      rows.filter((path) => !paths.includes(path)),
      "no such page: delete its line",
    ).toEqual([]);
    const unnamed = pages.filter((page) => page.hasAction && !pageRows[page.path]?.intents).map((page) => page.path);
    expect(unnamed, "it takes forms: name their intents in server/isolation/page-rows.ts").toEqual([]);
  });

  for (const page of pages) {
    const row = pageRows[page.path];
    if (!row) continue;
    it(`${page.path} answers every caller as the table says`, async () => {
      const wrong = await walkPage(page, row);
      expect(
        wrong.slice(0, 3).map((line) => line.slice(0, 600)),
        `${wrong.length} cells are wrong`,
      ).toEqual([]);
    });
    if (!page.hasAction) continue;
    it(`${page.path} takes no form without this browser's token`, () => expectTokens(page));
    if (row.who === "anybody") continue;
    it(`${page.path} takes no form about somebody else's things`, () => expectOwnThings(page, row));
  }
});

const tokens: [string, (walker: Walker) => Record<string, string>][] = [
  ["none", () => ({})],
  ["an empty one", () => ({ csrf: "" })],
  ["one of another session", () => ({ csrf: issueCsrfToken(services.config.sessionSecret, "session:another") })],
  [
    "one of an earlier, signed-out browser",
    () => ({ csrf: issueCsrfToken(services.config.sessionSecret, `browser:${browser}x`) }),
  ],
  ["a forged one", (walker) => ({ csrf: issueCsrfToken(Buffer.alloc(32), bindingOf(walker)) })],
];

async function expectTokens(page: Page): Promise<void> {
  for (const walker of walkers.filter(({ name }) => ["owner", "member elsewhere", "signed out"].includes(name))) {
    for (const [what, tokenOf] of tokens) {
      const form = { ...tokenOf(walker), intent: pageRows[page.path]?.intents?.[0] ?? "" };
      const answer = await visit({ page, cell: { walker, ids: "own", workspace: "own" }, form });
      walked += 1;
      expect([
        what,
        walker.name,
        answer.outcome,
        answer.bytes.includes("This form is out of date"),
        writesOf(answer.work),
      ]).toEqual([what, walker.name, "UNAUTHORIZED", true, []]);
    }
  }
}

/** What the token of a form is bound to: the session, else the browser. */
function bindingOf(walker: Walker): string {
  const sessionId = /whs_session=([^;]+)/.exec(walkingOf(walker).credentials.cookieHeader ?? "")?.[1];
  return sessionId && walker.kind !== "nobody" ? `session:${sha256Hex(sessionId)}` : `browser:${browser}`;
}

const senders = ["owner", "owner, long signed in", "member elsewhere", "operator", "signed out", "disabled person"];
const fields = {
  name: "walked",
  description: "walked",
  value: "walked",
  preset: "read",
  confirmation: "walked",
  example: "hello",
  currentPassword: "not it",
  newPassword: known.password,
};

/** With a genuine token: foreign things answer as missing ones, and nothing is written; signed-out people are sent to sign in. */
async function expectOwnThings(page: Page, row: PageRow): Promise<void> {
  const wrong: string[] = [];
  for (const walker of walkers.filter(({ name }) => senders.includes(name))) {
    const intents = row.intents ?? [];
    const sendings = intents.flatMap((intent) => foreignCellsOf(row, walker, intent).map((foreign) => ({ ...foreign, intent })));
    for (const sending of sendings) wrong.push(...(await sendForeign(page, row, sending)));
  }
  expect(
    wrong.slice(0, 3).map((line) => line.slice(0, 600)),
    `${wrong.length} cells are wrong`,
  ).toEqual([]);
}

async function sendForeign(page: Page, row: PageRow, { cell, only, intent }: Foreign & { intent: string }): Promise<string[]> {
  const csrf = issueCsrfToken(services.config.sessionSecret, bindingOf(cell.walker));
  const form = { ...fields, ...row.fields, csrf, intent };
  const answer = await visit({ page, cell, only, form });
  const absent = await visit({ page, cell: twinOf(cell), only, form });
  walked += 1;
  const wrong: string[] = [];
  const at = `${cell.walker.name}, ${intent}, foreign ${only ?? "workspace"}:`;
  if (answer.bytes !== absent.bytes) wrong.push(`${at} ${answer.bytes} differs from ${absent.bytes}`);
  if (writesOf(answer.work).length > 0) wrong.push(`${at} wrote ${writesOf(answer.work).join("; ")}`);
  if (answer.outcome === "OK") wrong.push(`${at} was let through: ${answer.bytes}`);
  const isNobody = cell.walker.kind === "nobody";
  if (isNobody && answer.outcome !== "UNAUTHENTICATED") wrong.push(`${at} ${answer.outcome} instead of a way to sign in`);
  return wrong;
}

type Foreign = { cell: Cell; only?: keyof Ids };

/** Each id that the intent names, one by one, and the whole place elsewhere. */
function foreignCellsOf(row: PageRow, walker: Walker, intent: string): Foreign[] {
  const names = row.formNames?.[intent] ?? row.names ?? [];
  const each = names.map((only) => ({ cell: { walker, ids: "foreign", workspace: "own" } as const, only }));
  return row.who.includes(".") ? [...each, { cell: { walker, ids: "foreign", workspace: "foreign" } }] : each;
}
