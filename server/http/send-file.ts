// A file that is sent while it is read: by whoever asked for it, for as long as they may have it, and a few at once of one workspace (MISSION A8).
import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import type { Principal } from "~/server/auth/principal";
import { subjectOf } from "~/server/incidents/access-subject";
import { openAccessOf } from "~/server/incidents/open-access";
import { Slots } from "~/server/rate-limit/slots";
import type { Door } from "./door";

/** Each holds some megabytes for as long as its reader takes. */
const filesMax = 4;
const filesUnderWay = new Slots(
  (max) => `This workspace already takes ${max} files along at once. Wait until one of them is whole.`,
);

type SentFile = { fileName: string; contentType: string; pieces: AsyncIterable<string> };
/** `workspaceId` null: it belongs to no workspace, and its reader is an operator. */
type FileReader = { principal: Principal; workspaceId: string | null };

/** `open` is asked once there is room. Rejects as it does, or with `RATE_LIMITED`, before anything is sent. */
export async function sendFile(
  door: Door,
  reply: FastifyReply,
  { principal, workspaceId }: FileReader,
  open: () => Promise<SentFile>,
): Promise<FastifyReply> {
  const leave = filesUnderWay.take(workspaceId ?? principal.userId, filesMax);
  const { fileName, contentType, pieces } = await open().catch((thrown: unknown) => {
    leave();
    throw thrown;
  });
  const file = Readable.from(pieces, { objectMode: false });
  // A slow reader takes hours: they may have lost the right to it by then.
  const subject = subjectOf("watch", principal, workspaceId ?? undefined);
  const release = openAccessOf(door.services).register(subject, (why) => {
    file.destroy(why);
    // What is being read for it may take its time, and the file ends only then.
    reply.raw.destroy();
  });
  file.once("close", () => {
    release();
    leave();
  });
  return reply
    .type(contentType)
    .header("content-disposition", `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, "_")}"`)
    .header("cache-control", "no-store")
    .send(file);
}
