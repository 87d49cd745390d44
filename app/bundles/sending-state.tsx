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
    <div className="grid w-full max-w-sm justify-items-center gap-3 text-center">
      <Spinner className="size-6 text-accent" />
      <p className="break-all font-medium">{sending.name}</p>
      <Bar sending={sending} />
      {/* Heard once a step: a number that is read out ten times a second drowns everything else. */}
      <p role="status" className="text-ink-2 text-sm">
        {stepWords[sending.step]}
      </p>
      <Button type="button" tone="quiet" size="small" onClick={onStop}>
        Stop
      </Button>
    </div>
  );
}

type Working = Exclude<Sending, { step: "idle" | "refused" }>;

const stepWords: Record<Working["step"], string> = {
  packing: "Packing the files",
  sending: "Sending",
  checking: "Arrived. Checking every entry, the manifest and the digest",
};

function Bar({ sending }: { sending: Working }) {
  if (sending.step === "checking") return null;
  const [done, all] =
    sending.step === "packing" ? [sending.packed, sending.of] : [sending.share * sending.sizeBytes, sending.sizeBytes];
  const share = all > 0 ? done / all : 0;
  const words =
    sending.step === "packing"
      ? `${done} of ${all} files`
      : `${bytesWords(Math.floor(done))} of ${bytesWords(all)}, ${Math.floor(share * 100)} %`;
  return (
    <>
      <progress
        max={1}
        value={share}
        className="h-1.5 w-full appearance-none overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-transparent [&::-webkit-progress-value]:bg-accent"
        aria-label={sending.step === "packing" ? "Packed so far" : "Sent so far"}
        aria-valuetext={words}
      />
      <p className="tabular text-ink-2 text-sm">{all > 0 ? words : "Reading the folder"}</p>
    </>
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
