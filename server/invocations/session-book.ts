// Sessions of agents: bound to one principal and one agent, found again without asking the database each time (MISSION E1).

import { FreshCache } from "~/server/auth/fresh-cache";
import { principalName } from "~/server/auth/principal";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import { GroupCommit } from "~/server/group-commit/group-commit";
import { idOf } from "~/server/ids";
import type { Services } from "~/server/services";
import {
  findAgentSessionAcrossWorkspaces,
  insertAgentSessionsAcrossWorkspaces,
  type SessionRow,
  setAgentSessionsUsedAcrossWorkspaces,
} from "./invocations.queries";

const sessionsMax = 20_000;
const pendingMax = 10_000;
const groupMax = 500;
const useStepMs = 60_000;
const SessionId = idOf("agentSession");

type SessionNeeds = Pick<Services, "across" | "clock" | "log">;

/** A lifetime: one per process; `drain()` before the database is closed. */
export class SessionBook {
  readonly #needs: SessionNeeds;
  readonly #known: FreshCache<SessionRow>;
  readonly #inserts: GroupCommit<SessionRow, undefined>;
  readonly #uses: GroupCommit<SessionRow, undefined>;

  constructor(needs: SessionNeeds) {
    this.#needs = needs;
    this.#known = new FreshCache<SessionRow>({
      entriesMax: sessionsMax,
      load: async (sessionId) => (await findAgentSessionAcrossWorkspaces(needs.across, sessionId)) ?? null,
      onRenewalError: (error) => needs.log.warn({ err: error }, "a session could not be read again"),
    });
    this.#inserts = this.#writer("sessions", insertAgentSessionsAcrossWorkspaces);
    this.#uses = this.#writer("uses of sessions", setAgentSessionsUsedAcrossWorkspaces);
  }

  /** The caller's own session with this agent. Anybody else's answers `NOT_FOUND`, exactly as a missing one. */
  async find(scope: WorkspaceScope, agentId: string, sessionId: string): Promise<SessionRow> {
    const session = SessionId.safeParse(sessionId).success ? await this.#known.get(sessionId) : null;
    const isTheirs =
      session !== null &&
      session.workspaceId === scope.workspaceId &&
      session.agentId === agentId &&
      session.principal === principalName(scope.principal);
    if (!isTheirs) throw notFound("session");
    return session;
  }

  /** A new session; its id is random. Resolves once it is durable: nobody may learn the id before that. */
  async open(scope: WorkspaceScope, begun: Pick<SessionRow, "id" | "agentId" | "deploymentId">): Promise<void> {
    const { id, agentId, deploymentId } = begun;
    const { workspaceId, principal } = scope;
    const lastUsedAt = this.#needs.clock.now();
    const row = { id, agentId, deploymentId, workspaceId, principal: principalName(principal), lastUsedAt };
    await this.#inserts.submit([row]).catch(refuseLostTarget);
  }

  /** Notes a use, at most once a minute, and the deployment that the session has moved to. Nobody waits for it. */
  noteUse(session: SessionRow, deploymentId: string): void {
    const now = this.#needs.clock.now();
    const isNoted = now.getTime() - session.lastUsedAt.getTime() < useStepMs;
    if (isNoted && session.deploymentId === deploymentId) return;
    this.#uses
      .submit([{ ...session, deploymentId, lastUsedAt: now }])
      .then(() => this.#known.forget(session.id))
      .catch((error: unknown) => this.#needs.log.warn({ err: error }, "the use of a session could not be noted"));
  }

  async drain(): Promise<void> {
    await Promise.all([this.#inserts.drain(), this.#uses.drain()]);
  }

  #writer(
    name: string,
    write: (db: Services["across"], rows: SessionRow[]) => Promise<void>,
  ): GroupCommit<SessionRow, undefined> {
    const commit = async (rows: SessionRow[]) => {
      await write(this.#needs.across, rows);
      return rows.map(() => undefined);
    };
    return new GroupCommit({ name, pendingMax, groupMax, gatherMs: 0, commit });
  }
}

const foreignKeyViolation = "23503";

/** The agent was purged while the call was on its way in. */
function refuseLostTarget(error: unknown): never {
  if (error instanceof Error && "code" in error && error.code === foreignKeyViolation) throw notFound("agent");
  throw error;
}
