// One session at a glance: whose, on which version, what it cost, and whether it can go on.
import { Link } from "@remix-run/react";
import { type AgentPlace, paths } from "~/app/paths";
import { Facts } from "~/app/traces/facts";
import { countOf, countWords, exactWords, spanWords } from "~/app/ui/measures";
import { Panel } from "~/app/ui/panel";
import { ShortId } from "~/app/ui/short-id";
import { StateMark } from "~/app/ui/state-mark";
import { Tag } from "~/app/ui/tag";
import type { SessionDetail } from "~/server/invocations/sessions.contract";
import { CallerName } from "./caller-name";

export function SessionFacts({ session, at }: { session: SessionDetail; at: AgentPlace }) {
  const { calls } = session;
  const outcomes = [
    `${countWords(calls.ok)} succeeded`,
    calls.failed > 0 ? `${countWords(calls.failed)} failed` : null,
    calls.aborted > 0 ? `${countWords(calls.aborted)} stopped` : null,
  ].filter(Boolean);
  return (
    <Panel
      title={
        <span className="inline-flex items-center gap-2">
          Session <ShortId id={session.sessionId} />
        </span>
      }
      actions={session.state === "open" ? <StateMark tone="live">Open</StateMark> : <StateMark tone="stopped">Closed</StateMark>}
    >
      <Facts
        facts={[
          ["Whose", <CallerName key="whose" caller={session.principal} />],
          ["Began", exactWords(session.createdAt)],
          ["Last used", exactWords(session.lastUsedAt)],
          ["Calls", <CallsLink key="calls" session={session} at={at} words={outcomes.join(", ")} />],
          ["Tokens", tokensWords(session)],
          ["Compute", spanWords(session.computeMs)],
          ["Version", <Version key="version" session={session} at={at} />],
        ]}
      />
    </Panel>
  );
}

function tokensWords({ tokens, calls }: SessionDetail): string {
  return calls.assumed === 0 ? countWords(tokens) : `${countWords(tokens)}, assumed for ${countOf(calls.assumed, "call")}`;
}

function CallsLink({ session, at, words }: { session: SessionDetail; at: AgentPlace; words: string }) {
  return (
    <>
      <Link to={`${paths.logs(at, undefined, session.sessionId)}#calls`} className="text-ink underline underline-offset-4">
        {countOf(session.calls.total, "call")}
      </Link>
      <span className="text-ink-3">: {words}</span>
    </>
  );
}

function Version({ session, at }: { session: SessionDetail; at: AgentPlace }) {
  if (session.version === null) return <span className="text-ink-3">deleted since</span>;
  return (
    <Link to={paths.deployment(at, session.deploymentId)}>
      <Tag isMono>v{session.version}</Tag>
    </Link>
  );
}
