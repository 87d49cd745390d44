// Gateways are killed in the middle of streams: what their callers read in pieces, through gateway after gateway, is what was said, and each
// call is charged once (MISSION E8, AHEAD 6).
import { leaseMs } from "~/server/budgets/budget-ledger";
import { settledAfterMs, settleLostLeases } from "~/server/invocations/settle-lost-leases";
import { drawFrom } from "./draw-from";
import { type Fleet, type FleetGateway, openFleet } from "./gateway-fleet";
import type { LiveAgent } from "./live-agent";
import { readBudget } from "./read-budget";
import { beginStream, comeBack, lastIdOf, type ResumeGround, resumePathOf, tokensOfCall } from "./resume-ground";

const words = 250;
const pauseMs = 15;
const bytesOfWord = 100;
const killsOfStreamMax = 3;
const end = "event: done\ndata: {}\n\n";
/** The plan's longest call. */
const callMsMax = 60_000;

type Run = { ground: ResumeGround; fleet: Fleet; agent: LiveAgent; draw: (below: number) => number };

/** Throws with the seed when a byte is lost or comes twice, or a call is charged never or twice. Answers how many streams it were. */
export async function runResumeCampaign(
  ground: ResumeGround,
  { seed, kills }: { seed: number; kills: number },
): Promise<{ streams: number }> {
  const fleet = await openFleet(ground.services, { runtime: "agent_host" });
  try {
    const { agent } = await ground.live();
    const run = { ground, fleet, agent, draw: drawFrom(seed) };
    let gateway = await fleet.start();
    let streams = 0;
    for (let killed = 0; killed < kills; streams += 1) {
      if (streams === 3 * kills)
        throw new Error(`of ${kills} kills only ${killed} came before the end: the streams are too short`);
      const { last, survived } = await surviveKills(run, gateway, Math.min(kills - killed, 1 + run.draw(killsOfStreamMax)));
      [gateway, killed] = [last, killed + survived];
    }
    await gateway.drain();
    await judgeCharges(run, streams);
    return { streams };
  } catch (thrown) {
    throw new Error(`seed ${seed}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { cause: thrown });
  } finally {
    await fleet.close();
  }
}

type Survived = { last: FleetGateway; survived: number };

/** One stream, read through gateways of which each but the last is killed while it is read. Answers the last, and how many kills it were. */
async function surviveKills(run: Run, first: FleetGateway, kills: number): Promise<Survived> {
  const { ground, fleet, agent } = run;
  const gateways = [first, ...(await Promise.all(Array.from({ length: kills }, () => fleet.start())))] as [FleetGateway];
  const begun = await beginStream(first.url, agent, { prompt: `${words} ${pauseMs}`, onText: killMidway(run, first, kills) });
  const path = resumePathOf(begun.text);
  let known = begun.text;
  let survived = 0;
  for (const [at, gateway] of gateways.entries()) {
    if (at === 0) continue;
    // The machine was busy with something else, and the kill came too late.
    if (known.endsWith(end)) break;
    survived += 1;
    const onText = at < kills ? killMidway(run, gateway, kills) : () => undefined;
    const more = await comeBack(gateway.url, agent, { path, known, onText });
    if (more.status !== 200) throw new Error(`the way back answered ${more.status}: ${more.text}`);
    known += more.text;
  }
  await judgeText({ ground, agent }, path, known);
  return { last: gateways.at(-1) ?? first, survived };
}

/** Once so much more has been read, wherever that is in an event. */
function killMidway({ draw }: Run, gateway: FleetGateway, kills: number): (text: string) => void {
  const bytes = 300 + draw(Math.floor((words * bytesOfWord) / (2 * kills)));
  let isKilled = false;
  return (text) => {
    if (isKilled || Buffer.byteLength(text) < bytes) return;
    isKilled = true;
    void gateway.kill();
  };
}

/** Against what the host says it said, asked from the beginning and past all gateways. */
async function judgeText({ ground, agent }: Pick<Run, "ground" | "agent">, path: string, known: string): Promise<void> {
  const streamId = decodeURIComponent(path.split("/").at(-1) ?? "").split(".")[0] ?? "";
  const whole = await ground.host.provider.streams?.resume(
    agent,
    { streamId, afterEventId: 0 },
    { signal: AbortSignal.timeout(30_000) },
  );
  const chunks: Buffer[] = [];
  for await (const chunk of whole ?? []) chunks.push(chunk as Buffer);
  const said = Buffer.concat(chunks).toString("utf8");
  if (said !== known || !said.endsWith(end)) {
    throw new Error(`what was read is not what was said: ${lastIdOf(known)} events of ${lastIdOf(said)}, ${known.slice(-300)}`);
  }
}

async function judgeCharges({ ground, agent }: Run, streams: number): Promise<void> {
  const { services, host } = ground;
  const untilMs = Date.now() + 10_000;
  while (host.house.events.length < streams && Date.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 20));
  await ground.takeReports(agent);
  services.clock.set(new Date(Date.now() + leaseMs + callMsMax + settledAfterMs + 1_000));
  await settleLostLeases(services);
  await settleLostLeases(services);
  services.clock.set(new Date());
  const { spent, held, recounted, leases } = await readBudget(services, agent.workspaceId);
  const isOnce = spent.requests === streams && spent.tokens === streams * tokensOfCall;
  const isEven = JSON.stringify(spent) === JSON.stringify(recounted) && held.requests === 0 && leases === 0;
  if (!isOnce || !isEven) throw new Error(`charges are off: ${JSON.stringify({ streams, spent, held, recounted, leases })}`);
}
