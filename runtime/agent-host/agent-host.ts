// The agent host as a whole: what it owns, how it starts over what an earlier one left, and how it stops.
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import type { HostLogReport } from "~/runtime/contract/host-logs";
import type { HostPlacements, IntegrityReport } from "~/runtime/contract/host-protocol";
import { ChannelBook } from "./channel-book";
import { type ControlClient, createControlClient } from "./control-client";
import { type CutLogs, openCutLogs } from "./cut-logs";
import { DeploymentRunner, type RunnerNeeds } from "./deployment-runner";
import { createTelemetryForwarder } from "./forward-telemetry";
import { HeldAnswers } from "./held-answers";
import type { HostConfig } from "./host-config";
import { HostConfigError } from "./host-config";
import { HostError, stopping } from "./host-error";
import type { HostLog } from "./host-log";
import { createHostServer } from "./host-server";
import { openKeptReports } from "./kept-reports";
import { loadHostWorkers } from "./load-host-workers";
import { createLogShipper } from "./log-shipper";
import { OpenWork } from "./open-work";
import { openPlacementStore, type PlacementStore } from "./placement-store";
import { clearLeftovers } from "./run-directory";
import { probeSandbox, type Sandbox } from "./sandbox";
import { createStateLock } from "./state-lock";
import { stopInOrder } from "./stop-in-order";
import { StreamBook } from "./stream-book";
import { openTelemetrySpool } from "./telemetry-spool";
import { workerdBinary } from "./workerd-binary";

export type AgentHost = { stop(): Promise<void> };

const idleCheckMsMax = 5_000;

/** Resolves when the socket listens. Throws {@link HostConfigError} when another host holds it. */
export async function startAgentHost(config: HostConfig, log: HostLog, sandbox: Sandbox = probeSandbox()): Promise<AgentHost> {
  await assertSocketFree(config.socketPath);
  const root = join(config.dataDir, "agent-host");
  const runRoot = join(root, "run");
  mkdirSync(runRoot, { recursive: true, mode: 0o700 });
  for (const path of [root, runRoot]) chmodSync(path, 0o700);
  const control = createControlClient({ socketPath: config.controlSocketPath, token: config.token });
  const { cutLogs, shipper } = openLogs(root, control, log);
  takeOver(runRoot, cutLogs, log);
  for (const warning of sandbox.warnings) log.warn(warning);
  const spool = openTelemetrySpool(join(root, "spool"), (count) =>
    log.error({ count }, "the telemetry spool is full; the oldest was dropped"),
  );
  const forwarder = createTelemetryForwarder({ spool, control, log });
  const store = openPlacementStore(root, sandbox.uids, ({ deploymentId, moduleSha256 }) =>
    refuseAltered({ deploymentId, moduleSha256 }, control, log),
  );
  const runners = openRunners({
    settings: config,
    sandbox,
    binary: workerdBinary(),
    workers: await loadHostWorkers(),
    store,
    control,
    runRoot,
    lock: createStateLock(),
    shipper,
    idleMs: config.idleMs,
    drainMs: config.drainMs,
    spool(batch) {
      try {
        spool.add(batch);
        forwarder.ring();
      } catch (error) {
        log.error({ err: error }, "a batch of telemetry could not be written and is lost");
      }
    },
  });
  const [streams, channels] = [new StreamBook(config.streams), new ChannelBook()];
  const [calls, answers] = [new OpenWork(), new OpenWork()];
  const acts = {
    ...runners.acts,
    async remove(deploymentId: string): Promise<void> {
      await runners.acts.remove(deploymentId);
      streams.dropOf(deploymentId);
    },
    streams,
    channels,
    calls,
    answers,
    held: new HeldAnswers(),
    isStopping: false,
    placements: () => listPlacements(store),
    health: () => runners.health(sandbox),
  };
  const server = createHostServer(acts, { token: config.token, log });
  await listenPrivately(server, config.socketPath);
  forwarder.ring();
  cutLogs.tell();
  return {
    stop() {
      acts.isStopping = true;
      const { drainMs } = config;
      return stopInOrder({ drainMs, server, runners, calls, answers, channels, streams, forwarder, shipper, cutLogs, control });
    },
  };
}

