// In place of something that this person's role does not do: so it is said, and where it is decided.
import { useParams } from "@remix-run/react";
import { UserLock } from "lucide-react";
import type { ReactNode } from "react";
import { paths } from "~/app/paths";
import { EmptyState } from "~/app/ui/empty-state";
import { LinkButton } from "~/app/ui/link-button";
import { Panel } from "~/app/ui/panel";

export function NotYourRole({ title, children }: { title: string; children: ReactNode }) {
  const { workspaceId = "" } = useParams();
  return (
    <Panel isFlush>
      <EmptyState
        icon={UserLock}
        title={title}
        action={<LinkButton to={paths.memberRoles(workspaceId)}>See who may do what</LinkButton>}
      >
        {children}
      </EmptyState>
    </Panel>
  );
}
