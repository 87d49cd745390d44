// Reads what agents printed from runtimes that keep it themselves, on from the last line that is here; each line is stored once.
import type { HostLogLine } from "~/runtime/contract/host-protocol";
import type { Services } from "~/server/services";
import { listPulledPlacesAcrossWorkspaces, type PulledPlace } from "./intake.queries";
import { LogWriter } from "./log-writer";

type Needs = Pick<Services, "across" | "clock" | "log" | "redis" | "providers">;

const hourMs = 3_600_000;
/** The hour under way and the one before: output may come a while after its call. */
const calledWithinMs = 2 * hourMs;
const placesMax = 200;
const placesAtOnce = 4;
const linesAtOnce = 500;
const pagesMax = 4;

/** Answers how many versions were read. A runtime that does not answer is read the next time. */
export async function sweepPrinted(needs: Needs): Promise<number> {
  const runtimes = needs.providers.list().flatMap(({ runtime, pushesLogs }) => (pushesLogs ? [] : [runtime]));
  if (runtimes.length === 0) return 0;
  const calledSince = new Date(needs.clock.now().getTime() - calledWithinMs);
  const places = await listPulledPlacesAcrossWorkspaces(needs.across, { runtimes, calledSince, limit: placesMax });
  const writer = new LogWriter(needs);
  const waiting = places.values();
  const workers = Array.from({ length: placesAtOnce }, async () => {
    for (const place of waiting) await readPlace(needs, writer, place);
  });
  await Promise.all(workers);
  await writer.drain();
  return places.length;
}

async function readPlace(needs: Needs, writer: LogWriter, place: PulledPlace): Promise<void> {
  try {
    let read = { at: place.readTo, ids: place.readIds ?? [], seq: place.lastSeq ?? 0 };
    for (let page = 0; page < pagesMax; page += 1) {
      const next = await readPage(needs, writer, place, read);
      if (next === null) return;
      read = next;
    }
  } catch (error) {
    const { deploymentId, runtime } = place;
    needs.log.warn({ err: error, deploymentId, runtime }, "what an agent printed could not be read from its runtime");
  }
}

type Read = { at: Date | null; ids: string[]; seq: number };

/** Null: there is nothing more for now. */
async function readPage(needs: Needs, writer: LogWriter, place: PulledPlace, read: Read): Promise<Read | null> {
  const { deploymentId, agentId, workspaceId, runtime } = place;
  const after = read.at ?? new Date(needs.clock.now().getTime() - calledWithinMs);
  const target = { deploymentId, agentId, workspaceId };
  const found = await needs.providers.get(runtime).logs(target, { limit: linesAtOnce, after });
  const fresh = found.filter((line) => !isRead(line, read));
  const last = fresh.at(-1);
  // A whole page of one moment, all of it known: on with the next moment.
  if (last === undefined) return found.length < linesAtOnce ? null : { ...read, at: new Date(after.getTime() + 1), ids: [] };
  const at = new Date(last.at);
  const ids = found.flatMap((line) => (line.at === last.at && line.id !== undefined ? [line.id] : []));
  const lines = fresh.map(({ at: printedAt, stream, line }, index) => {
    return { seq: read.seq + index + 1, at: new Date(printedAt).toISOString(), stream, line: line.slice(0, lineCharactersMax) };
  });
  await writer.write([{ deploymentId, source: "pulled", lines, readTo: { at, ids } }]);
  return found.length < linesAtOnce ? null : { at, ids, seq: read.seq + lines.length };
}

const lineCharactersMax = 16_384;

/** The runtime answers the last moment's lines again: they are told by their ids, or all of them are when it has none. */
function isRead({ at, id }: HostLogLine, read: Read): boolean {
  if (read.at === null) return false;
  const ms = Date.parse(at) - read.at.getTime();
  return ms < 0 || (ms === 0 && (id === undefined || read.ids.includes(id)));
}