/** The ways of lines to the house: of what agents print, and of what an earlier host may have lost. */
function openLogs(root: string, control: ControlClient, log: HostLog) {
  const send = (report: HostLogReport) => control.sendLogs(report);
  const cutLogs = openCutLogs({ directory: join(root, "cut-logs"), send, log });
  const kept = openKeptReports(join(root, "kept-lines"), (count) =>
    log.error({ count }, "reports of agents' lines took too much disk; the oldest were dropped"),
  );
  return { cutLogs, shipper: createLogShipper({ send, kept, log }) };
}

function refuseAltered(altered: IntegrityReport, control: ControlClient, log: HostLog): void {
  const { deploymentId } = altered;
  log.error({ deploymentId }, "a placed module was changed on disk and is refused");
  void control.reportAltered(altered).then((isNoted) => {
    if (!isNoted) log.warn({ deploymentId }, "the house could not be told that a placed module was changed");
  });
}

/** What an earlier host did not get to, because it was killed. */
function takeOver(runRoot: string, cutLogs: CutLogs, log: HostLog): void {
  const ended = clearLeftovers(runRoot, cutLogs.keep);
  if (ended > 0) log.warn({ ended }, "ended processes that an earlier agent host left behind");
}

function openRunners(needs: RunnerNeeds) {
  const runners = new Map(needs.store.list().map((record) => [record.deploymentId, new DeploymentRunner(needs, record)]));
  const timer = setInterval(
    () => {
      for (const runner of runners.values()) runner.stopIfIdle(Date.now());
    },
    Math.min(idleCheckMsMax, needs.idleMs),
  );
  timer.unref();

  return {
    acts: {
      place(placement: Parameters<typeof needs.store.put>[0]): void {
        if (!needs.store.put(placement)) return;
        const record = needs.store.find(placement.deploymentId);
        if (record !== null) runners.set(placement.deploymentId, new DeploymentRunner(needs, record));
      },
      async remove(deploymentId: string): Promise<void> {
        await runners.get(deploymentId)?.remove();
        runners.delete(deploymentId);
        needs.store.remove(deploymentId);
      },
      async halt(deploymentId: string): Promise<void> {
        await runners.get(deploymentId)?.halt();
      },
      async refresh(deploymentId: string): Promise<void> {
        await runners.get(deploymentId)?.refresh();
      },
      processes: () => ({
        processes: [...runners.values()].flatMap(({ record: { deploymentId }, secretVersions }) =>
          secretVersions ? [{ deploymentId, secretVersions }] : [],
        ),
      }),
      runner(deploymentId: string): DeploymentRunner {
        const runner = runners.get(deploymentId);
        if (runner === undefined) throw new HostError("NOT_FOUND", "There is no such deployment on this host.");
        return runner;
      },
    },
    health: ({ warnings, ownUser, networkNamespace, ownView, noNewPrivileges, resourceLimits }: Sandbox) => ({
      status: "ok" as const,
      sandbox: { ownUser, networkNamespace, ownView, noNewPrivileges, resourceLimits },
      warnings,
      deployments: runners.size,
      processes: [...runners.values()].filter(({ isRunning }) => isRunning).length,
    }),
    async stop() {
      clearInterval(timer);
      await Promise.all([...runners.values()].map((runner) => runner.remove(stopping())));
    },
    async flush() {
      await Promise.all([...runners.values()].map((runner) => runner.flush()));
    },
  };
}

function listPlacements(store: PlacementStore): HostPlacements {
  return {
    placements: store.list().map(({ deploymentId, agentId, workspaceId }) => ({ deploymentId, agentId, workspaceId })),
  };
}

/** A socket file without a listener is what a killed host leaves; one with a listener is another host. */
async function assertSocketFree(path: string): Promise<void> {
  const isTaken = await new Promise<boolean>((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
  if (isTaken) throw new HostConfigError(`Another agent host already listens on ${path}. Stop it, or set AGENT_HOST_SOCKET.`);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(path, { force: true });
}

async function listenPrivately(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
}
