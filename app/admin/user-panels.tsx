// What an operator sees of one person, and what they can do about them.
import { Link } from "@remix-run/react";
import { paths } from "~/app/paths";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { ShortId } from "~/app/ui/short-id";
import { Tag } from "~/app/ui/tag";
import type { AdminUser } from "~/server/admin/admin.contract";
import { AccountState } from "./account-state";
import { FactList } from "./fact-list";
import { SwitchList } from "./switch-list";

export function UserFacts({ user }: { user: AdminUser }) {
  return (
    <Panel title="Person">
      <FactList
        facts={[
          ["State", <AccountState key="state" disabledAt={user.disabledAt} />],
          ...(user.disabledAt ? ([["Disabled", <DisabledWords key="why" of={user} />]] as [string, React.ReactNode][]) : []),
          ["Account", <ShortId key="id" id={user.userId} />],
          ["Address", user.isVerified ? `${user.email}, confirmed` : `${user.email}, not confirmed`],
          ["Signs in by", user.signInWays.join(", ") || "the console's link only"],
          ["Operator", user.isSuperAdmin ? "Yes, of this platform" : "No"],
          ["Since", <Moment key="since" at={user.createdAt} />],
        ]}
      />
    </Panel>
  );
}

export function DisabledWords({ of }: { of: { disabledAt: Date | null; disabledReason: string | null } }) {
  if (!of.disabledAt) return null;
  return (
    <>
      <Moment at={of.disabledAt} />
      {of.disabledReason ? `: ${of.disabledReason}` : null}
    </>
  );
}

export function UserSwitches({ user }: { user: AdminUser }) {
  const isDisabled = user.disabledAt !== null;
  return (
    <SwitchList
      targetId={user.userId}
      lines={[
        isDisabled
          ? {
              act: "enable_user",
              title: "Enable",
              text: "They can sign in, their keys count, what waits goes on.",
              button: "Enable…",
            }
          : {
              act: "disable_user",
              title: "Disable",
              text: "Signs them out, cuts what they hold open, refuses their keys, lets their deployments wait. Can be undone.",
              button: "Disable…",
            },
        {
          act: "end_user_sessions",
          title: "Sign out everywhere",
          text: "Ends every session; signing in again is possible.",
          button: "Sign out…",
        },
        {
          act: "revoke_user_keys",
          title: "Revoke their keys",
          text: "Every key they made, in every workspace. Cannot be undone.",
          button: "Revoke…",
        },
      ]}
    />
  );
}

export function UserWorkspaces({ workspaces }: Pick<AdminUser, "workspaces">) {
  return (
    <Panel title="Workspaces" isFlush>
      <ul className="divide-y divide-line">
        {workspaces.map((workspace) => (
          <li key={workspace.workspaceId} className="flex flex-wrap items-center justify-between gap-3 px-4 py-3 text-sm sm:px-5">
            <span className="flex min-w-0 items-center gap-2">
              <Link
                to={paths.adminWorkspace(workspace.workspaceId)}
                className="truncate font-medium underline-offset-4 hover:underline"
              >
                {workspace.name}
              </Link>
              <Tag>{workspace.role}</Tag>
            </span>
            <AccountState disabledAt={workspace.disabledAt} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function UserSessions({ sessions }: Pick<AdminUser, "sessions">) {
  return (
    <Panel title="Signed in" description={sessions.length === 0 ? "Nowhere at present." : undefined} isFlush>
      <ul className="divide-y divide-line">
        {sessions.map((session) => (
          <li key={session.sessionId} className="px-4 py-3 text-sm sm:px-5">
            <span className="block font-medium">{session.device}</span>
            <span className="block text-[0.8125rem] text-ink-3">
              {session.ipAddress ?? "address unknown"}, used <Moment at={session.lastUsedAt} />, began{" "}
              <Moment at={session.createdAt} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
