// What calling agents needs and keeps between calls: targets, sessions, limits, and the writer of what happened.

import { setMaxListeners } from "node:events";
import { BudgetLedger } from "~/server/budgets/budget-ledger";
import { ConversationKeeper } from "~/server/conversations/conversation-keeper";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { CallPlaces } from "./call-places";
import { type CallRate, createCallRate } from "./call-rate";
import { followAgentChanges } from "./follow-agent-changes";
import { InvocationRecorder } from "./invocation-recorder";
import { KeyMonths } from "./key-months";
import { createPeriodBook, type PeriodBook } from "./period-book";
import { RunningCalls } from "./running-calls";
import { SessionBook } from "./session-book";
import { createTargetBook, type TargetBook } from "./target-book";

export type GatewayNeeds = Pick<Services, "across" | "clock" | "config" | "log" | "redis" | "providers" | "vault">;

export type Gateway = {
  needs: GatewayNeeds;
  targets: TargetBook;
  periods: PeriodBook;
  budgets: BudgetLedger;
  sessions: SessionBook;
  places: CallPlaces;
  rate: CallRate;
  recorder: InvocationRecorder;
  conversations: ConversationKeeper;
  /** Throws a retryable 503 while what happened cannot be written down fast enough. */
  assertOpen(): void;
  /** Calls it when running calls must end now. Answers how to take that back. */
  whenCut(end: (why: AppError) => void): () => void;
  /** Aborted when streams that can be resumed are left to another gateway: before the others are cut, and at the latest at the end. */
  leaving: AbortSignal;
  /** Ends running calls with a marked, retryable error. */
  cut(): void;
  /**
   * Ends what still runs without a caller, waits for it so long (milliseconds; absent: not at all), and writes down what is left; call it
   * when nobody is connected and before the database is closed. A call whose runtime does not heed its end is settled from its report.
   */
  drain(lastCallsMs?: number): Promise<void>;
};

/** One per process. */
export function createGateway(needs: GatewayNeeds): Gateway {
  const targets = createTargetBook(needs);
  const changes = followAgentChanges(needs, (agentId) => targets.forgetAgent(agentId));
  const sessions = new SessionBook(needs);
  const recorder = new InvocationRecorder(needs);
  const conversations = new ConversationKeeper(needs);
  const months = new KeyMonths(needs);
  const budgets = new BudgetLedger(needs);
  const places = new CallPlaces(needs);
  const running = new RunningCalls();
  const leaving = new AbortController();
  // One listener for each running call.
  setMaxListeners(0, leaving.signal);
  return {
    needs,
    targets,
    periods: createPeriodBook(needs),
    budgets,
    sessions,
    places,
    rate: createCallRate(needs, months),
    recorder,
    conversations,
    assertOpen: () => {
      if (recorder.isFull) {
        throw new AppError("RATE_LIMITED", "Calls cannot be recorded fast enough just now. Try again in a moment.", {
          details: { overloaded: true, retryAfterSeconds: 1 },
        });
      }
    },
    whenCut: (end) => running.add(end),
    leaving: leaving.signal,
    cut: () => {
      leaving.abort();
      running.cut(stopped());
    },
    drain: async (lastCallsMs = 0) => {
      leaving.abort();
      // Nobody is there any more but calls that outlive their callers: whoever comes again with the key of one is told why it ended.
      running.cut(stopped());
      await running.over(lastCallsMs);
      changes.stop();
      await Promise.all([sessions.drain(), recorder.drain(), conversations.drain(), months.drain()]);
      await Promise.all([budgets.drain(), places.stop()]);
    },
  };
}

function stopped(): AppError {
  return new AppError("RUNTIME_ERROR", "The gateway was stopped while it answered. Try again.", {
    retryable: true,
    details: { reason: "gateway_stopped" },
  });
}
