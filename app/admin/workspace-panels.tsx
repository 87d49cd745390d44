// What an operator sees of one workspace, and what they can do about it.
import { Link } from "@remix-run/react";
import { DeploymentState } from "~/app/deployments/deployment-state";
import { paths } from "~/app/paths";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { ShortId } from "~/app/ui/short-id";
import { StateMark } from "~/app/ui/state-mark";
import { Tag } from "~/app/ui/tag";
import type { AdminWorkspace } from "~/server/admin/admin.contract";
import { AccountState } from "./account-state";
import { FactList } from "./fact-list";
import { SwitchList } from "./switch-list";
import { DisabledWords } from "./user-panels";

export function WorkspaceFacts({ workspace }: { workspace: AdminWorkspace }) {
  return (
    <Panel title="Workspace">
      <FactList
        facts={[
          ["State", <AccountState key="state" disabledAt={workspace.disabledAt} />],
          ...(workspace.disabledAt
            ? ([["Disabled", <DisabledWords key="why" of={workspace} />]] as [string, React.ReactNode][])
            : []),
          ["Workspace", <ShortId key="id" id={workspace.workspaceId} />],
          [
            "Plan",
            <span key="plan" className="flex flex-wrap items-center gap-2">
              <Tag>{workspace.tier}</Tag>
              <Link to={paths.adminPlan(workspace.workspaceId)} className="text-accent underline underline-offset-2">
                Give another, or change limits
              </Link>
            </span>,
          ],
          ["Since", <Moment key="since" at={workspace.createdAt} />],
        ]}
      />
    </Panel>
  );
}

export function WorkspaceSwitches({ workspace }: { workspace: AdminWorkspace }) {
  const isDisabled = workspace.disabledAt !== null;
  return (
    <SwitchList
      targetId={workspace.workspaceId}
      lines={[
        isDisabled
          ? {
              act: "enable_workspace",
              title: "Enable",
              text: "Keys count, agents start with their next call, what waits goes on.",
              button: "Enable…",
            }
          : {
              act: "disable_workspace",
              title: "Disable",
              text: "Cuts every open stream, refuses calls and deployments, stops its agents, lets jobs wait. Can be undone.",
              button: "Disable…",
            },
        {
          act: "end_workspace_sessions",
          title: "Sign out every member",
          text: "Ends all sessions of its people; signing in again is possible.",
          button: "Sign out…",
        },
        {
          act: "revoke_workspace_keys",
          title: "Revoke all keys",
          text: "Every key of this workspace. Cannot be undone.",
          button: "Revoke…",
        },
      ]}
    />
  );
}

export function WorkspaceMembers({ members }: Pick<AdminWorkspace, "members">) {
  return (
    <Panel title="Members" isFlush>
      <ul className="divide-y divide-line">
        {members.map((member) => (
          <li key={member.userId} className="flex flex-wrap items-center justify-between gap-3 px-4 py-3 text-sm sm:px-5">
            <span className="min-w-0 flex-1 basis-48">
              <span className="flex items-center gap-2">
                <Link to={paths.adminUser(member.userId)} className="truncate font-medium underline-offset-4 hover:underline">
                  {member.displayName}
                </Link>
                <Tag>{member.role}</Tag>
              </span>
              <span className="block truncate text-ink-3 text-xs">{member.email}</span>
            </span>
            <AccountState disabledAt={member.disabledAt} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function WorkspaceAgents({ agents }: Pick<AdminWorkspace, "agents">) {
  return (
    <Panel title="Agents" description={agents.length === 0 ? "None." : undefined} isFlush>
      <ul className="divide-y divide-line">
        {agents.map((agent) => (
          <li key={agent.agentId} className="flex items-center justify-between gap-3 px-4 py-3 text-sm sm:px-5">
            <code className="truncate font-mono text-[0.8125rem]">{agent.name}</code>
            {agent.disabledAt ? (
              <StateMark tone="off">Disabled by its owner</StateMark>
            ) : (
              <StateMark tone={agent.isLive ? "live" : "idle"}>{agent.isLive ? "Live" : "Not deployed"}</StateMark>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function UnfinishedDeployments({ unfinished }: Pick<AdminWorkspace, "unfinished">) {
  if (unfinished.length === 0) return null;
  return (
    <Panel title="Under way" isFlush>
      <ul className="divide-y divide-line">
        {unfinished.map((item) => (
          <li key={item.deploymentId} className="flex flex-wrap items-center justify-between gap-3 px-4 py-3 text-sm sm:px-5">
            <span className="min-w-0 truncate">
              <code className="font-mono text-[0.8125rem]">{item.agentName}</code> version {item.version}, asked for{" "}
              <Moment at={item.createdAt} />
            </span>
            <DeploymentState deployment={item} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
