// Follows the chain as the page's form asks, and answers what the page then shows.
import type { FormFields } from "~/app/form-of";
import { type FormProblem, submit } from "~/app/rpc";
import type { ChainVerdict } from "~/server/audit/audit.contract";
import type { Caller } from "~/server/router";

type Place = { request: Request; context: { traceId: string } };
type Answer = { problem: FormProblem | null; verdict: ChainVerdict | null };

export async function verifyFromForm(place: Place, api: Caller, form: FormFields): Promise<Answer> {
  let verdict: ChainVerdict | null = null;
  const problem = await submit(place, async () => {
    verdict = await api.audit.verify({ after: form.text("after") || 0 });
  });
  return { problem, verdict };
}
