// The one thing that can be done about a stranger: what it destroys is said before, and who it may belong to.

import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { countOf } from "~/app/ui/measures";
import { TextField } from "~/app/ui/text-field";
import type { Runtime } from "~/db/tables/deployments";
import type { StrayItem } from "~/server/runtimes/runtimes.contract";

export type Tried = { of: string; problem: FormProblem | null; given: { reason: string; confirmation: string } };

const destroyed: Readonly<Record<Runtime, string>> = {
  embedded: "its code on this machine, what its sessions remember, and its process with every call in it",
  cloudflare: "its script at Cloudflare with every call in it, what its sessions remember, and what it printed",
  agentcore:
    "its endpoint and versions at AWS with their secrets, its code, what its sessions remember, and what it printed; with the agent's last version its runtime",
  vps: "its code on the server and what its sessions remember",
};

export function RemoveStranger({ stray, strangers, tried }: { stray: StrayItem; strangers: number; tried: Tried | null }) {
  const { runtime, deploymentId } = stray;
  const isBusy = useIsSubmitting("removeStranger");
  const mine = tried?.of === `${runtime} ${deploymentId}` ? tried : null;
  return (
    <details className="max-w-md text-sm" open={mine !== null}>
      <summary className="cursor-pointer font-medium text-ink">Remove it…</summary>
      <CsrfForm className="mt-3 grid gap-4">
        <FormSummary problem={mine?.problem} />
        <p className="leading-6">
          This destroys {destroyed[runtime]}. It cannot be undone. Another installation of the same name, or the database that
          this one was restored or copied from, may be serving it right now
          {strangers > 1 ? `, which is likely where there are several: there are ${countOf(strangers, "stranger")}` : ""}.
        </p>
        <input type="hidden" name="runtime" value={runtime} />
        <input type="hidden" name="deploymentId" value={deploymentId} />
        <TextField
          label="Why"
          name="reason"
          maxLength={300}
          defaultValue={mine?.given.reason}
          error={mine?.problem?.fields["reason"]}
        />
        <TextField
          label={
            <>
              Type <code className="break-all font-mono">{deploymentId}</code> to confirm
            </>
          }
          name="confirmation"
          autoComplete="off"
          spellCheck={false}
          defaultValue={mine?.given.confirmation}
          error={mine?.problem?.fields["confirmation"]}
        />
        <div>
          <Button name="intent" value="removeStranger" tone="danger" isBusy={isBusy}>
            Remove this stranger
          </Button>
        </div>
      </CsrfForm>
    </details>
  );
}
