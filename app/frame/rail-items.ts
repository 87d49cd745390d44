// Where one can go in a workspace: the left rail, the bottom bar of a phone and the command palette read this one list.
import {
  ChartNoAxesColumn,
  CreditCard,
  Gauge,
  KeyRound,
  type LucideIcon,
  ScrollText,
  Settings,
  SquareTerminal,
  Users,
} from "lucide-react";
import { paths } from "~/app/paths";
import { useMay } from "~/app/workspaces/use-may";
import type { Action } from "~/server/auth/permissions";

export type RailItem = { label: string; to: (workspaceId: string) => string; icon: LucideIcon; end?: boolean; needs: Action };

const railItems: RailItem[] = [
  { label: "Overview", to: paths.workspace, icon: Gauge, end: true, needs: "usage.read" },
  { label: "Agents", to: paths.agents, icon: SquareTerminal, needs: "agent.read" },
  { label: "Usage", to: paths.usage, icon: ChartNoAxesColumn, needs: "usage.read" },
  { label: "Keys", to: paths.keys, icon: KeyRound, needs: "api_key.read" },
  { label: "Members", to: paths.members, icon: Users, needs: "member.read" },
  { label: "Billing", to: paths.billing, icon: CreditCard, needs: "billing.read" },
  { label: "Audit", to: (workspaceId) => paths.audit(workspaceId), icon: ScrollText, needs: "audit.read" },
  { label: "Settings", to: paths.workspaceSettings, icon: Settings, needs: "workspace.read" },
];

/** The places that this person's role opens. */
export function useRailItems(): RailItem[] {
  const may = useMay();
  return railItems.filter((item) => may(item.needs));
}
