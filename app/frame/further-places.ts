// Where the command palette leads beside the rail: pages under the rail's, the person's own, and the operator's.
import { useRouteLoaderData } from "@remix-run/react";
import {
  Bell,
  Fingerprint,
  Inbox,
  type LucideIcon,
  MonitorSmartphone,
  Server,
  ShieldCheck,
  TableProperties,
  Unplug,
  UserRound,
  Webhook,
} from "lucide-react";
import { paths } from "~/app/paths";
import type { loader } from "~/app/routes/w.$workspaceId";
import { useMay } from "~/app/workspaces/use-may";

/** `keywords` are what else people call it. */
export type FurtherPlace = { label: string; to: string; icon: LucideIcon; keywords: string[] };

export function useFurtherPlaces(workspaceId: string): FurtherPlace[] {
  const may = useMay();
  const me = useRouteLoaderData<typeof loader>("routes/w.$workspaceId")?.me;
  return [
    ...(may("agent.read") ? [runtimesOf(workspaceId)] : []),
    ...(may("member.read") ? [rolesOf(workspaceId)] : []),
    ...(may("grant.manage") ? [systemsOf(workspaceId)] : []),
    ...(may("usage.read") ? [alertsOf(workspaceId)] : []),
    ...(may("integration.read") ? [webhooksOf(workspaceId)] : []),
    ...ownPlaces,
    ...(me?.isSuperAdmin ? operatorPlaces : []),
  ];
}

const runtimesOf = (workspaceId: string): FurtherPlace => ({
  label: "Runtimes",
  to: paths.runtimes(workspaceId),
  icon: Server,
  keywords: ["cloudflare", "agentcore", "aws", "embedded", "status", "providers"],
});

const rolesOf = (workspaceId: string): FurtherPlace => ({
  label: "Roles",
  to: paths.memberRoles(workspaceId),
  icon: TableProperties,
  keywords: ["permissions", "who may do what"],
});

const systemsOf = (workspaceId: string): FurtherPlace => ({
  label: "Connected systems",
  to: paths.memberSystems(workspaceId),
  icon: Unplug,
  keywords: ["grants", "access"],
});

const alertsOf = (workspaceId: string): FurtherPlace => ({
  label: "Alerts",
  to: paths.alerts(workspaceId),
  icon: Bell,
  keywords: ["error rate", "notifications", "failed"],
});

const webhooksOf = (workspaceId: string): FurtherPlace => ({
  label: "Slack and webhooks",
  to: paths.webhooks(workspaceId),
  icon: Webhook,
  keywords: ["events", "signed", "deliveries", "channel"],
});

const ownPlaces: FurtherPlace[] = [
  { label: "Account", to: paths.account(), icon: UserRound, keywords: ["profile", "name", "email"] },
  {
    label: "Sign-in methods",
    to: paths.accountSignIn(),
    icon: Fingerprint,
    keywords: ["password", "two-factor", "2fa", "totp", "passkeys", "recovery codes", "security"],
  },
  { label: "Sessions", to: paths.accountSessions(), icon: MonitorSmartphone, keywords: ["devices", "sign out"] },
];

const operatorPlaces: FurtherPlace[] = [
  { label: "Platform", to: paths.admin(), icon: ShieldCheck, keywords: ["admin", "operator", "incident", "disable"] },
  { label: "Outbox", to: paths.outbox(), icon: Inbox, keywords: ["mail", "letters"] },
];
