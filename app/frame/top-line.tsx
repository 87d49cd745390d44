// The line at the top: where this is, whether the platform is up, and the command palette.
import { AccountMenu } from "./account-menu";
import { Crumbs } from "./crumbs";
import { PaletteButton } from "./palette-button";
import { PlatformStatus } from "./platform-status";
import type { ShellFacts } from "./shell";
import { ThemeChoice } from "./theme-choice";
import { WorkspaceSwitcher } from "./workspace-switcher";

export function TopLine({ me, workspace, workspaces }: ShellFacts) {
  return (
    <header className="sticky top-0 z-20 flex h-13 items-center gap-2 border-line border-b bg-canvas/90 px-2 backdrop-blur-sm sm:px-6 md:h-12">
      <div className="min-w-0 md:hidden">
        <WorkspaceSwitcher workspace={workspace} workspaces={workspaces} />
      </div>
      <div className="hidden min-w-0 flex-1 md:block">
        <Crumbs />
      </div>
      <div className="ml-auto flex items-center gap-1 md:gap-3">
        <PlatformStatus />
        <PaletteButton workspaceId={workspace.workspaceId} />
        <div className="flex items-center md:hidden">
          <ThemeChoice />
          <AccountMenu me={me} opensDown />
        </div>
      </div>
    </header>
  );
}
