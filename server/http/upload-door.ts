// `POST /v1/uploads`: the zip as the body, handed on unread while it arrives, once the sender has proven that they may deploy.

import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { mintWorkspaceScope } from "~/server/auth/mint-scope";
import { handleUpload } from "~/server/bundles/uploads.http";
import { AppError } from "~/server/errors";
import { assertIdempotencyKey } from "~/server/idempotency/idempotency-key";
import { subjectOf } from "~/server/incidents/access-subject";
import { openAccessOf } from "~/server/incidents/open-access";
import type { Door } from "./door";
import { limitRequests } from "./limit-requests";
import { createRequestContext, factsOf, idempotencyWishOf } from "./request-context";

const uploadPath = "/v1/uploads";

/** After a refusal the sender may finish its sentence for this long, so that it gets to read why. */
const lingerMs = 10_000;

export function mountUploads(app: FastifyInstance, door: Door): void {
  answerWhoAsksFirst(app);
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    scope.post(uploadPath, async (request, reply) => {
      try {
        return await takeUpload(door, request, reply);
      } catch (thrown) {
        hangUpSoon(request.raw);
        throw thrown;
      }
    });
  });
}

async function takeUpload(door: Door, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const context = createRequestContext(door, request);
  const principal = await context.principal();
  const refusal = await limitRequests(door, request, context);
  reply.headers(Object.fromEntries(context.headers));
  if (refusal) throw refusal;
  if (!principal) throw new AppError("UNAUTHENTICATED", "Sign in, or send an API key as Authorization: Bearer.");
  const scope = await mintWorkspaceScope(door.services, principal, { action: "deployment.create", ...factsOf(request) });
  const wish = idempotencyWishOf(request.headers);
  if (wish) assertIdempotencyKey(wish.key);
  assertPlainBody(request);
  const length = request.headers["content-length"];
  const stream = Readable.from(bodyOf(request, reply), { objectMode: false });
  const subject = subjectOf("upload", principal, scope.workspaceId);
  const release = openAccessOf(door.services).register(subject, (why) => stream.destroy(why));
  const upload = await handleUpload(door.services, scope, {
    stream,
    fileName: fileNameOf(request.headers["x-file-name"]),
    contentLength: length === undefined ? undefined : Number(length),
    ...(wish ? { once: { key: wish.key, onReplayed: () => void reply.header("idempotency-replayed", "true") } } : {}),
  }).finally(release);
  if (context.cookies.length > 0) reply.header("set-cookie", context.cookies);
  return reply.code(201).send(upload);
}

/** Senders that ask first (`Expect: 100-continue`, as curl does) hear "go on" when the first byte is wanted, or the refusal before they send one. */
function answerWhoAsksFirst(app: FastifyInstance): void {
  app.server.on("checkContinue", (request, response) => {
    if (!isUpload(request)) response.writeContinue();
    app.server.emit("request", request, response);
  });
}

function isUpload(request: IncomingMessage): boolean {
  return request.method === "POST" && request.url?.split("?")[0] === uploadPath;
}

async function* bodyOf(request: FastifyRequest, reply: FastifyReply): AsyncGenerator<Uint8Array> {
  if (request.headers.expect?.toLowerCase() === "100-continue") reply.raw.writeContinue();
  // A reader that stops early must not take the connection down with it: the answer still has to go out.
  yield* request.raw.iterator({ destroyOnReturn: false });
}

/** The two ways in which a zip is sent so that what arrives is none. */
function assertPlainBody({ headers }: FastifyRequest): void {
  const mend = "Send the zip itself as the body, for example: curl --data-binary @bundle.zip -H 'content-type: application/zip'.";
  const isForm = headers["content-type"]?.toLowerCase().startsWith("multipart/") === true;
  const encoding = headers["content-encoding"] ?? "identity";
  if (!isForm && encoding === "identity") return;
  const what = isForm ? "The body is a form" : `The body is encoded with ${JSON.stringify(encoding.slice(0, 40))}`;
  throw new AppError("INVALID_REQUEST", `${what}. ${mend}`, { details: { reason: "upload_not_plain" } });
}

/** Percent-encoded, since a header holds no other letters than ASCII. */
function fileNameOf(header: string | string[] | undefined): string | null {
  if (typeof header !== "string") return null;
  try {
    return decodeURIComponent(header);
  } catch {
    return header;
  }
}

function hangUpSoon(raw: IncomingMessage): void {
  if (raw.complete) return;
  const timer = setTimeout(() => {
    if (!raw.complete) raw.destroy();
  }, lingerMs);
  timer.unref();
}
