// Talks with one agent: asks, follows the answer, stops it, and keeps the conversation while the tab lives.
import { useEffect, useReducer, useRef, useState } from "react";
import type { AgentPlace } from "~/app/paths";
import { type Conversation, change, emptyConversation, requestOf } from "./conversation";
import { TalkError, talk } from "./talk";

/** `deploymentId`: the version that answers when it is not the live one; it has a conversation of its own. */
export function useConversation({ workspaceId, agentId }: AgentPlace, deploymentId: string | null) {
  const [conversation, dispatch] = useReducer(change, emptyConversation);
  const [isWhole, setIsWhole] = useState(true);
  const running = useRef<AbortController | null>(null);
  const lastState = conversation.turns.at(-1)?.state;
  const isBusy = lastState === "waiting" || lastState === "answering";
  useKept(deploymentId ?? agentId, conversation, isBusy, (kept) => dispatch({ kind: "restored", conversation: kept }));
  useEffect(() => () => running.current?.abort(), []);

  async function ask(question: string) {
    const request = requestOf(conversation, question, isWhole);
    const controller = new AbortController();
    const begunAt = performance.now();
    const since = () => Math.round(performance.now() - begunAt);
    running.current = controller;
    dispatch({ kind: "asked", question, request });
    try {
      const onEvent = (event: Parameters<Parameters<typeof talk>[0]["onEvent"]>[0]) =>
        dispatch({ kind: "event", event, sinceMs: since() });
      await talk({ workspaceId, agentId, deploymentId, body: request, signal: controller.signal, onEvent });
    } catch (thrown) {
      if (controller.signal.aborted) return dispatch({ kind: "stopped", sinceMs: since() });
      if (!(thrown instanceof TalkError)) throw thrown;
      dispatch({ kind: "failed", problem: thrown.problem, sinceMs: since() });
    }
  }

  return {
    conversation,
    isBusy,
    isWhole,
    setIsWhole,
    ask,
    stop: () => running.current?.abort(),
    forget: () => {
      running.current?.abort();
      dispatch({ kind: "forgotten" });
    },
  };
}

/** Kept in this tab only: what was said is the person's, the platform keeps counts. */
function useKept(name: string, conversation: Conversation, isBusy: boolean, onFound: (kept: Conversation) => void) {
  const key = `conversation:${name}`;
  const hasLooked = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per agent and version.
  useEffect(() => {
    const kept = read(key);
    if (kept) onFound(kept);
    hasLooked.current = true;
  }, [key]);
  useEffect(() => {
    if (!hasLooked.current || isBusy) return;
    if (conversation.turns.length === 0) sessionStorage.removeItem(key);
    else write(key, conversation);
  }, [key, conversation, isBusy]);
}

function read(key: string): Conversation | null {
  try {
    const text = sessionStorage.getItem(key);
    return text ? (JSON.parse(text) as Conversation) : null;
  } catch {
    return null;
  }
}

function write(key: string, conversation: Conversation): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(conversation));
  } catch {
    sessionStorage.removeItem(key);
  }
}
