// The facts of the workspace.
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { ShortId } from "~/app/ui/short-id";
import { Tag } from "~/app/ui/tag";
import { roleWords } from "~/server/auth/role-words.contract";
import type { WorkspaceItem } from "~/server/workspaces/workspaces.contract";

export function AboutWorkspace({ workspace }: { workspace: WorkspaceItem }) {
  return (
    <Panel title="About">
      <dl className="grid max-w-md grid-cols-[8rem_minmax(0,1fr)] gap-y-3 text-sm">
        <dt className="text-ink-3">Workspace</dt>
        <dd>
          <ShortId id={workspace.workspaceId} />
        </dd>
        <dt className="text-ink-3">Plan</dt>
        <dd>
          <Tag>{workspace.tier}</Tag>
        </dd>
        <dt className="text-ink-3">Your role</dt>
        <dd>
          <Tag>{roleWords[workspace.role].title}</Tag>
        </dd>
        <dt className="text-ink-3">Made</dt>
        <dd>
          <Moment at={workspace.createdAt} />
        </dd>
      </dl>
    </Panel>
  );
}
