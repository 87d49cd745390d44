// Which runtime a new version goes to: the one that was asked for, the one its agent prefers, or the manifest's first that fits.
import type { Runtime } from "~/db/tables/deployments";
import type { Manifest } from "~/server/bundles/manifest.contract";
import { runtimesOf, setUpHint } from "~/server/bundles/parse-manifest";
import { invalidField } from "~/server/errors";
import type { Plan } from "~/server/plans/plans";
import type { Services } from "~/server/services";

export type RuntimeWish = {
  manifest: Manifest;
  wished: Runtime | undefined;
  /** The agent's setting. It is followed where it can be, and never stands in a version's way. */
  preferred: Runtime | null;
  plan: Plan;
};

/**
 * Of several the manifest's order decides; what the plan includes comes before what it does not, which the plan's judge then refuses in
 * its own words. Throws `INVALID_REQUEST` for what the bundle does not claim or this installation does not offer.
 */
export function chooseRuntime(needs: Pick<Services, "providers">, { manifest, wished, preferred, plan }: RuntimeWish): Runtime {
  const claimed = runtimesOf(manifest);
  const offered = needs.providers.list().map((provider) => provider.runtime);
  if (wished !== undefined && !claimed.includes(wished)) {
    const named = claimed.join(", ");
    throw invalidField("runtime", `The bundle does not claim the runtime "${wished}". Its manifest names: ${named}.`);
  }
  const fitting = claimed.filter((runtime) => offered.includes(runtime));
  const included = fitting.filter((runtime) => plan.runtimes.includes(runtime));
  const settled = included.find((runtime) => runtime === preferred);
  const chosen = wished ?? settled ?? included[0] ?? fitting[0];
  if (chosen !== undefined && offered.includes(chosen)) return chosen;
  const offers = offered.join(", ") || "no runtime";
  throw invalidField("runtime", `This installation offers ${offers}, but not ${wished ?? claimed.join(" or ")}. ${setUpHint}`);
}
