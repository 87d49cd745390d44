// README's table of environment variables, from the one place that reads them.
import { configVariables } from "~/server/config-variables";

export function renderConfigurationTable(): string {
  const rows = Object.entries(configVariables).map(([name, { description, byDefault, secret }]) => {
    const unset =
      byDefault === ""
        ? "unset"
        : /^[\w./:-]+$/.test(byDefault) && !["none", "embedded"].includes(byDefault)
          ? `\`${byDefault}\``
          : byDefault;
    return `| \`${name}\` | ${unset} | ${secret ? "yes" : ""} | ${description.replaceAll("|", "\\|")} |`;
  });
  return ["| variable | default | secret | what it does |", "|---|---|---|---|", ...rows].join("\n");
}
