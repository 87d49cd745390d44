// The switches of one person or workspace: what each does in a sentence, and the way to the page that spells it out.
import { paths } from "~/app/paths";
import { LinkButton } from "~/app/ui/link-button";
import { Panel } from "~/app/ui/panel";
import type { Act } from "~/server/admin/acts.contract";

export type SwitchLine = { act: Act; title: string; text: string; button: string };

export function SwitchList({ targetId, lines }: { targetId: string; lines: SwitchLine[] }) {
  return (
    <Panel title="Switches" description="Each opens a page that says what it will do before you do it." isFlush>
      <ul className="divide-y divide-line">
        {lines.map(({ act, title, text, button }) => (
          <li key={act} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-4 sm:px-5">
            <div className="min-w-0 flex-1 basis-64 text-sm leading-6">
              <p className="font-medium text-ink">{title}</p>
              <p className="text-ink-2">{text}</p>
            </div>
            <LinkButton size="small" to={paths.adminAct(act, targetId)}>
              {button}
            </LinkButton>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
