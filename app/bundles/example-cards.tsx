// Examples to start from, each one click away; the click is a form, so it works without JavaScript.
import { useNavigation } from "@remix-run/react";
import { ArrowRight } from "lucide-react";
import { CsrfForm } from "~/app/csrf-form";
import { Spinner } from "~/app/ui/spinner";
import { Tag } from "~/app/ui/tag";
import type { ExampleItem } from "~/server/bundles/bundles.contract";

/** `action`: the page that takes the intent `example`; absent: the page it stands on. */
export function ExampleCards({ examples, action }: { examples: ExampleItem[]; action?: string }) {
  const chosen = useNavigation().formData?.get("example");
  return (
    <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2">
      {examples.map((example) => (
        <li key={example.name}>
          <CsrfForm {...(action ? { action } : {})} className="h-full">
            <input type="hidden" name="intent" value="example" />
            <button
              type="submit"
              name="example"
              value={example.name}
              className="group flex h-full w-full items-start gap-3 rounded-lg border border-line bg-surface p-4 text-left transition-colors hover:border-line-strong hover:bg-hover/50"
            >
              <span className="min-w-0 flex-1">
                <span className="block font-medium text-ink text-sm">{example.title}</span>
                <span className="mt-0.5 block text-[0.8125rem] text-ink-2 leading-5">{example.description}</span>
                {example.requiredKeys.length > 0 ? (
                  <span className="mt-2 flex flex-wrap gap-1">
                    {example.requiredKeys.map((key) => (
                      <Tag key={key} isMono>
                        {key}
                      </Tag>
                    ))}
                  </span>
                ) : null}
              </span>
              {chosen === example.name ? (
                <Spinner className="text-ink-3" />
              ) : (
                <ArrowRight
                  aria-hidden="true"
                  className="size-4 shrink-0 text-ink-3 transition-transform group-hover:translate-x-0.5"
                />
              )}
            </button>
          </CsrfForm>
        </li>
      ))}
    </ul>
  );
}
