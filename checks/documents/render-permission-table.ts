// Who may do what, from the one table that decides it.
import { apiKeyPresets } from "~/db/tables/api-keys";
import { grantAreas } from "~/db/tables/member-grants";
import { roles } from "~/db/tables/memberships";
import { actionMeanings, actions, areaAllows, isGrantable, presetMay, roleMay } from "~/server/auth/permissions";
import { grantAreaWords, roleWords } from "~/server/auth/role-words.contract";

export function renderPermissionTable(): string {
  return [renderRoles(), renderAreas(), renderActions()].join("\n\n");
}

function renderRoles(): string {
  const rows = roles.map((role) => {
    const { title, summary, presetOf } = roleWords[role];
    return `| ${title} (\`${role}\`) | ${presetOf ?? ""} | ${summary} |`;
  });
  return ["| role | also known as | what it is |", "|---|---|---|", ...rows].join("\n");
}

function renderAreas(): string {
  const rows = grantAreas.map((area) => {
    const { title, summary } = grantAreaWords[area];
    const [adds, to] = [actions.filter((action) => areaAllows(area, action)), roles.filter((role) => isGrantable(role, area))];
    return `| ${title} | ${summary} | ${adds.map((action) => `\`${action}\``).join(", ")} | ${to.join(", ")} |`;
  });
  return ["| area | what it is | granting it adds | can be granted to, or withheld from |", "|---|---|---|---|", ...rows].join(
    "\n",
  );
}

function renderActions(): string {
  const heads = [...roles, ...apiKeyPresets.map((preset) => `key: ${preset}`)];
  const rows = actions.map((action) => {
    const cells = [...roles.map((role) => roleMay(role, action)), ...apiKeyPresets.map((preset) => presetMay(preset, action))];
    return `| \`${action}\` | ${actionMeanings[action]} | ${cells.map((may) => (may ? "yes" : "")).join(" | ")} |`;
  });
  return [`| action | what it is | ${heads.join(" | ")} |`, `|---|---|${"---|".repeat(heads.length)}`, ...rows].join("\n");
}
