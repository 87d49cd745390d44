// One question to an agent through its stream door.
import { paths } from "~/app/paths";
import type { InvokeRequest } from "~/runtime/contract/invoke";
import { type Follower, followAnswer } from "./follow-answer";
import { problemOf, TalkError } from "./talk-error";

export type Question = {
  agentId: string;
  /** A version that need not be live; null: the live one. */
  deploymentId: string | null;
  body: InvokeRequest;
};

/** Ends when the answer has ended in order. Throws a TalkError, or an AbortError when it was given up. */
export async function talk({ agentId, deploymentId, body }: Question, follower: Follower): Promise<void> {
  const { workspaceId, signal } = follower;
  const answer = await fetch(paths.streamDoor(agentId), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "text/event-stream",
      "x-workspace-id": workspaceId,
      ...(deploymentId === null ? {} : { "x-deployment-id": deploymentId }),
    },
    body: JSON.stringify(body),
    signal,
  }).catch((thrown: unknown) => {
    if (signal.aborted) throw thrown;
    throw unreachable();
  });
  if (!answer.ok) throw new TalkError(await problemOf(answer));
  await followAnswer(answer, null, follower);
}

function unreachable(): TalkError {
  return new TalkError({
    code: "UNREACHABLE",
    message: "The server could not be reached. Check the network, then ask again.",
    traceId: null,
  });
}
