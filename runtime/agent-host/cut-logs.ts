// Deployments of whose output an earlier life of this host may have lost the end: kept on disk until the log of each says so, once.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostLogReport } from "~/runtime/contract/host-logs";
import type { HostLog } from "./host-log";

/** `life`: of the host that died, as its reports named it. */
export type CutLog = { life: string; deploymentId: string };

export type CutLogs = {
  keep(cut: CutLog): void;
  /** Begins to tell the house of all that are kept, again and again until it has heard of them. */
  tell(): void;
  /** What it has not heard of by now is told after the next start. */
  stop(): Promise<void>;
};

export type CutLogsParts = {
  directory: string;
  /** Answers the status, or 0 when the house cannot be reached. */
  send(report: HostLogReport): Promise<number>;
  log: HostLog;
  now?: () => number;
};

export const cutLogLine =
  "The agent host stopped without warning: what this agent printed in the moments before may be missing here.";

const fileName = /^([0-9a-z]{8,36})\.([\w-]{1,40})$/;
const reportDeploymentsMax = 500;
const retryMsMin = 250;
const retryMsMax = 10_000;

/** A lifetime: one per host; `stop()` it. */
export function openCutLogs({ directory, send, log, now = Date.now }: CutLogsParts): CutLogs {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let isStopped = false;
  const at = new Date(now()).toISOString();

  /** False: the house does not take it just now. */
  async function tellNext(cuts: CutLog[]): Promise<boolean> {
    const status = await send(reportOf(cuts, at));
    if (status === 0 || status === 429 || status >= 500) return false;
    if (status >= 400) log.warn({ status }, "the house refused to note where output was lost");
    for (const cut of cuts) rmSync(join(directory, nameOf(cut)), { force: true });
    return true;
  }

  async function tellAll(retryMs: number): Promise<void> {
    for (let cuts = nextOf(directory); cuts.length > 0; cuts = nextOf(directory)) {
      if (isStopped) return;
      if (await tellNext(cuts)) continue;
      if (!isStopped) schedule(retryMs);
      return;
    }
  }

  function schedule(retryMs: number): void {
    timer = setTimeout(() => {
      running = tellAll(Math.min(retryMsMax, retryMs * 2));
    }, retryMs);
    timer.unref();
  }

  return {
    keep: (cut) => writeFileSync(join(directory, nameOf(cut)), "", { mode: 0o600 }),
    tell() {
      running = tellAll(retryMsMin);
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** Of one life, for a report has one source. */
function nextOf(directory: string): CutLog[] {
  const cuts = readdirSync(directory).flatMap((name) => {
    const [, life, deploymentId] = fileName.exec(name) ?? [];
    return life && deploymentId ? [{ life, deploymentId }] : [];
  });
  return cuts.filter(({ life }) => life === cuts[0]?.life).slice(0, reportDeploymentsMax);
}

/** Under a source of its own, and always as its first line: the house takes in the same number of a source once, however often it hears it. */
function reportOf(cuts: CutLog[], at: string): HostLogReport {
  const [first] = cuts;
  const lines = [{ seq: 1, at, stream: "host" as const, line: cutLogLine }];
  return { source: `${first?.life}end`, deployments: cuts.map(({ deploymentId }) => ({ deploymentId, lines })) };
}

function nameOf({ life, deploymentId }: CutLog): string {
  return `${life}.${deploymentId}`;
}
