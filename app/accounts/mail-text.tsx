// A letter as it was written, with its links made real when they lead to this installation.
import { Fragment } from "react";

export function MailText({ text, origin }: { text: string; origin: string }) {
  return (
    <p className="whitespace-pre-wrap break-words text-ink-2 text-sm leading-6">
      {text.split(/(https?:\/\/\S+)/).map((part, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a letter never move.
        <Fragment key={at}>{isOwn(part, origin) ? <OwnLink href={part} /> : part}</Fragment>
      ))}
    </p>
  );
}

function OwnLink({ href }: { href: string }) {
  return (
    <a href={href} className="break-all text-accent underline underline-offset-2">
      {href}
    </a>
  );
}

function isOwn(part: string, origin: string): boolean {
  return part.startsWith(`${origin}/`) && URL.canParse(part);
}
