// The people's door on the web server: every path that no machine surface took is a page, its data, or an act of a form.
import { randomBytes, randomUUID } from "node:crypto";
import type { AppLoadContext } from "@remix-run/node";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { AppError } from "~/server/errors";
import { createCaller } from "~/server/router";
import { browserNameOf } from "./browser-cookie";
import { assertCsrfToken, issueCsrfToken } from "./csrf-token";
import type { Door } from "./door";
import type { RemixBuild } from "./remix-build";
import { createRequestContext, type RequestContext } from "./request-context";
import { pagePolicy } from "./security-headers";
import { sendResponse } from "./send-response";
import { toRequest } from "./to-request";

/** Enough for every form, and little enough to be held in memory; a bundle goes through the upload door. */
const formBytesMax = 1024 * 1024;

/** Bodies stay unread: Remix reads them as it needs them. */
export function mountRemix(app: FastifyInstance, door: Door, build: RemixBuild): void {
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    scope.all("/*", (request, reply) => answerPage(door, build, request, reply));
  });
}

async function answerPage(door: Door, build: RemixBuild, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const converted = toRequest(request.raw, reply.raw, { origin: door.origin, bodyBytesMax: formBytesMax });
  const context = createRequestContext(door, request);
  const loadContext = await createLoadContext(door, request, context);
  const handle = await build.handler();
  const response = await handle(converted.request, loadContext);
  if (converted.isTooLarge()) throw new AppError("PAYLOAD_TOO_LARGE", "What was sent is larger than this page accepts.");
  reply.hijack();
  reply.raw.setHeader("content-security-policy", pagePolicy(loadContext.cspNonce, door.services.config));
  reply.raw.setHeader("cache-control", "private, no-cache");
  for (const cookie of context.cookies) reply.raw.appendHeader("set-cookie", cookie);
  for (const [name, value] of context.headers) reply.raw.setHeader(name, value);
  await sendResponse(reply.raw, response, {
    isHead: request.method === "HEAD",
    closing: door.closing,
    acceptsGzip: /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? "")),
  });
}

async function createLoadContext(door: Door, request: FastifyRequest, context: RequestContext): Promise<AppLoadContext> {
  const { config, log } = door.services;
  const binding = await csrfBinding(door, request, context);
  let formKey: string | null = null;
  const idempotency = () => (formKey === null ? null : { key: formKey, isOfForm: true });
  return {
    api: (workspaceId) => createCaller({ ...context.inWorkspace(workspaceId ?? null), idempotency }),
    cspNonce: randomBytes(16).toString("base64"),
    holdsLetters: config.mail.carrier === "outbox",
    csrfToken: issueCsrfToken(config.sessionSecret, binding),
    formKey: randomUUID(),
    acceptForm: (form) => {
      assertCsrfToken(config.sessionSecret, binding, form);
      formKey = formKeyOf(form);
    },
    logFailure: (error) => log.error({ err: error, traceId: request.id }, "page failed"),
    traceId: request.id,
    closing: door.closing,
  };
}

/** As the root's loader gave it; anything else is as good as none. */
function formKeyOf(form: FormData): string | null {
  const key = form.get("once");
  return typeof key === "string" && /^[0-9a-f-]{36}$/.test(key) ? key : null;
}

/** The session when somebody is signed in, else the browser. When the proof fails, the page's own loaders will say so. */
async function csrfBinding(door: Door, request: FastifyRequest, context: RequestContext): Promise<string> {
  const principal = await context.principal().catch(() => null);
  if (principal?.kind === "user") return `session:${principal.sessionIdHash}`;
  const browser = browserNameOf(request.headers.cookie ?? null, door.services.config);
  if (browser.cookie) context.cookies.push(browser.cookie);
  return `browser:${browser.value}`;
}
