// Keeps one deployment available: started by the first call, stopped when idle, started again after a crash with growing pauses.
import type { LaunchGrant } from "~/runtime/contract/host-protocol";
import type { MaskCompiler } from "~/runtime/redaction/mask-text";
import { type AgentLog, createAgentLog } from "./agent-log";
import type { AgentProcess } from "./agent-process";
import { createCallsUnderway } from "./calls-underway";
import { createEgressBudget, type EgressBudget } from "./egress-budget";
import { HostError, toHostError } from "./host-error";
import { type LaunchedAgent, type LaunchFor, type LaunchNeeds, launchProcess } from "./launch-process";
import type { PlacedRecord } from "./placement-store";
import { type CallRecorder, createCallRecorder } from "./record-calls";
import { createRestartPauses } from "./restart-pauses";
import type { StateLock } from "./state-lock";
import { pruneEmptySessions } from "./state-usage";
import type { CallFact } from "./telemetry-event";
import { telemetryIdentity } from "./workerd-config";

export type RunnerNeeds = LaunchNeeds & { lock: StateLock; idleMs: number; drainMs: number };

export type RunningAgent = { process: AgentProcess; mask: MaskCompiler };

const requestsAtATimeMax = 128;
const lookupsAtATimeMax = 4;

/** A process that ends sooner than this, and before it served a call, counts as failing to start. */
const healthyAfterMs = 10_000;

/** More than a call may take, so that a refresh cuts none short. */
const refreshGraceMs = 1_000;

export class DeploymentRunner {
  readonly log: AgentLog;
  /** Calls, as lines that are printed meanwhile name them. */
  readonly underway = createCallsUnderway();
  /** Of the deployment, so that ending and starting processes gives no more of it. */
  private readonly egress: EgressBudget;
  private current: LaunchedAgent | null = null;
  private starting: Promise<LaunchedAgent> | null = null;
  /** Started and without calls: takes over when the current one has ended. */
  private successor: LaunchedAgent | null = null;
  private refreshing: Promise<void> = Promise.resolve();
  private nextRefresh: Promise<void> | null = null;
  private giveBackState: () => void = () => undefined;
  private recorder: CallRecorder | null = null;
  private readonly pauses = createRestartPauses();
  private mustPrune = false;
  /** What whoever comes is told, once nothing may begin any more. */
  private refusal: HostError | null = null;

  constructor(
    private readonly needs: RunnerNeeds,
    readonly record: PlacedRecord,
  ) {
    this.log = createAgentLog({ outlet: needs.shipper.outletOf(record.deploymentId), callOf: () => this.underway.only() });
    const { egressBytesPerMinuteMax: bytesPerMinuteMax } = needs.settings;
    this.egress = createEgressBudget({ requestsMax: requestsAtATimeMax, lookupsMax: lookupsAtATimeMax, bytesPerMinuteMax });
  }

  get isRunning(): boolean {
    return this.current !== null;
  }

  /** What the process was given at its start; null while none runs. */
  get secretVersions(): Record<string, number> | null {
    return this.current?.grant.secretVersions ?? null;
  }

  /** The process, started if need be, with one call counted on it: the caller must `endCall`. */
  async beginCall(): Promise<RunningAgent> {
    for (;;) {
      const { process, mask } = await this.ensure();
      if (process.isEnding) continue;
      process.beginCall();
      return { process, mask };
    }
  }

  /** Starts the process if it does not run. A probe does not wait for the pause after a failure. */
  async start(): Promise<void> {
    this.pauses.skip();
    await this.ensure();
  }

  recordCall(fact: CallFact): void {
    this.recorder?.record(fact);
  }

  stopIfIdle(now: number): void {
    const process = this.current?.process;
    if (process && process.inFlight === 0 && !process.isStopping && now - process.idleSince >= this.needs.idleMs) {
      this.log.write("host", "Stopped: no calls for a while.");
      void this.stop();
    }
  }

  /** Calls in flight finish, within limits; what they used is spooled. */
  async stop(): Promise<void> {
    this.dropSuccessor();
    const launched = this.current ?? (await this.untilStarted());
    if (launched) await this.drain(launched, this.needs.drainMs);
  }

  /**
   * Gives what runs today's secrets: a second process starts, the calls of the first finish while later ones wait, the second takes
   * over. What does not run gets them at its next start. Rejects when the second does not start; the first then goes on as it was.
   */
  refresh(): Promise<void> {
    // Whoever asks while one waits for its turn is served by it: it has not asked for any secret yet.
    this.nextRefresh ??= this.refreshing.then(() => {
      this.nextRefresh = null;
      return this.replace();
    });
    // Whoever asked hears of it; the next one has its turn all the same.
    this.refreshing = this.nextRefresh.catch(() => undefined);
    return this.nextRefresh;
  }

  /** Ends the process at once, with its calls and whatever else it does; the next call starts it anew. */
  async halt(): Promise<void> {
    this.dropSuccessor();
    const launched = this.current ?? (await this.untilStarted());
    if (!launched) return;
    this.log.write("host", "Stopped by the platform.");
    launched.process.isStopping = true;
    launched.process.kill("The agent was stopped by the platform.");
    await launched.process.ended;
    await this.recorder?.flush();
  }

  async remove(refusal = new HostError("NOT_FOUND", "There is no such deployment on this host.")): Promise<void> {
    this.refusal = refusal;
    await this.stop();
    await this.refreshing;
  }

  /** What was recorded after the process had ended. */
  async flush(): Promise<void> {
    await this.recorder?.flush();
  }

