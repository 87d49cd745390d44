// What a person sees who comes back from a provider and is not let in: why, and what to do about it.
import { FormSummary } from "~/app/form-summary";
import { DoorHeading } from "~/app/frame/door-frame";
import { paths } from "~/app/paths";
import type { FormProblem } from "~/app/rpc";
import { LinkButton } from "~/app/ui/link-button";

const titles: Record<string, string> = {
  account_disabled: "This account is disabled",
  email_unverified: "Your address is not confirmed there",
  identity_taken: "It belongs to another account",
  oauth_denied: "You changed your mind",
};

export function ProviderProblem({ problem }: { problem: FormProblem }) {
  const reason = problem.reason ?? "";
  return (
    <>
      <DoorHeading title={titles[reason] ?? "That did not work"} />
      <FormSummary problem={problem} />
      <div className="mt-6 flex flex-wrap gap-2">
        <LinkButton to={paths.signIn()} tone="primary">
          Back to sign in
        </LinkButton>
        {reason === "email_unverified" ? <LinkButton to={paths.signUp()}>Sign up with a password</LinkButton> : null}
        {reason === "identity_taken" ? <LinkButton to={paths.accountSignIn()}>Your account</LinkButton> : null}
      </div>
    </>
  );
}
