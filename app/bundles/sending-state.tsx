// How far an upload is, or why it was refused.
import { Button } from "~/app/ui/button";
import { bytesWords } from "~/app/ui/measures";
import { Notice } from "~/app/ui/notice";
import { ShortId } from "~/app/ui/short-id";
import { Spinner } from "~/app/ui/spinner";
import type { Sending } from "./use-bundle-sending";

export function SendingState({ sending, onStop }: { sending: Sending; onStop: () => void }) {
  if (sending.step === "idle") return null;
  if (sending.step === "refused") return <Refused sending={sending} />;
  return (
    <div role="status" className="grid w-full max-w-sm justify-items-center gap-3 text-center">
      <Spinner className="size-6 text-accent" />
      <p className="break-all font-medium">{sending.name}</p>
      {sending.step === "sending" ? (
        <>
          <progress max={1} value={sending.share} className="h-1.5 w-full accent-accent" aria-label="Sent so far" />
          <p className="tabular text-ink-2 text-sm">
            {Math.floor(sending.share * 100)} % of {bytesWords(sending.sizeBytes)}
          </p>
        </>
      ) : (
        <p className="text-ink-2 text-sm">
          {sending.step === "packing" ? "Packing the files" : "Arrived. Checking every entry, the manifest and the digest"}
        </p>
      )}
      <Button type="button" tone="quiet" size="small" onClick={onStop}>
        Stop
      </Button>
    </div>
  );
}

function Refused({ sending: { name, problem } }: { sending: Extract<Sending, { step: "refused" }> }) {
  return (
    <Notice tone="problem" title={`${name} was not accepted`} className="mt-4 w-full max-w-xl text-left">
      <p>{problem.message}</p>
      {problem.issues.length > 1 ? (
        <ul className="mt-1 list-disc pl-4">
          {problem.issues.map((issue) => (
            <li key={`${issue.path} ${issue.message}`}>
              <code className="font-mono text-[0.8125rem]">{issue.path}</code> {issue.message}
            </li>
          ))}
        </ul>
      ) : null}
      <p className="text-ink-2">
        Nothing was kept.{" "}
        {problem.traceId ? (
          <>
            Trace <ShortId id={problem.traceId} className="mx-0.5" />
          </>
        ) : null}
      </p>
    </Notice>
  );
}