  /** Also lets the calls that waited for the start begin, so that making way never starves them. */
  private async untilStarted(): Promise<LaunchedAgent | null> {
    const launched = (await this.starting?.catch(() => null)) ?? null;
    await new Promise((resolve) => setImmediate(resolve));
    return launched;
  }

  private async ensure(): Promise<LaunchedAgent> {
    while (this.current?.process.isEnding) await this.current.process.ended;
    if (this.refusal !== null) throw this.refusal;
    if (this.current !== null) return this.current;
    const pause = this.starting === null ? this.pauses.reason() : null;
    if (pause !== null) throw pause;
    this.starting ??= this.launch().finally(() => {
      this.starting = null;
    });
    return this.starting;
  }

  private async launch(): Promise<LaunchedAgent> {
    const giveBack = await this.needs.lock.take(this.record.stateKey, () => this.makeWay());
    try {
      if (this.mustPrune) await this.pruneSessions();
      const launched = await launchProcess(
        this.needs,
        this.record,
        this.launchFor((grant) => this.openRecorder(grant)),
      );
      this.giveBackState = giveBack;
      this.adopt(launched);
      this.log.write("host", "Started.");
      return launched;
    } catch (thrown) {
      giveBack();
      throw this.noteFailure(toHostError(thrown));
    }
  }

  private launchFor(onGrant: LaunchFor["onGrant"]): LaunchFor {
    const onOverfull = () => {
      this.mustPrune = true;
    };
    return { log: this.log, egress: this.egress, onGrant, onOverfull };
  }

  /** While we hold the sessions and no process does. */
  private async pruneSessions(): Promise<void> {
    const pruned = await pruneEmptySessions(this.needs.store.openState(this.record).path);
    this.mustPrune = false;
    this.log.write("host", `Removed ${pruned} sessions in which nothing was ever kept.`);
  }

  private adopt(launched: LaunchedAgent): void {
    this.current = launched;
    void launched.process.ended.then(({ reason }) => {
      if (!launched.process.isStopping) this.noteCrash(launched.process, reason);
      const { successor } = this;
      this.successor = null;
      this.current = null;
      // The sessions stay ours: they pass from one process of this deployment to the next without anybody between.
      if (successor !== null && successor.process.end === null) this.takeOver(successor);
      else this.giveBackState();
    });
  }

  private takeOver(successor: LaunchedAgent): void {
    void this.recorder?.flush();
    this.openRecorder(successor.grant);
    this.adopt(successor);
    this.log.write("host", "Started anew with the secrets of today.");
  }

  /** The second process is started before the first is stopped, so that secrets with which the agent does not start stop nothing. */
  private async replace(): Promise<void> {
    const before = this.current ?? (await this.untilStarted());
    if (!before || before.process.isStopping) return;
    const next = await this.launchBeside();
    if (this.current !== before || before.process.isStopping || this.refusal !== null) return end(next);
    this.successor = next;
    await this.drain(before, Math.max(this.needs.drainMs, this.record.timeoutMs + refreshGraceMs));
  }

  /** Without a call it opens no session, so it may run while the first one has them. */
  private async launchBeside(): Promise<LaunchedAgent> {
    try {
      const agent = this.launchFor(() => undefined);
      return await launchProcess(this.needs, this.record, agent);
    } catch (thrown) {
      const error = toHostError(thrown);
      this.log.write("host", `Not started anew, the process goes on with the secrets it has: ${causeOf(error)}`);
      throw error;
    }
  }

  private async drain({ process }: LaunchedAgent, drainMs: number): Promise<void> {
    // Before anything is waited for; and a refresh may be draining it with more patience than whoever asks now has.
    const timer = setTimeout(() => process.cutShort(), drainMs);
    if (!process.isStopping) {
      process.isStopping = true;
      await this.recorder?.flush();
      await process.stop(drainMs);
    }
    await process.ended;
    clearTimeout(timer);
    await this.recorder?.flush();
  }

  /** It has no calls, so nothing is lost with it. */
  private dropSuccessor(): void {
    const { successor } = this;
    this.successor = null;
    if (successor) void end(successor);
  }

  private openRecorder(grant: LaunchGrant): void {
    this.recorder = createCallRecorder({
      identity: telemetryIdentity(this.record),
      telemetryKey: grant.telemetryKey,
      process: () => this.current?.process ?? null,
      spool: this.needs.spool,
    });
  }

  /** Another deployment needs the sessions: stop after the calls that are here, and start again for later ones. */
  private makeWay(): void {
    this.log.write("host", "Stopping: another version takes over the sessions.");
    void this.stop();
  }

  private noteCrash(process: AgentProcess, reason: string): void {
    this.log.write("host", reason);
    if (process.hasServed || Date.now() - process.startedAt >= healthyAfterMs) this.pauses.forget();
    else this.noteFailure(new HostError("RUNTIME_ERROR", reason, { retryable: true, details: { reason: "crashed" } }));
  }

  private noteFailure(error: HostError): HostError {
    this.pauses.noteFailure(error);
    if (isForAuthor(error)) this.log.write("host", causeOf(error));
    return error;
  }
}

async function end({ process }: LaunchedAgent): Promise<void> {
  process.isStopping = true;
  process.kill("The process is not needed any more.");
  await process.ended;
}

function isForAuthor({ options: { details } }: HostError): boolean {
  return details?.reason === "start_failed" || details?.reason === "secrets_missing";
}

/** The names of missing secrets are for whoever may read this log, not for whoever calls the agent. */
function causeOf({ message, options: { cause, details } }: HostError): string {
  return details?.reason === "secrets_missing" && cause instanceof Error ? cause.message : message;
}
