// The acts of one version in the table: look, compare, read, try, promote or roll back.
import { Link } from "@remix-run/react";
import { EllipsisVertical, FileCode, GitCompare, History, ListTree, MessageSquare } from "lucide-react";
import { type AgentPlace, paths } from "~/app/paths";
import { ActMenu } from "~/app/ui/act-menu";
import { menuItemClass } from "~/app/ui/disclosure-menu";
import { useMay } from "~/app/workspaces/use-may";
import type { DeploymentItem } from "~/server/deployments/deployments.contract";
import { activationWord, isCallable } from "./deployment-words";

type Props = { item: DeploymentItem; live: Pick<DeploymentItem, "version"> | null; at: AgentPlace };

export function VersionMenu({ item, live, at }: Props) {
  const may = useMay();
  const id = item.deploymentId;
  const canMove = may("deployment.create") && isCallable(item);
  return (
    <ActMenu label={`Acts of version ${item.version}`} trigger={<EllipsisVertical aria-hidden="true" className="size-4" />}>
      <Link className={menuItemClass} to={paths.deployment(at, id)}>
        <ListTree aria-hidden="true" />
        Stages and log
      </Link>
      <Link className={menuItemClass} to={paths.deploymentChanges(at, id)}>
        <GitCompare aria-hidden="true" />
        What changed
      </Link>
      {may("bundle.read") ? (
        <Link className={menuItemClass} to={paths.deploymentCode(at, id)}>
          <FileCode aria-hidden="true" />
          Code
        </Link>
      ) : null}
      {canMove ? (
        <>
          <Link className={menuItemClass} to={paths.playground(at, id)}>
            <MessageSquare aria-hidden="true" />
            Try it in the playground
          </Link>
          <Link className={menuItemClass} to={paths.deploymentActivate(at, id)}>
            <History aria-hidden="true" />
            {activationWord(item, live)}…
          </Link>
        </>
      ) : null}
    </ActMenu>
  );
}
