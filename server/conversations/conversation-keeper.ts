// Writes turns of conversations behind the answer: sealed before they reach the database, in groups, bounded in size and number (MISSION G3).
import type { InvocationOutcome } from "~/db/tables/invocations";
import type { InvokeMessage } from "~/runtime/contract/invoke";
import { GroupCommit } from "~/server/group-commit/group-commit";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { insertTurnsIfKeptAcrossWorkspaces, type NewTurn } from "./conversations.queries";
import { cutTurn } from "./cut-turn";
import { turnPlace } from "./turn-place";

export type SpokenTurn = {
  workspaceId: string;
  agentId: string;
  deploymentId: string;
  sessionId: string;
  traceId: string;
  principal: string;
  outcome: InvocationOutcome;
  startedAt: Date;
  messages: InvokeMessage[];
  answer: string;
  isAnswerCut: boolean;
};

/** Each holds up to a quarter of a megabyte until it is written. */
const pendingMax = 1_000;
const groupMax = 50;
const gatherMs = 20;

type Needs = Pick<Services, "across" | "log" | "vault">;

/** A lifetime: one per process; `drain()` before the database is closed. */
export class ConversationKeeper {
  readonly #needs: Needs;
  readonly #commits: GroupCommit<NewTurn, undefined>;
  #sealing = new Set<Promise<void>>();

  constructor(needs: Needs) {
    this.#needs = needs;
    this.#commits = new GroupCommit({
      name: "turns of conversations",
      pendingMax,
      groupMax,
      gatherMs,
      commit: async (turns) => {
        await insertTurnsIfKeptAcrossWorkspaces(needs.across, turns);
        return turns.map(() => undefined);
      },
    });
  }

  /** Nobody has to wait for it, and it never throws: a turn that cannot be written is lost, and said in the log without its words. */
  keep(turn: SpokenTurn): void {
    const { workspaceId, agentId, traceId } = turn;
    if (this.#sealing.size >= pendingMax) {
      this.#needs.log.warn({ workspaceId, agentId, traceId }, "too many turns of conversations wait; one was not kept");
      return;
    }
    const kept: Promise<void> = this.#write(turn)
      .catch((error: unknown) => {
        this.#needs.log.warn({ err: error, workspaceId, agentId, traceId }, "a turn of a conversation could not be kept");
      })
      .finally(() => this.#sealing.delete(kept));
    this.#sealing.add(kept);
  }

  async drain(): Promise<void> {
    while (this.#sealing.size > 0) await Promise.all(this.#sealing);
    await this.#commits.drain();
  }

  async #write({ messages, answer, isAnswerCut, ...facts }: SpokenTurn): Promise<void> {
    const { words, isCut } = cutTurn({ messages, answer });
    const id = newId("conversationTurn");
    const { workspaceId, agentId, sessionId } = facts;
    const sealedTurn = await this.#needs.vault.seal(
      turnPlace({ workspaceId, agentId, sessionId, turnId: id }),
      JSON.stringify(words),
    );
    await this.#commits.submit([{ id, ...facts, sealedTurn, isCut: isCut || isAnswerCut }]);
  }
}
