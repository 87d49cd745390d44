// Where one writes to the agent. Enter sends, Shift and Enter makes a new line.
import { ArrowUp, Square } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import { Button } from "~/app/ui/button";

type Props = {
  isBusy: boolean;
  /** Why nothing can be sent; null when it can. */
  refusal: string | null;
  draft: string;
  onDraft: (text: string) => void;
  onAsk: (text: string) => void;
  onStop: () => void;
};

export function Composer({ isBusy, refusal, draft, onDraft, onAsk, onStop }: Props) {
  const box = useRef<HTMLTextAreaElement>(null);
  const [isEmptyTold, setIsEmptyTold] = useState(false);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (isBusy || refusal) return;
    setIsEmptyTold(draft.trim() === "");
    if (draft.trim() === "") return;
    onAsk(draft.trim());
    onDraft("");
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) send(event);
    if (event.key === "Escape" && isBusy) onStop();
  };
  return (
    <form onSubmit={send} className="border-line border-t p-3">
      <div className="rounded-lg border border-field-line bg-surface focus-within:border-accent focus-within:outline-2 focus-within:outline-accent/35">
        <textarea
          ref={box}
          value={draft}
          onChange={(event) => onDraft(event.target.value)}
          onKeyDown={onKeyDown}
          rows={2}
          disabled={refusal !== null}
          aria-label="Message to the agent"
          placeholder={refusal ?? "Write to the agent"}
          className="block w-full resize-none bg-transparent px-3.5 pt-3 text-base leading-6 outline-none field-sizing-content max-h-60 sm:text-[0.9375rem]"
        />
        <div className="flex items-center justify-between gap-2 p-2 pl-3.5">
          <p role="status" className="text-ink-3 text-xs">
            {isEmptyTold ? (
              "Write something first."
            ) : refusal !== null ? null : (
              <span className="max-sm:hidden">Enter sends, Shift Enter breaks the line</span>
            )}
          </p>
          <SendOrStop isBusy={isBusy} isRefused={refusal !== null} onStop={onStop} />
        </div>
      </div>
    </form>
  );
}

/** The keys keep the click that stops from landing on the button that sends. */
function SendOrStop({ isBusy, isRefused, onStop }: { isBusy: boolean; isRefused: boolean; onStop: () => void }) {
  if (isBusy) {
    return (
      <Button key="stop" type="button" size="small" onClick={onStop}>
        <Square aria-hidden="true" className="fill-current" />
        Stop
      </Button>
    );
  }
  return (
    <Button key="send" tone="primary" size="small" disabled={isRefused}>
      <ArrowUp aria-hidden="true" />
      Send
    </Button>
  );
}
