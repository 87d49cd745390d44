// The frame around a workspace: rail on the left (bottom bar on a phone), one line at the top, the page.
import type { ReactNode } from "react";
import type { Me } from "~/server/accounts/accounts.contract";
import type { CurrentWorkspace, MyWorkspaceItem } from "~/server/workspaces/workspaces.contract";
import { BottomBar } from "./bottom-bar";
import { Rail } from "./rail";
import { TopLine } from "./top-line";

export type ShellFacts = { me: Me; workspace: CurrentWorkspace; workspaces: MyWorkspaceItem[] };

export function Shell({ children, ...facts }: ShellFacts & { children: ReactNode }) {
  return (
    <div className="md:grid md:grid-cols-[14rem_minmax(0,1fr)]">
      <Rail {...facts} />
      <div className="flex min-h-dvh min-w-0 flex-col pb-16 md:pb-0">
        <TopLine {...facts} />
        <main id="content" tabIndex={-1} className="mx-auto w-full max-w-300 flex-1 px-4 py-6 focus:outline-none sm:px-6 sm:py-8">
          {children}
        </main>
      </div>
      <BottomBar workspaceId={facts.workspace.workspaceId} />
    </div>
  );
}
