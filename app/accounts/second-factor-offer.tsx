// The key for the authenticator app, as squares for its camera and as letters for the hand, and the first code of it.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { CodeBlock } from "~/app/ui/code-block";
import type { SecondFactorOffer as Offer } from "~/server/accounts/second-factors.contract";
import { CodeField } from "./code-field";

export function SecondFactorOffer({ offer, problem }: { offer: Offer; problem: FormProblem | null }) {
  return (
    <ol className="grid gap-6">
      <li className="grid gap-3 sm:grid-cols-[auto_1fr] sm:gap-5">
        <QrCode {...offer.qr} />
        <div className="grid min-w-0 content-start gap-2 text-sm">
          <p className="font-medium">1. Let your authenticator app take in the key</p>
          <p className="text-ink-2 leading-6">
            Scan the squares, or{" "}
            <a href={offer.uri} className="font-medium text-accent underline-offset-4 hover:underline">
              open the app on this device
            </a>
            , or type the key by hand:
          </p>
          <CodeBlock text={offer.key} label="the key" wraps />
        </div>
      </li>
      <li className="grid gap-3">
        <p className="font-medium text-sm">2. Type the code that it shows</p>
        <CsrfForm className="grid max-w-md gap-4">
          <FormSummary problem={problem} />
          <input type="hidden" name="offer" value={JSON.stringify(offer)} />
          <CodeField label="Code of the app" error={problem?.fields["code"]} help="Six digits, new every 30 seconds." autoFocus />
          <div>
            <Button tone="primary" name="intent" value="turnOn" isBusy={useIsSubmitting("turnOn")}>
              Turn it on
            </Button>
          </div>
        </CsrfForm>
      </li>
    </ol>
  );
}

/** Dark on light in both themes: cameras expect it. */
function QrCode({ size, path }: Offer["qr"]) {
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      className="size-44 rounded-lg border border-line bg-white"
      shapeRendering="crispEdges"
      role="img"
      aria-label="QR code with the key for the authenticator app"
    >
      <path d={path} className="fill-black" />
    </svg>
  );
}
