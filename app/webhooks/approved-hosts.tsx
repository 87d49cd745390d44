// Hosts that webhooks may be sent to. Without one nothing of this workspace leaves by webhook.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import { Button } from "~/app/ui/button";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { TextField } from "~/app/ui/text-field";
import type { WebhookHostItem } from "~/server/webhooks/webhooks.contract";
import type { WebhookAnswer } from "./change-webhooks";

type Props = { hosts: WebhookHostItem[]; mayApprove: boolean; answer: WebhookAnswer | undefined };

export function ApprovedHosts({ hosts, mayApprove, answer }: Props) {
  const isBusy = useIsSubmitting("approve");
  const problem = answer?.intent === "approve" ? answer.problem : null;
  return (
    <Panel
      title="Approved hosts"
      description="Webhooks go to these and nowhere else. Owners and admins approve them; who sets up webhooks chooses among them."
    >
      {hosts.length === 0 ? <p className="text-ink-2 text-sm">None yet.</p> : null}
      <ul className="divide-y divide-line">
        {hosts.map((item) => (
          <li key={item.host} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2 first:pt-0">
            <code className="break-all font-mono text-ink text-sm">{item.host}</code>
            <span className="min-w-0 flex-1 text-ink-3 text-xs">
              approved <Moment at={item.approvedAt} />
            </span>
            {mayApprove ? <Withdraw host={item.host} /> : null}
          </li>
        ))}
      </ul>
      {mayApprove ? (
        <CsrfForm key={hosts.length} className="mt-4 grid max-w-xl grid-cols-1 gap-4 border-line border-t pt-4">
          <FormSummary problem={problem} />
          <TextField
            label="Host"
            name="host"
            isMono
            required
            maxLength={260}
            autoComplete="off"
            placeholder="hooks.example.com"
            defaultValue={problem ? answer?.typed.host : undefined}
            error={problem?.fields["host"]}
            help="As it stands in the address, with its port when that is not 443."
          />
          <div>
            <Button name="intent" value="approve" isBusy={isBusy}>
              Approve host
            </Button>
          </div>
        </CsrfForm>
      ) : null}
    </Panel>
  );
}

function Withdraw({ host }: { host: string }) {
  const intent = `withdraw ${host}`;
  return (
    <CsrfForm>
      <input type="hidden" name="host" value={host} />
      <Button
        tone="quiet"
        size="small"
        name="intent"
        value={intent}
        isBusy={useIsSubmitting(intent)}
        aria-label={`Withdraw ${host}`}
      >
        Withdraw
      </Button>
    </CsrfForm>
  );
}
