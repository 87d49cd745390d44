// Text of a machine, as it is, with a way to copy it.
import { classNames } from "./class-names";
import { CopyButton } from "./copy-button";
import { ScrollArea } from "./scroll-area";

type Props = { text: string; label: string; className?: string; wraps?: boolean };

export function CodeBlock({ text, label, className, wraps = false }: Props) {
  return (
    // The button has a place of its own beside the text: no line runs under it.
    <div className={classNames("flex items-start rounded-md border border-line bg-sunken", className)}>
      <ScrollArea label={label} className="max-h-96 min-w-0 flex-1 py-3 pl-4">
        <pre
          className={classNames(
            "w-fit pr-3 font-mono text-[0.8125rem] text-ink leading-5",
            wraps && "whitespace-pre-wrap break-all",
          )}
        >
          <code>{text}</code>
        </pre>
      </ScrollArea>
      <CopyButton text={text} label={`Copy ${label}`} className="m-2 border border-line bg-surface" />
    </div>
  );
}
