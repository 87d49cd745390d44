// Who may do what, from the one table that decides it.
import { apiKeyPresets } from "~/db/tables/api-keys";
import { roles } from "~/db/tables/memberships";
import { actions, presetMay, roleMay } from "~/server/auth/permissions";

export function renderPermissionTable(): string {
  const heads = [...roles, ...apiKeyPresets.map((preset) => `key: ${preset}`)];
  const rows = actions.map((action) => {
    const cells = [...roles.map((role) => roleMay(role, action)), ...apiKeyPresets.map((preset) => presetMay(preset, action))];
    return `| \`${action}\` | ${cells.map((may) => (may ? "yes" : "")).join(" | ")} |`;
  });
  return [`| action | ${heads.join(" | ")} |`, `|---${"|---".repeat(heads.length)}|`, ...rows].join("\n");
}
