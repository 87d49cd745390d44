// Web processes and agent hosts are killed by signal 9 while an agent prints numbered lines: what was acknowledged is stored once and in its
// order, of a host's life nothing is missing but the end that was not acknowledged, and the log says so once for each host that died.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { cutLogLine } from "~/runtime/agent-host/cut-logs";
import { buildPlacement } from "./agent-host";
import { drawFrom } from "./draw-from";
import { createTestTenant } from "./factories";
import { createLiveAgent, type LiveAgent } from "./live-agent";
import { type LogGround, openLogGround } from "./log-ground";
import type { TestServices } from "./test-services";

/** Of one deployment within its first minute: fewer than the house would leave out. */
const killsOfAgent = 4;
const linesOfLife = 150;
const pauseMs = 6;

/** Its number and its life are in the line, so that nothing but the line itself says what it is. */
const counting = `export default async (request) => {
  const [life, count, pauseMs] = request.input.messages.at(-1).content.split(" ");
  for (let n = 0; n < Number(count); n += 1) {
    console.log("life " + life + " line " + n);
    await new Promise((resolve) => setTimeout(resolve, Number(pauseMs)));
  }
  return "printed";
}`;

export type LogCampaign = { seed: number; kills: number };
/** `goneMsMax`: how long before a host's death the last line was printed that is stored, at most. */
export type LogReport = { webKills: number; hostKills: number; acknowledged: number; stored: number; goneMsMax: number };
type Run = { ground: LogGround; services: TestServices; draw: (below: number) => number; report: LogReport };

/** Throws with the seed when a line is missing that was acknowledged, comes twice, or leaves a gap. */
export async function runLogCampaign(services: TestServices, { seed, kills }: LogCampaign): Promise<LogReport> {
  const directory = await mkdtemp(path.join(tmpdir(), "whs-logs-"));
  const ground = await openLogGround(services, directory);
  const report: LogReport = { webKills: 0, hostKills: 0, acknowledged: 0, stored: 0, goneMsMax: 0 };
  const run = { ground, services, draw: drawFrom(seed), report };
  try {
    for (let killed = 0; killed < kills; killed += killsOfAgent) await surviveKills(run, Math.min(killsOfAgent, kills - killed));
    return report;
  } catch (thrown) {
    throw new Error(`seed ${seed}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { cause: thrown });
  } finally {
    await ground.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** One agent, printing through as many lives: web and host die in turns, each in the middle of one. */
async function surviveKills(run: Run, kills: number): Promise<void> {
  const { ground, services, draw, report } = run;
  const tenant = await createTestTenant(services);
  const { module } = await buildPlacement(ground.provider, counting);
  const agent = await createLiveAgent(services, tenant, ground.provider, { module });
  let hostDeaths = 0;
  for (let life = 0; life < kills; life += 1) {
    const killsWeb = (report.webKills + report.hostKills) % 2 === 0;
    let diedAt = 0;
    const printing = ground.print(agent, `${life} ${linesOfLife} ${pauseMs}`).then(() => null, String);
    const heard = ground.whenAcknowledged(agent.deploymentId, life, 1 + draw(linesOfLife / 2));
    await Promise.race([heard, printing.then((problem) => problem !== null && Promise.reject(new Error(problem)))]);
    if (killsWeb) {
      report.webKills += 1;
      // At any moment, or just when lines are durable and nobody has heard so: they will be sent again.
      await (report.webKills % 2 === 0 ? ground.killWeb() : ground.killWebUnheard());
      await ground.startWeb();
      const problem = await printing;
      if (problem !== null) throw new Error(`The agent noticed that a web process was gone: ${problem}`);
    } else {
      report.hostKills += 1;
      hostDeaths += 1;
      diedAt = Date.now();
      await ground.killHost();
      await printing;
      await ground.startHost();
    }
    await judgeLife(run, agent, { life, diedAt: killsWeb ? null : diedAt });
    await judgeMarks(run, agent, hostDeaths);
  }
}

/** `diedAt`: of its host; null when that lived. */
async function judgeLife(run: Run, agent: LiveAgent, { life, diedAt }: { life: number; diedAt: number | null }): Promise<void> {
  const { ground, report } = run;
  // A host that lives delivers all of it; of one that died nothing more comes, once what it sent is answered.
  if (diedAt === null) await ground.whenAcknowledged(agent.deploymentId, life, linesOfLife);
  else await ground.whenQuiet();
  const acknowledged = ground.acknowledged(agent.deploymentId, life);
  const stored = await storedLines(run, agent, life);
  const said = stored.map(({ line }) => Number(line.split(" ").at(-1)));
  const whole = Array.from({ length: diedAt === null ? linesOfLife : said.length }, (_, line) => line);
  if (said.join() !== whole.join()) throw new Error(`life ${life} is stored with gaps, twice or out of order: ${said.join()}`);
  const last = Math.max(...acknowledged);
  if (said.length <= last) throw new Error(`line ${last} of life ${life} was acknowledged, and ${said.length} are stored`);
  report.acknowledged += acknowledged.size;
  report.stored += said.length;
  if (diedAt !== null) report.goneMsMax = Math.max(report.goneMsMax, diedAt - (stored.at(-1)?.at.getTime() ?? 0));
}

/** Of each death of its host the log says that something may be missing, also when web was away or died then; and never twice. */
async function judgeMarks({ ground, services }: Run, { deploymentId }: LiveAgent, hostDeaths: number): Promise<void> {
  const count = async () => {
    const lines = services.owner.selectFrom("agentLogLines").select("stream").where("deploymentId", "=", deploymentId);
    return (await lines.where("line", "=", cutLogLine).where("stream", "=", "host").execute()).length;
  };
  await ground.whenSo(`${hostDeaths} marks in the log`, async () => (await count()) >= hostDeaths);
  const marks = await count();
  if (marks !== hostDeaths) throw new Error(`${hostDeaths} hosts died while the agent ran, and its log says so ${marks} times`);
}

function storedLines({ services }: Run, { deploymentId }: LiveAgent, life: number): Promise<{ line: string; at: Date }[]> {
  return services.owner
    .selectFrom("agentLogLines")
    .select(["line", "at"])
    .where("deploymentId", "=", deploymentId)
    .where("line", "like", `life ${life} line %`)
    .orderBy("id")
    .execute();
}
