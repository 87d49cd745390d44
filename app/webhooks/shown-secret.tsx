// A fresh secret of a webhook, shown this once, with how a receiver checks with it.
import { useEffect, useRef } from "react";
import { CodeBlock } from "~/app/ui/code-block";
import { Notice } from "~/app/ui/notice";

export function ShownSecret({ secret }: { secret: string }) {
  const box = useRef<HTMLDivElement>(null);
  // The form that made it may be a screen further down, and this is its only showing.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each secret.
  useEffect(() => box.current?.focus(), [secret]);
  return (
    <div ref={box} tabIndex={-1} className="scroll-mt-20 rounded-lg focus:outline-none">
      <Notice tone="done" title="Copy the secret now: it is shown this once.">
        <CodeBlock text={secret} label="the secret of the webhook" wraps className="mt-2" />
        <p className="mt-3 text-ink-2">
          A receiver checks with it that an event is from here, with any library of{" "}
          <a className="underline underline-offset-2" href="https://www.standardwebhooks.com/" rel="noreferrer">
            Standard Webhooks
          </a>
          :
        </p>
        <CodeBlock text={sample} label="a receiver in TypeScript" className="mt-1" />
      </Notice>
    </div>
  );
}

const sample = `import { Webhook } from "standardwebhooks";

const event = new Webhook(process.env.WEBHOST_WEBHOOK_SECRET).verify(rawBody, headers);
// The same "webhook-id" may come twice: act upon each once. Answer 2xx within 15 seconds.`;
