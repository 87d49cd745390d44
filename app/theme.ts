// Which of the two looks a browser asked for: kept in a cookie, so that the first paint is already right.
export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export function themeOf(cookieHeader: string | null): Theme {
  const value = cookieHeader?.match(/(?:^|;\s*)theme=(\w+)/)?.[1];
  return themes.find((theme) => theme === value) ?? "system";
}

const yearSeconds = 31_536_000;

export function themeCookie(theme: string): string {
  const known = themes.find((name) => name === theme) ?? "system";
  return `theme=${known}; Path=/; Max-Age=${yearSeconds}; SameSite=Lax`;
}
