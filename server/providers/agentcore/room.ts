// What every act of this adapter works with: the clients, the names' environment, and how patient it is.
//
// What changes something at AWS is not aborted on its way: whether it was done could not be known. Signals are heard between requests.
import type { AgentCoreConfig } from "~/server/config-agentcore";
import type { Log } from "~/server/log";
import type { HeldAnswers } from "~/server/providers/held-answers";
import type { OpenGrant } from "~/server/providers/provider";
import type { Aws } from "./aws";
import type { PlacedRecords } from "./placed-records";

export type Pace = {
  /** How long after a look at AWS the next one comes, at first. */
  pollMs: number;
  /** How long AWS may take to make something ready, or to take it away. */
  readyMs: number;
  /** How long another process of ours may go on with what it read of a placement. */
  recordMs: number;
  /** How long a fresh process may take until it answers anything. */
  startMs: number;
  /** How long one try of a request may take; calls of agents have deadlines of their own. */
  answerMs: number;
  /** How long a call may go on past its own time, and a process after its caller left, before we end it from outside. */
  graceMs: number;
};

export type Room = {
  aws(): Promise<Aws>;
  config: Pick<AgentCoreConfig, "roleArn" | "toolsRoleArn" | "bucket">;
  environment: string;
  telemetryUrl: string;
  openGrant: OpenGrant;
  /** Of this process, whichever runtime an answer comes from. */
  answers: HeldAnswers;
  log: Log;
  pace: Pace;
  records: PlacedRecords;
};
