// Brings one deployment up: grant, folder, sockets of ours, workerd, and proof that the agent loaded.
import { chmodSync, chownSync } from "node:fs";
import type { Server } from "node:http";
import type { LaunchGrant, Placement } from "~/runtime/contract/host-protocol";
import { compileMaskInTurns, type MaskCompiler } from "~/runtime/redaction/mask-text";
import type { AgentLog } from "./agent-log";
import { AgentProcess } from "./agent-process";
import { type LineCleaner, type OnCleanLine, openLineCleaner } from "./clean-lines";
import type { ControlClient } from "./control-client";
import { openDirectory } from "./directory-handle";
import type { EgressBudget } from "./egress-budget";
import { createEgressProxy } from "./egress-proxy";
import { explainStartFailure } from "./explain-exit";
import type { HostConfig } from "./host-config";
import { HostError } from "./host-error";
import type { HostWorkers } from "./load-host-workers";
import type { LogShipper } from "./log-shipper";
import { createStackMapper } from "./map-stack";
import type { PlacedRecord, PlacedState, PlacementStore } from "./placement-store";
import { createRunDirectory, type RunDirectory } from "./run-directory";
import type { Sandbox } from "./sandbox";
import { spawnWorkerd } from "./spawn-workerd";
import { createStateGauge } from "./state-gauge";
import type { SpooledBatch } from "./telemetry-spool";
import { watchProcess } from "./watch-process";
import { watchState } from "./watch-state";
import { createWorkerDoor } from "./worker-door";
import { hostSockets, workerdConfig, workerdSockets } from "./workerd-config";

export type LaunchSettings = Pick<
  HostConfig,
  "egressAllowLoopback" | "egressBytesPerMinuteMax" | "stateBytesMax" | "stateWatchMs" | "hangMs" | "startMs"
>;

/** What every launch on this host needs. */
export type LaunchNeeds = {
  settings: LaunchSettings;
  sandbox: Sandbox;
  binary: string;
  workers: HostWorkers;
  store: PlacementStore;
  control: ControlClient;
  runRoot: string;
  shipper: LogShipper;
  spool(batch: SpooledBatch): void;
};

export type LaunchedAgent = { process: AgentProcess; grant: LaunchGrant; mask: MaskCompiler };

/** Whom a launch is for: what stays of it when the process is gone. */
export type LaunchFor = {
  log: AgentLog;
  egress: EgressBudget;
  onGrant(grant: LaunchGrant): void;
  /** The process was ended because it filled its disk with sessions that hold nothing. */
  onOverfull(): void;
};

let launches = 0;

/** `onGrant` hears the grant before anything can fail, so that a failed start can be reported under its key. */
export async function launchProcess(needs: LaunchNeeds, record: PlacedRecord, agent: LaunchFor): Promise<LaunchedAgent> {
  const placement: Placement = { ...record, module: needs.store.readModule(record) };
  const grant = await needs.control.fetchGrant(record.deploymentId);
  needs.store.assertRecorded(record, grant.moduleSha256);
  agent.onGrant(grant);
  const mask = await compileMaskInTurns([...Object.values(grant.env), grant.telemetryKey]);
  const state = needs.store.openState(record);
  launches += 1;
  const run = createRunDirectory(needs.runRoot, `${process.pid}-${launches}`, state.uid);
  const closeSockets = await openHostSockets(needs, { ...agent, record, run, state, mask }).catch((thrown: unknown) => {
    run.remove();
    throw thrown;
  });
  const mapStack = createStackMapper(() => needs.store.readModule(record));
  const started = spawnInto(
    needs,
    { placement, grant, run, state },
    {
      log: agent.log,
      clean: (onLine) => openLineCleaner({ mask, names: Object.keys(grant.env), mapStack }, onLine),
      release() {
        closeSockets();
        run.remove();
        needs.shipper.whenDelivered(record.deploymentId, run.forget);
      },
    },
  );
  await untilStarted(started, needs.settings.startMs);
  watchProcess(started.process, needs.settings.hangMs);
  const { stateBytesMax: bytesMax, stateWatchMs: everyMs } = needs.settings;
  watchState(started.process, { path: state.path, bytesMax, everyMs, onOverfull: agent.onOverfull });
  return { process: started.process, grant, mask };
}

type Spawned = { process: AgentProcess; listening: Promise<void>; forgetConfig(): void };

function spawnInto(
  needs: LaunchNeeds,
  launch: { placement: Placement; grant: LaunchGrant; run: RunDirectory; state: PlacedState },
  io: { log: AgentLog; clean(onLine: OnCleanLine): LineCleaner; release(): void },
): Spawned {
  const { placement, grant, run } = launch;
  const state = openDirectory(launch.state.path);
  try {
    const { child, listening, forgetConfig } = spawnWorkerd({
      sandbox: needs.sandbox,
      binary: needs.binary,
      uid: launch.state.uid,
      memoryMb: placement.memoryMb,
      run,
      state: { handle: state, path: launch.state.path },
      config: (paths) =>
        workerdConfig({ ...grant, env: { ...grant.variables, ...grant.env }, placement, workers: needs.workers, paths }),
    });
    if (child.pid !== undefined) run.note(child.pid, { life: needs.shipper.life, deploymentId: placement.deploymentId });
    const sockets = {
      agent: run.handle.at(workerdSockets.agent),
      shim: run.handle.at(workerdSockets.shim),
    };
    return { process: new AgentProcess({ child, memoryMb: placement.memoryMb, sockets, ...io }), listening, forgetConfig };
  } catch (thrown) {
    io.release();
    throw thrown;
  } finally {
    state.close();
  }
}

async function untilStarted({ process: agent, listening, forgetConfig }: Spawned, startMs: number): Promise<void> {
  const timer = setTimeout(() => {
    agent.kill(`The agent did not finish loading within ${startMs / 1_000} s. Look for an endless loop outside of the handler.`);
  }, startMs);
  const end = await Promise.race([listening.then(() => null), agent.ended]);
  clearTimeout(timer);
  forgetConfig();
  if (end === null) return;
  throw new HostError("RUNTIME_ERROR", end.isKilledByHost ? end.reason : explainStartFailure(agent.errors, agent.memoryMb), {
    details: { reason: "start_failed" },
  });
}

/** The egress proxy and the door of our own workers, on sockets that only this process's user may open. */
async function openHostSockets(
  needs: LaunchNeeds,
  agent: LaunchFor & { record: PlacedRecord; run: RunDirectory; state: PlacedState; mask: MaskCompiler },
): Promise<() => void> {
  const { record, run, state, log, mask } = agent;
  const policy = { allow: record.networkAllow, allowLoopback: needs.settings.egressAllowLoopback };
  // The host of a request is the agent's own choice of words.
  const proxy = createEgressProxy({ policy, budget: agent.egress }, (reason) => {
    if (log.admits(reason)) log.write("host", mask.mask(`Request refused: ${reason}`));
  });
  const door = createWorkerDoor({
    spool: needs.spool,
    measureState: createStateGauge(state.path, needs.settings.stateBytesMax),
  });
  for (const [server, name] of [[proxy.server, hostSockets.egress] as const, [door, hostSockets.door] as const]) {
    const path = run.handle.at(name);
    await listen(server, path);
    chmodSync(path, 0o600);
    if (state.uid !== null) chownSync(path, state.uid, state.uid);
  }
  return () => {
    proxy.close();
    door.close();
    door.closeAllConnections();
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
}
