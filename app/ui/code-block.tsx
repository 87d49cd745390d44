// Text of a machine, as it is, with a way to copy it.
import { classNames } from "./class-names";
import { CopyButton } from "./copy-button";
import { ScrollArea } from "./scroll-area";

type Props = { text: string; label: string; className?: string; wraps?: boolean };

export function CodeBlock({ text, label, className, wraps = false }: Props) {
  return (
    <div className={classNames("relative rounded-md border border-line bg-sunken", className)}>
      <ScrollArea label={label} className="max-h-96 py-3 pr-12 pl-4">
        <pre className={classNames("font-mono text-[0.8125rem] text-ink leading-5", wraps && "whitespace-pre-wrap break-all")}>
          <code>{text}</code>
        </pre>
      </ScrollArea>
      <CopyButton text={text} label={`Copy ${label}`} className="absolute top-2 right-2 border border-line bg-surface" />
    </div>
  );
}
