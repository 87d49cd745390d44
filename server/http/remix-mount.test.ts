// What pages get from the server and what the server sees to whatever they answer: nonce, cookies, forms of our own, caps, drain.
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { AppLoadContext } from "@remix-run/node";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openSessions } from "~/server/auth/sessions";
import { createGateway } from "~/server/invocations/gateway";
import { createTelemetryIngest } from "~/server/telemetry/telemetry-ingest";
import { createTestUser } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { createServer } from "./create-server";
import type { Door } from "./door";

type Page = (request: Request, context: AppLoadContext) => Promise<Response>;

let services: TestServices;
let app: FastifyInstance;
let door: Door;
let url: string;
/** Stands where the built pages stand. */
let page: Page;
const closing = new AbortController();

beforeAll(async () => {
  services = await createTestServices();
  mkdirSync(`${services.directory}/client/assets`, { recursive: true });
  const gateway = createGateway(services);
  door = { services, gateway, telemetry: createTelemetryIngest(services), origin: "", closing: closing.signal };
  app = createServer(door, {
    clientDirectory: `${services.directory}/client`,
    handler: async () => (request, context) => page(request, context as AppLoadContext),
  });
  url = await app.listen({ host: "127.0.0.1", port: 0 });
  door.origin = url;
});
afterAll(async () => {
  app.server.closeAllConnections();
  await app.close();
  await door.gateway.drain();
  await services.dispose();
});
beforeEach(() => services.reset());

const cookieOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";", 1)[0])
    .join("; ");

async function signIn(): Promise<string> {
  const user = await createTestUser(services);
  const cookie = await openSessions(services).create(user.id, { traceId: "", ipAddress: null, userAgent: null });
  return cookie.split(";", 1)[0] ?? "";
}

/** What a page writes into its forms, and the cookies that came with it. */
async function visit(cookie: string): Promise<{ token: string; cookie: string }> {
  page = async (_request, context) => new Response(context.csrfToken);
  const answer = await fetch(`${url}/form`, { headers: { cookie } });
  return { token: await answer.text(), cookie: [cookie, cookieOf(answer)].filter(Boolean).join("; ") };
}

/** Whether the form's token was let through. */
async function submit(token: string | null, cookie: string): Promise<boolean> {
  let isLetIn = false;
  page = async (request, context) => {
    context.acceptForm(await request.formData());
    isLetIn = true;
    return new Response("ok");
  };
  const body = new URLSearchParams(token === null ? {} : { csrf: token });
  await fetch(`${url}/form`, { method: "POST", headers: { cookie, origin: url }, body });
  return isLetIn;
}

