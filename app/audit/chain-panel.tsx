// Where the chain stands, who signs it, and the button that follows it from end to end.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { CodeBlock } from "~/app/ui/code-block";
import { countWords } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { ShortId } from "~/app/ui/short-id";
import type { ChainState, ChainVerdict } from "~/server/audit/audit.contract";
import { ChainVerdictNotice } from "./chain-verdict";

type Props = { chain: ChainState; verdict: ChainVerdict | null };

export function ChainPanel({ chain, verdict }: Props) {
  const isBusy = useIsSubmitting("verify");
  const goesOn = verdict?.state === "partial";
  return (
    <Panel
      title="Chain"
      description="Each entry carries the hash of the one before. A change, a gap or another order breaks it."
      actions={
        <CsrfForm preventScrollReset>
          <input type="hidden" name="intent" value="verify" />
          {goesOn ? <input type="hidden" name="after" value={verdict.checkedTo} /> : null}
          <Button size="small" isBusy={isBusy}>
            {goesOn ? "Go on verifying" : "Verify chain"}
          </Button>
        </CsrfForm>
      }
    >
      <div className="grid grid-cols-1 gap-4">
        {verdict ? <ChainVerdictNotice verdict={verdict} /> : null}
        <dl className="grid grid-cols-1 gap-x-8 gap-y-3 text-sm sm:grid-cols-3">
          <Fact name="Entries">{countWords(chain.entries)}</Fact>
          <Fact name="Signed">
            {chain.checkpoint ? (
              <>
                up to position {chain.checkpoint.position}, <Moment at={chain.checkpoint.signedAt} />
              </>
            ) : (
              "not yet: it is signed each minute"
            )}
          </Fact>
          <Fact name="Key fingerprint">
            <ShortId id={chain.key.keyId} />
          </Fact>
        </dl>
        <KeyFacts chain={chain} />
      </div>
    </Panel>
  );
}

/** For who verifies an export elsewhere. */
function KeyFacts({ chain }: { chain: ChainState }) {
  return (
    <details className="group text-[0.8125rem] text-ink-2">
      <summary className="inline-flex min-h-6 items-center text-accent underline-offset-4 hover:underline">
        Verify it without us
      </summary>
      <div className="mt-2 grid grid-cols-1 gap-2 leading-5">
        <p>
          Download the log as JSON, take a copy of this project on any machine with Node, and run the line below. Note the key
          somewhere of your own today: who could change the log could change this page too.
        </p>
        <CodeBlock
          label="the line that verifies it"
          text={`npm run audit:verify -- audit.json \\\n  --key ${chain.key.publicKey}`}
        />
      </div>
    </details>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt className="text-ink-3 text-xs">{name}</dt>
      <dd className="tabular mt-0.5 text-ink">{children}</dd>
    </div>
  );
}
