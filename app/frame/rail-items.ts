// Where one can go in a workspace: the left rail, the bottom bar of a phone and the command palette read this one list.
import { ChartNoAxesColumn, Gauge, KeyRound, type LucideIcon, ScrollText, Settings, SquareTerminal, Users } from "lucide-react";
import { paths } from "~/app/paths";

export type RailItem = { label: string; to: (workspaceId: string) => string; icon: LucideIcon; end?: boolean };

export const railItems: RailItem[] = [
  { label: "Overview", to: paths.workspace, icon: Gauge, end: true },
  { label: "Agents", to: paths.agents, icon: SquareTerminal },
  { label: "Usage", to: paths.usage, icon: ChartNoAxesColumn },
  { label: "Keys", to: paths.keys, icon: KeyRound },
  { label: "Members", to: paths.members, icon: Users },
  { label: "Audit", to: (workspaceId) => paths.audit(workspaceId), icon: ScrollText },
  { label: "Settings", to: paths.workspaceSettings, icon: Settings },
];
