// The second listener: a unix socket on which the agent host of this machine asks for launch grants and delivers telemetry.
import { createHash, timingSafeEqual } from "node:crypto";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import Fastify, { type FastifyInstance } from "fastify";
import { z } from "zod";
import { reportBytesMax } from "~/runtime/contract/host-logs";
import { IntegrityReport } from "~/runtime/contract/host-protocol";
import { noteAlteredPlacement } from "~/server/deployments/note-altered-placement";
import { AppError, notFound } from "~/server/errors";
import { idOf, traceIdFrom } from "~/server/ids";
import { LogWriter } from "~/server/logs/log-writer";
import { receiveLogs } from "~/server/logs/receive-logs";
import { CauseBudget } from "~/server/rate-limit/cause-budget";
import { openForLaunch } from "~/server/secrets/open-for-launch";
import { mountTelemetry } from "~/server/telemetry/telemetry.http";
import { acceptedPast } from "~/server/telemetry/telemetry-window";
import { answerError } from "./answer-error";
import type { Door } from "./door";

const requestTimeoutMs = 30_000;
const LaunchRequest = z.strictObject({ deploymentId: idOf("deployment") });

/** Not listening yet. Everything but the signed telemetry wants the shared token. */
export function createControlServer(door: Door): FastifyInstance {
  const { services } = door;
  const needsOfReports = { ...services, causes: new CauseBudget() };
  const app: FastifyInstance = Fastify({
    logger: false,
    genReqId: (raw) => traceIdFrom(raw.headers["x-trace-id"]),
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: "idle",
  });
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-trace-id", request.id).header("cache-control", "no-store");
    if (!request.url.startsWith("/v1/telemetry/")) assertHostToken(services.config.agentHostToken, request.headers.authorization);
  });
  app.setErrorHandler((thrown, request, reply) => answerError(services.log, thrown, request, reply));
  app.setNotFoundHandler(() => {
    throw notFound("address");
  });
  app.post("/internal/launch", async (request) => {
    const asked = LaunchRequest.safeParse(request.body);
    if (!asked.success) throw new AppError("INVALID_REQUEST", "Send { deploymentId }.");
    return openForLaunch(services, asked.data.deploymentId);
  });
  app.post("/internal/integrity", async (request, reply) => {
    const report = IntegrityReport.safeParse(request.body);
    if (!report.success) throw new AppError("INVALID_REQUEST", "Send { deploymentId, moduleSha256 }.");
    await noteAlteredPlacement(needsOfReports, report.data);
    return reply.status(204).send();
  });
  mountLogs(app, new LogWriter(services));
  mountTelemetry(app, door.telemetry, { pastMs: acceptedPast.backlogMs });
  return app;
}

/** Answered once the lines are durable; what is left when the server closes is written first. */
function mountLogs(app: FastifyInstance, writer: LogWriter): void {
  app.post("/internal/logs", { bodyLimit: 2 * reportBytesMax }, async (request, reply) => {
    await receiveLogs(writer, request.body);
    return reply.status(204).send();
  });
  app.addHook("onClose", () => writer.drain());
}

/** Takes the place of a socket that a killed process left behind. Only this machine's user may connect. */
export async function listenOnSocket(app: FastifyInstance, path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(path, { force: true });
  await app.listen({ path });
  chmodSync(path, 0o600);
}

/** Digests have one length whatever was sent, so the comparison takes one time. */
function assertHostToken(token: string, header: string | undefined): void {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  if (timingSafeEqual(digest(header ?? ""), digest(`Bearer ${token}`))) return;
  throw new AppError("UNAUTHENTICATED", "This socket is for the agent host; AGENT_HOST_TOKEN must be the same on both sides.");
}
