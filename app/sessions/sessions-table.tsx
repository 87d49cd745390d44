// The sessions of an agent: whose, on which version, how much was said, and whether they can go on.
import { Link, useNavigation } from "@remix-run/react";
import { MessagesSquare } from "lucide-react";
import { CsrfForm } from "~/app/csrf-form";
import { type AgentPlace, paths } from "~/app/paths";
import { Button } from "~/app/ui/button";
import { Cell, DataTable, HeadCell, NarrowLine } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { LinkButton } from "~/app/ui/link-button";
import { countOf } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { shortened } from "~/app/ui/short-id";
import { StateMark } from "~/app/ui/state-mark";
import { Tag } from "~/app/ui/tag";
import type { AgentSessionItem } from "~/server/invocations/invocations.contract";
import { CallerName } from "./caller-name";

export function SessionsTable({ items, at }: { items: AgentSessionItem[]; at: AgentPlace }) {
  if (items.length === 0) {
    return (
      <EmptyState
        icon={MessagesSquare}
        title="No sessions"
        action={<LinkButton to={paths.agent(at)}>Talk to the agent</LinkButton>}
      >
        A call without a session id begins a session. Only whoever began it can go on with it.
      </EmptyState>
    );
  }
  return (
    <DataTable
      caption="Sessions, last used first"
      head={
        <>
          <HeadCell>Session</HeadCell>
          <HeadCell isWideOnly>Whose</HeadCell>
          <HeadCell isWideOnly>State</HeadCell>
          <HeadCell isWideOnly>Version</HeadCell>
          <HeadCell isNumber>Calls</HeadCell>
          <HeadCell isNumber isWideOnly>
            Began
          </HeadCell>
          <HeadCell isNumber isWideOnly>
            Last used
          </HeadCell>
          <HeadCell>
            <span className="sr-only">Acts</span>
          </HeadCell>
        </>
      }
    >
      {items.map((session) => (
        <SessionRow key={session.sessionId} session={session} at={at} />
      ))}
    </DataTable>
  );
}

const countedMax = 1_000;

function SessionRow({ session, at }: { session: AgentSessionItem; at: AgentPlace }) {
  const calls = session.calls >= countedMax ? "1,000 or more" : String(session.calls);
  return (
    <tr className="hover:bg-hover/50">
      <Cell className="max-w-56 py-2 md:py-0">
        <Link
          to={paths.session(at, session.sessionId)}
          title={session.sessionId}
          className="whitespace-nowrap rounded font-mono text-accent text-xs underline-offset-4 hover:underline"
        >
          {shortened(session.sessionId)}
        </Link>
        <NarrowLine>
          <CallerName caller={session.caller} isOwn={session.isOwn} />
          {session.isStranded ? <State session={session} /> : null}
          <Moment at={session.lastUsedAt} />
        </NarrowLine>
      </Cell>
      <Cell isWideOnly className="max-w-48">
        <CallerName caller={session.caller} isOwn={session.isOwn} />
      </Cell>
      <Cell isWideOnly>
        <State session={session} />
      </Cell>
      <Cell isWideOnly>
        <Tag isMono>v{session.version}</Tag>
      </Cell>
      <Cell isNumber>
        <Link
          to={`${paths.logs(at, undefined, session.sessionId)}#calls`}
          aria-label={`${countOf(session.calls, "call")} of this session`}
          className="rounded underline-offset-4 hover:text-ink hover:underline"
        >
          {calls}
        </Link>
      </Cell>
      <Cell isNumber isWideOnly>
        <Moment at={session.createdAt} />
      </Cell>
      <Cell isNumber isWideOnly>
        <Moment at={session.lastUsedAt} />
      </Cell>
      <Cell className="pl-0 text-right">{session.isOwn ? <CloseForm sessionId={session.sessionId} /> : null}</Cell>
    </tr>
  );
}

function State({ session }: { session: AgentSessionItem }) {
  return session.isStranded ? <StateMark tone="stopped">Version gone</StateMark> : <StateMark tone="live">Open</StateMark>;
}

function CloseForm({ sessionId }: { sessionId: string }) {
  const { formData } = useNavigation();
  return (
    <CsrfForm preventScrollReset>
      <input type="hidden" name="sessionId" value={sessionId} />
      <Button
        tone="quiet"
        size="small"
        name="intent"
        value="closeSession"
        isBusy={formData?.get("sessionId") === sessionId}
        aria-label={`Close ${shortened(sessionId)}`}
      >
        Close
      </Button>
    </CsrfForm>
  );
}
