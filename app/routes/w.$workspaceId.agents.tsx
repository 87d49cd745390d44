// The part of a workspace that is about agents.
import { Outlet } from "@remix-run/react";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { paths } from "~/app/paths";

export const handle: CrumbHandle = {
  crumb: ({ params }) => ({ label: "Agents", to: paths.agents(params["workspaceId"] ?? "") }),
};

export default function AgentsPart() {
  return <Outlet />;
}
