// Two-factor sign-in: off with a way in, on with its recovery codes and a way out.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button, buttonClass } from "~/app/ui/button";
import { classNames } from "~/app/ui/class-names";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { Tag } from "~/app/ui/tag";
import type { SecondFactorStatus } from "~/server/accounts/second-factors.contract";
import type { SignInAnswer } from "./change-sign-in";
import { RecoveryCodes } from "./recovery-codes";
import { SecondFactorOffer } from "./second-factor-offer";

type Props = { status: SecondFactorStatus; answer: SignInAnswer | undefined };

export function SecondFactorPanel({ status, answer }: Props) {
  const offer = status.isOn ? null : answer?.offer;
  return (
    <Panel
      title={
        <>
          Two-factor sign-in <Tag className="ml-1">{status.isOn ? "on" : "off"}</Tag>
        </>
      }
      description="After the password, a code of an authenticator app on your phone."
    >
      <div className="grid gap-5">
        {answer?.recoveryCodes ? <RecoveryCodes codes={answer.recoveryCodes} /> : null}
        {offer ? <SecondFactorOffer offer={offer} problem={answer?.problem ?? null} /> : null}
        {status.isOn ? <WhenOn status={status} /> : null}
        {!status.isOn && !offer ? <WhenOff /> : null}
      </div>
    </Panel>
  );
}

function WhenOff() {
  return (
    <CsrfForm className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
      <p className="min-w-0 flex-1 basis-64 text-ink-2 text-sm leading-6">
        Whoever learns your password still cannot come in. Takes a minute; any app that shows six digits will do.
      </p>
      <Button name="intent" value="begin" isBusy={useIsSubmitting("begin")}>
        Set up two-factor sign-in
      </Button>
    </CsrfForm>
  );
}

function WhenOn({ status }: { status: SecondFactorStatus }) {
  const left = status.recoveryCodesLeft;
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
      <p className="min-w-0 flex-1 basis-64 text-ink-2 text-sm leading-6">
        {status.since ? (
          <>
            On since <Moment at={status.since} />.{" "}
          </>
        ) : null}
        {left === 1 ? "One recovery code is" : `${left === 0 ? "No" : left} recovery codes are`} left.
      </p>
      <CsrfForm>
        <Button name="intent" value="renewCodes" isBusy={useIsSubmitting("renewCodes")}>
          New recovery codes
        </Button>
      </CsrfForm>
      <TurnOff />
    </div>
  );
}

/** Opens first: the button that turns it off is one press further, beside what that means. */
function TurnOff() {
  return (
    <details className="group basis-full">
      <summary className={classNames(buttonClass(), "cursor-pointer list-none")}>Turn off…</summary>
      <CsrfForm className="mt-3 grid gap-4 rounded-lg border border-failed/40 p-4">
        <p className="text-ink-2 text-sm leading-6">
          From then on the password alone lets you in, and whoever learns it. The key in your app and all recovery codes stop
          counting; to turn it on again you set it up anew. A letter tells you that it was turned off.
        </p>
        <div>
          <Button tone="danger" name="intent" value="turnOff" isBusy={useIsSubmitting("turnOff")}>
            Turn two-factor sign-in off
          </Button>
        </div>
      </CsrfForm>
    </details>
  );
}
