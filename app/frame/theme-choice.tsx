// Light, dark, or as the system says: one button that goes round, also without JavaScript.
import { useFetcher, useLocation, useRouteLoaderData } from "@remix-run/react";
import { Monitor, Moon, Sun } from "lucide-react";
import { CsrfField } from "~/app/csrf-form";
import { paths } from "~/app/paths";
import type { loader } from "~/app/root";
import { type Theme, themes } from "~/app/theme";

const looks: Record<Theme, { icon: typeof Sun; words: string }> = {
  system: { icon: Monitor, words: "as the system" },
  light: { icon: Sun, words: "light" },
  dark: { icon: Moon, words: "dark" },
};

export function ThemeChoice() {
  const fetcher = useFetcher();
  const { pathname, search } = useLocation();
  const saved = useRouteLoaderData<typeof loader>("root")?.theme ?? "system";
  const asked = fetcher.formData?.get("theme");
  const theme = themes.find((name) => name === asked) ?? saved;
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? "system";
  const { icon: Icon, words } = looks[theme];
  return (
    <fetcher.Form method="post" action={paths.theme()} onSubmit={() => document.documentElement.setAttribute("data-theme", next)}>
      <CsrfField />
      <input type="hidden" name="to" value={pathname + search} />
      <button
        type="submit"
        name="theme"
        value={next}
        aria-label={`Theme: ${words}. Change to ${looks[next].words}`}
        title={`Theme: ${words}`}
        className="grid size-9 place-items-center rounded-md text-ink-3 hover:bg-hover hover:text-ink"
      >
        <Icon aria-hidden="true" className="size-4" />
      </button>
    </fetcher.Form>
  );
}