describe("a page", () => {
  it("is no place for TRACE: the method is refused, not stumbled over", async () => {
    const asked = httpRequest(`${url}/form`, { method: "TRACE" }).end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(400);
  });

  it("has a fresh nonce that its policy names, and no word of unsafe", async () => {
    page = async (_request, context) => new Response(context.cspNonce);
    const [first, second] = [await fetch(url), await fetch(url)];
    const nonces = [await first.text(), await second.text()];
    expect(nonces[0]).not.toBe(nonces[1]);
    const policy = first.headers.get("content-security-policy");
    expect(policy).toContain(`script-src 'self' 'nonce-${nonces[0]}'`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe/);
  });

  it("sees our origin whatever the client calls us, and the client's abort", async () => {
    page = async (request) =>
      Response.json({ url: request.url, host: request.headers.get("host"), forwarded: request.headers.get("x-forwarded-host") });
    const answer = await fetch(`${url}/a?b=c`, { headers: { "x-forwarded-host": "evil.example" } });
    expect(await answer.json()).toEqual({ url: `${url}/a?b=c`, host: new URL(url).host, forwarded: null });
  });

  it("sets the cookies of procedures, also on a redirect", async () => {
    page = async (_request, context) => {
      await context.api().accounts.signOut();
      return new Response(null, { status: 302, headers: { location: "/next" } });
    };
    const cookie = await signIn();
    const answer = await fetch(`${url}/out.data`, { method: "POST", headers: { cookie, origin: url }, redirect: "manual" });
    expect(answer.status).toBe(302);
    expect(answer.headers.getSetCookie().join()).toMatch(/whs_session=;.*Max-Age=0/);
  });

  it("is served in pieces as they come", async () => {
    const parts = new TransformStream<Uint8Array, Uint8Array>();
    const writer = parts.writable.getWriter();
    page = async () => new Response(parts.readable);
    const pending = fetch(url);
    await writer.write(Buffer.from("first"));
    const reader = (await pending).body?.getReader();
    expect(String(Buffer.from((await reader?.read())?.value ?? []))).toBe("first");
    await writer.write(Buffer.from("second"));
    expect(String(Buffer.from((await reader?.read())?.value ?? []))).toBe("second");
    await writer.close();
  });

  it("goes out compressed to who reads that, still in pieces", async () => {
    page = async () => {
      const pieces = ["<p>".repeat(500), "last"].map((text) => Buffer.from(text));
      const body = new ReadableStream({
        pull: (controller) => (pieces.length ? controller.enqueue(pieces.shift()) : controller.close()),
      });
      return new Response(body, { headers: { "content-type": "text/html; charset=utf-8" } });
    };
    const plain = await fetch(url, { headers: { "accept-encoding": "identity" } });
    const packed = await fetch(url, { headers: { "accept-encoding": "br, gzip" } });
    expect([plain, packed].map((answer) => answer.headers.get("content-encoding"))).toEqual([null, "gzip"]);
    expect(packed.headers.get("vary")).toBe("accept-encoding");
    expect(await packed.text()).toBe(await plain.text());
  });

  it("stops being made when its reader goes away", async () => {
    const cancelled = new Promise<void>((resolve) => {
      page = async () =>
        new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
            cancel: () => resolve(),
          }),
        );
    });
    const leave = new AbortController();
    const answer = await fetch(url, { signal: leave.signal });
    await answer.body?.getReader().read();
    leave.abort();
    await cancelled;
  });

  it("that breaks is an error in the envelope, and its reason stays in the log", async () => {
    page = async () => {
      throw new Error("secret detail");
    };
    const answer = await fetch(url);
    const text = await answer.text();
    expect([answer.status, JSON.parse(text)]).toMatchObject([500, { error: { code: "INTERNAL" } }]);
    expect(text).not.toContain("secret detail");
  });
});

describe("a form", () => {
  it("is let in with the token of its own browser or session, each token being another", async () => {
    const visitor = await visit("");
    expect(await submit(visitor.token, visitor.cookie)).toBe(true);
    const member = await visit(await signIn());
    const again = await visit(member.cookie);
    expect(member.token).not.toBe(again.token);
    expect([await submit(member.token, member.cookie), await submit(again.token, member.cookie)]).toEqual([true, true]);
  });

  it("is refused without a token, with a foreign one, an altered one, or one from before signing in", async () => {
    const [visitor, other] = [await visit(""), await visit("")];
    const member = await visit(await signIn());
    const altered = `${visitor.token.slice(0, -4)}AAAA`;
    const attempts: [string | null, string][] = [
      [null, visitor.cookie],
      ["", visitor.cookie],
      [altered, visitor.cookie],
      [other.token, visitor.cookie],
      [visitor.token, ""],
      [visitor.token, member.cookie],
      [member.token, visitor.cookie],
      [member.token, (await visit(await signIn())).cookie],
    ];
    for (const [token, cookie] of attempts) expect(await submit(token, cookie)).toBe(false);
  });

  it("over its cap is refused, declared or not, and the page never sees all of it", async () => {
    let seen = 0;
    page = async (request) => {
      const reader = request.body?.getReader();
      for (let next = await reader?.read(); next?.value; next = await reader?.read()) seen += next.value.length;
      return new Response("ok");
    };
    const post = (body: BodyInit) =>
      fetch(`${url}/form`, { method: "POST", headers: { origin: url }, body, duplex: "half" } as RequestInit).then(
        (answer) => answer.status,
      );
    expect(await post("x".repeat(1024 * 1024 + 1))).toBe(413);
    expect(seen).toBe(0);
    const chunks = Array.from({ length: 40 }, () => Buffer.alloc(65_536));
    expect(await post(Readable.toWeb(Readable.from(chunks)) as unknown as BodyInit)).toBe(413);
    expect(seen).toBeLessThanOrEqual(1024 * 1024);
  });
});
