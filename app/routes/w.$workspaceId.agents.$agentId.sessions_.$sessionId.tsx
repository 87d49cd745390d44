// One session of an agent; and, when asked for, what was kept of its words: that reading is audited.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { LockKeyhole } from "lucide-react";
import { placeOf } from "~/app/agents/place-of";
import { KeptTurns } from "~/app/conversations/kept-turns";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { SessionFacts } from "~/app/sessions/session-facts";
import { buttonClass } from "~/app/ui/button";
import { EmptyState } from "~/app/ui/empty-state";
import { countOf } from "~/app/ui/measures";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";

export function meta() {
  return pageTitle("Session");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const at = placeOf(params);
  const api = context.api(at.workspaceId);
  const asked = { agentId: at.agentId, sessionId: params["sessionId"] ?? "" };
  const query = new URL(request.url).searchParams;
  const cursor = query.get("cursor");
  return load({ request, context }, async () => {
    const session = await api.sessions.inspect(asked);
    const isRead = query.get("read") === "yes" && session.conversation.turnsKept > 0;
    const kept = isRead ? await api.conversations.read({ ...asked, limit: 25, ...(cursor ? { cursor } : {}) }) : null;
    return { at, session, kept };
  });
}

export default function Session() {
  const { at, session, kept } = useLoaderData<typeof loader>();
  const { isKept, turnsKept } = session.conversation;
  return (
    <div className="grid grid-cols-1 gap-4">
      <SessionFacts session={session} at={at} />
      <Panel title="What was said" isFlush>
        {kept ? <KeptTurns turns={kept.items} at={at} /> : null}
        {kept ? <Pager nextCursor={kept.nextCursor} shown={kept.items.length} noun="answers" first="oldest" /> : null}
        {kept ? null : turnsKept > 0 ? (
          <EmptyState
            icon={LockKeyhole}
            title={`${countOf(turnsKept, "answer")} ${turnsKept === 1 ? "is" : "are"} kept, sealed`}
            action={
              <Link to={`${paths.session(at, session.sessionId)}?read=yes`} className={buttonClass()}>
                Open and read
              </Link>
            }
          >
            Opening is written into the audit log, with your name.
          </EmptyState>
        ) : (
          <EmptyState icon={LockKeyhole} title="Nothing was kept">
            {isKept
              ? "This agent keeps conversations now, and nothing of this session falls into that time."
              : "This agent keeps counts and timings, never words. Its settings can change that for what is said from then on."}
          </EmptyState>
        )}
      </Panel>
    </div>
  );
}
