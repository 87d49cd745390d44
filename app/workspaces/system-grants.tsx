// Who reaches which connected system; honest about there being none yet.
import { Cable } from "lucide-react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { Moment } from "~/app/ui/moment";
import { ShortId } from "~/app/ui/short-id";
import { Tag } from "~/app/ui/tag";
import { roleWords } from "~/server/auth/role-words.contract";
import type { SystemGrantItem } from "~/server/workspaces/system-grants.contract";

const accesses: Record<SystemGrantItem["access"], string> = {
  use: "use it",
  read_data: "read its data",
  configure: "configure it",
};

export function SystemGrants({ grants }: { grants: SystemGrantItem[] }) {
  if (grants.length === 0) {
    return (
      <EmptyState icon={Cable} title="Nothing is granted">
        This workspace has no connected system yet, so there is nothing to grant. Once one is connected, it is decided here who
        may use it, read its data or configure it: single members, or everybody with a role.
      </EmptyState>
    );
  }
  return (
    <DataTable
      caption="Grants of connected systems"
      head={
        <>
          <HeadCell>System</HeadCell>
          <HeadCell>To</HeadCell>
          <HeadCell>May</HeadCell>
          <HeadCell isNumber isWideOnly>
            Since
          </HeadCell>
          <HeadCell isNumber>
            <span className="sr-only">Act</span>
          </HeadCell>
        </>
      }
    >
      {grants.map((grant) => (
        <GrantRow key={grant.grantId} grant={grant} />
      ))}
    </DataTable>
  );
}

function GrantRow({ grant }: { grant: SystemGrantItem }) {
  const intent = `withdraw ${grant.grantId}`;
  return (
    <tr>
      <Cell>
        <ShortId id={grant.systemId} />
      </Cell>
      <Cell>{grant.role ? <Tag>every {roleWords[grant.role].title}</Tag> : <ShortId id={grant.userId ?? ""} />}</Cell>
      <Cell>{accesses[grant.access]}</Cell>
      <Cell isNumber isWideOnly>
        <Moment at={grant.createdAt} />
      </Cell>
      <Cell isNumber>
        <CsrfForm>
          <input type="hidden" name="grantId" value={grant.grantId} />
          <Button tone="quiet" size="small" name="intent" value={intent} isBusy={useIsSubmitting(intent)}>
            Withdraw
          </Button>
        </CsrfForm>
      </Cell>
    </tr>
  );
}
