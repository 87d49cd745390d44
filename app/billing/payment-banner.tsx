// On every page of a workspace whose payment failed: until when all goes on, and where to mend it.
import { useLocation } from "@remix-run/react";
import { paths } from "~/app/paths";
import { LinkButton } from "~/app/ui/link-button";
import { dayWords } from "~/app/ui/measures";
import { useNow } from "~/app/ui/moment";
import { Notice } from "~/app/ui/notice";
import { useMay } from "~/app/workspaces/use-may";
import type { CurrentWorkspace } from "~/server/workspaces/workspaces.contract";
import { planNames } from "./money-words";

type Props = { workspace: CurrentWorkspace; graceEndsAt: Date };

export function PaymentBanner({ workspace: { workspaceId, tier }, graceEndsAt }: Props) {
  const may = useMay();
  const isOver = useNow(60_000) >= graceEndsAt.getTime();
  const isThere = useLocation().pathname === paths.billing(workspaceId);
  // A plan that the operator gave holds whatever is unpaid.
  const isGiven = isOver && tier !== "free";
  const overTitle = isGiven
    ? "The last invoice of this workspace is unpaid."
    : "This workspace is on the free plan: its last invoice is unpaid.";
  const overWords = isGiven
    ? `The ${planNames[tier]} plan holds all the same.`
    : "Once the invoice is paid, the plan comes back by itself.";
  const action =
    may("billing.read") && !isThere ? (
      <LinkButton to={paths.billing(workspaceId)} size="small">
        Open Billing
      </LinkButton>
    ) : null;
  return (
    <Notice
      tone={isOver ? "problem" : "warning"}
      title={isOver ? overTitle : "A payment of this workspace failed."}
      action={action}
      className="mb-6"
    >
      {isOver
        ? overWords
        : `Everything goes on until ${dayWords(graceEndsAt)}. ${may("billing.configure") ? "Pay the invoice or change the card before then." : "An owner or admin can see to it."}`}
    </Notice>
  );
}
