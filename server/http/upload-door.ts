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

/** After a refusal the sender may finish its sentence for this long, so that it gets to read why. */
const lingerMs = 10_000;

export function mountUploads(app: FastifyInstance, door: Door): void {
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    scope.post("/v1/uploads", async (request, reply) => {
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
  const length = request.headers["content-length"];
  // A reader that stops early must not take the connection down with it: the answer still has to go out.
  const stream = Readable.from(request.raw.iterator({ destroyOnReturn: false }), { objectMode: false });
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
