// The calls under one trace id, each with its outcome, its caller, its version and what its runtime reported.
import { Link } from "@remix-run/react";
import { deploymentWords, runtimeWords } from "~/app/deployments/deployment-words";
import { errorWords } from "~/app/invocations/error-words";
import { modeWords } from "~/app/invocations/mode-words";
import { assumedMeaning } from "~/app/invocations/token-count";
import { type AgentPlace, paths } from "~/app/paths";
import { CallerName } from "~/app/sessions/caller-name";
import { countWords, exactWords, spanWords } from "~/app/ui/measures";
import { Notice } from "~/app/ui/notice";
import { Panel } from "~/app/ui/panel";
import { ShortId, shortened } from "~/app/ui/short-id";
import { StateMark } from "~/app/ui/state-mark";
import { Tag } from "~/app/ui/tag";
import { useMay } from "~/app/workspaces/use-may";
import type { TraceCall } from "~/server/invocations/invocations.contract";
import { Facts } from "./facts";

type Props = { call: TraceCall; workspaceId: string; number: number | null };

export function TraceCallPanel({ call, workspaceId, number }: Props) {
  const at: AgentPlace = { workspaceId, agentId: call.agentId };
  return (
    <Panel title={number === null ? "The call" : `Call ${number}`} actions={<Outcome call={call} />}>
      {call.errorMessage ? (
        <Notice tone="problem" title={call.errorMessage} className="mb-5">
          <code className="font-mono text-ink-2 text-xs">{call.errorCode}</code>
          {call.errorClass ? <span className="text-ink-2"> · {errorWords[call.errorClass].meaning}</span> : null}
        </Notice>
      ) : null}
      {call.isRecovered ? (
        <Notice tone="warning" className="mb-5">
          The gateway that took it went away before it could write it down; this was made from what the runtime reported. Whether
          its caller had the whole answer, by coming back for the stream, is not known.
        </Notice>
      ) : null}
      {call.tokensAreAssumed ? (
        <Notice tone="warning" title="Its tokens are assumed" className="mb-5">
          {assumedMeaning}
        </Notice>
      ) : null}
      <Facts
        facts={[
          ["Begun", <span key="at">{exactWords(call.startedAt)}</span>],
          ["Took", spanWords(call.computeMs)],
          ["First byte", call.firstByteMs === null ? absent(call, "none came") : `after ${spanWords(call.firstByteMs)}`],
          ["Door", modeWords(call.mode)],
          ["Caller", call.caller ? <CallerName key="caller" caller={call.caller} /> : notKnown],
          ["Session", call.sessionId ? <SessionLink key="session" sessionId={call.sessionId} at={at} /> : absent(call, "none")],
          ["Tokens", <Tokens key="tokens" call={call} />],
          ["Tool calls", call.toolCalls === null ? "not reported" : countWords(call.toolCalls)],
          ["Version", <Version key="version" call={call} at={at} />],
        ]}
      />
    </Panel>
  );
}

const notKnown = "not known";

/** What a gateway that went away would have written down is not there, which says nothing about the call. */
function absent({ isRecovered }: TraceCall, words: string): string {
  return isRecovered ? notKnown : words;
}

function Tokens({ call }: { call: TraceCall }) {
  if (call.tokensAreAssumed) return <>{countWords(call.tokensCharged ?? 0)}, assumed</>;
  return <>{call.llmTokens === null ? "not reported" : countWords(call.llmTokens)}</>;
}

function SessionLink({ sessionId, at }: { sessionId: string; at: AgentPlace }) {
  if (!useMay()("conversation.read")) return <ShortId id={sessionId} />;
  return (
    <Link
      to={paths.session(at, sessionId)}
      title={sessionId}
      className="font-mono text-accent text-xs underline-offset-4 hover:underline"
    >
      {shortened(sessionId)}
    </Link>
  );
}

function Outcome({ call }: { call: TraceCall }) {
  if (call.outcome === "ok") return <StateMark tone="live">OK</StateMark>;
  if (call.outcome === "aborted") return <StateMark tone="stopped">{call.isRecovered ? "Broken off" : "Stopped"}</StateMark>;
  return <StateMark tone="failed">Failed</StateMark>;
}

function Version({ call, at }: { call: TraceCall; at: AgentPlace }) {
  const { word } = deploymentWords[call.deploymentStatus];
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      <Link to={paths.deployment(at, call.deploymentId)} className="text-ink underline-offset-4 hover:underline">
        {call.agentName}
      </Link>
      <Tag isMono>v{call.version}</Tag>
      <span className="text-ink-3">
        {word.toLowerCase()}, {runtimeWords[call.runtime]}
      </span>
    </span>
  );
}
