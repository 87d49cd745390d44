// Talks with one agent: asks, follows the answer, stops it, goes on with it after a lost connection or a new load of the page.
import { type Dispatch, useEffect, useReducer, useRef, useState } from "react";
import type { AgentPlace } from "~/app/paths";
import { type Change, type Conversation, change, emptyConversation, openTurn, type Resume, requestOf } from "./conversation";
import { type Follower, followAnswer, rejoin, stopAnswer } from "./follow-answer";
import { forgetConversation, keepConversation, readConversation } from "./kept-conversations";
import { talk } from "./talk";
import { TalkError } from "./talk-error";

/** `deploymentId`: the version that answers when it is not the live one; it has a conversation of its own. */
export function useConversation({ workspaceId, agentId }: AgentPlace, deploymentId: string | null) {
  const [conversation, dispatch] = useReducer(change, emptyConversation);
  const [isWhole, setIsWhole] = useState(true);
  const running = useRef<AbortController | null>(null);

  /** Follows one answer until it ends, is stopped, or is left. Only the last one may still change anything. */
  async function follow(run: (follower: Follower) => Promise<void>) {
    const controller = new AbortController();
    running.current?.abort();
    running.current = controller;
    try {
      await run(followerOf(dispatch, workspaceId, controller.signal));
    } catch (thrown) {
      if (controller.signal.aborted) return;
      if (!(thrown instanceof TalkError)) throw thrown;
      dispatch({ kind: "failed", problem: thrown.problem, atMs: Date.now() });
    }
  }

  const goOn = (resume: Resume) => follow(async (follower) => followAnswer(await rejoin(resume, follower), resume, follower));
  const leave = () => running.current?.abort();
  const version = deploymentId ?? agentId;
  const put = (next: Conversation) => {
    leave();
    forgetConversation({ version });
    dispatch({ kind: "replaced", conversation: next });
  };
  useKept(version, conversation, (kept) => {
    dispatch({ kind: "replaced", conversation: kept });
    const resume = openTurn(kept)?.resume;
    if (resume) void goOn(resume);
  });
  useEffect(() => () => running.current?.abort(), []);

  return {
    conversation,
    isBusy: openTurn(conversation) !== null,
    isWhole,
    setIsWhole,
    ask(question: string) {
      const request = requestOf(conversation, question, isWhole);
      dispatch({ kind: "asked", question, request, atMs: Date.now() });
      void follow((follower) => talk({ agentId, deploymentId, body: request }, follower));
    },
    stop() {
      const resume = openTurn(conversation)?.resume;
      if (resume) void stopAnswer(resume, workspaceId);
      leave();
      dispatch({ kind: "stopped", atMs: Date.now() });
    },
    /** Goes on in this session, with what this tab knows of it; null: a new one begins. */
    join(sessionId: string | null) {
      if (conversation.sessionId) keepConversation({ session: conversation.sessionId }, settled(conversation));
      const kept = sessionId === null ? null : readConversation({ session: sessionId });
      put(kept ?? { ...emptyConversation, sessionId });
    },
    /** Nothing of it is known here any more. */
    forget() {
      if (conversation.sessionId) forgetConversation({ session: conversation.sessionId });
      put(emptyConversation);
    },
  };
}

function followerOf(dispatch: Dispatch<Change>, workspaceId: string, signal: AbortSignal): Follower {
  const whileWanted = (step: Change) => {
    if (!signal.aborted) dispatch(step);
  };
  return {
    workspaceId,
    signal,
    onEvent: (event, id, resumePath) => whileWanted({ kind: "event", event, id, resumePath, atMs: Date.now() }),
    onLink: (isThere) => whileWanted({ kind: isThere ? "rejoined" : "disconnected" }),
  };
}

/** Whoever goes to another session in the middle of an answer does not come back for it. */
function settled(conversation: Conversation): Conversation {
  return openTurn(conversation) ? change(conversation, { kind: "stopped", atMs: Date.now() }) : conversation;
}

/** Keeps the conversation when it rests, when an answer can be gone on with, and when the page is left. */
function useKept(version: string, conversation: Conversation, onFound: (kept: Conversation) => void) {
  const hasLooked = useRef(false);
  const newest = useRef(conversation);
  newest.current = conversation;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per agent and version.
  useEffect(() => {
    const kept = readConversation({ version });
    if (kept) onFound(kept);
    hasLooked.current = true;
    const keep = () => keepConversation({ version }, newest.current);
    addEventListener("pagehide", keep);
    return () => {
      removeEventListener("pagehide", keep);
      keep();
    };
  }, [version]);
  const open = openTurn(conversation);
  const mark = open ? (open.resume?.path ?? "open") : "rests";
  // biome-ignore lint/correctness/useExhaustiveDependencies: not at every word of an answer.
  useEffect(() => {
    if (hasLooked.current) keepConversation({ version }, newest.current);
  }, [version, mark, conversation.turns.length, conversation.sessionId]);
}
