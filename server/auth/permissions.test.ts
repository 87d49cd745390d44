// The table of permissions keeps its promises, whatever is granted beside a role (MISSION A5, A6).
import { describe, expect, it } from "vitest";
import { apiKeyPresets } from "~/db/tables/api-keys";
import { grantAreas } from "~/db/tables/member-grants";
import { roles } from "~/db/tables/memberships";
import { type Action, actions, grantMay, holdsAllOf, type MemberGrants, presetMay, roleMay } from "./permissions";

/** Every way in which the areas can be granted, withheld or left as the role says. */
const everyGrant: MemberGrants[] = grantAreas.reduce<MemberGrants[]>(
  (all, area) => all.flatMap((areas) => [areas, { ...areas, [area]: true }, { ...areas, [area]: false }]),
  [{}],
);

const may = (role: (typeof roles)[number], areas: MemberGrants = {}) => actions.filter((action) => roleMay(role, action, areas));

describe("the table of permissions", () => {
  it("never shows support configuration or secrets, whatever is granted", () => {
    const hidden = /^(secret|deployment|bundle|integration|api_key|audit)\.|^agent\.(configure|delete)$|\.(configure|manage)$/;
    const wrong = everyGrant.flatMap((areas) => may("support", areas)).filter((action) => hidden.test(action));
    expect(new Set(wrong)).toEqual(new Set(["billing.configure"])); // the one area that support can be granted
    expect(may("support")).toEqual(expect.arrayContaining(["conversation.read", "agent.invoke"]));
    expect(may("support").filter((action) => hidden.test(action))).toEqual([]);
  });

  it("lets an owner do everything, whatever is withheld", () => {
    for (const areas of everyGrant) expect(may("owner", areas)).toEqual(actions);
  });

  it("gives each higher role all of the lower ones", () => {
    for (const [higher, lower] of [
      ["owner", "admin"],
      ["admin", "member"],
      ["member", "support"],
      ["member", "viewer"],
    ] as const) {
      expect(may(lower).filter((action) => !roleMay(higher, action))).toEqual([]);
    }
  });

  it("withholds what an area changes, and leaves looking as the role says", () => {
    const withheld = may("admin", { billing: false });
    expect(withheld).not.toContain("billing.configure");
    expect(withheld).toContain("billing.read");
    expect(may("member", { agent_behaviour: false })).not.toEqual(expect.arrayContaining(["deployment.create"]));
  });

  it("adds an area to a role that does not have it", () => {
    expect(may("viewer", { integrations: true })).toEqual(expect.arrayContaining(["integration.read", "integration.configure"]));
    expect(may("viewer")).not.toContain("integration.configure");
  });

  it("lets nobody give more than they hold", () => {
    const admin = { kind: "role", role: "admin", areas: {} } as const;
    expect(holdsAllOf(admin, "owner")).toBe(false);
    expect(holdsAllOf(admin, "admin")).toBe(true);
    expect(holdsAllOf({ ...admin, areas: { billing: false } }, "admin")).toBe(false);
    expect(holdsAllOf({ ...admin, areas: { billing: false } }, "viewer", { billing: true })).toBe(false);
    expect(holdsAllOf({ ...admin, areas: { billing: false } }, "member")).toBe(true);
  });

  it("lets no key govern people, keys, money or the workspace itself", () => {
    const governing: Action[] = ["member.manage", "grant.manage", "api_key.manage", "workspace.transfer", "workspace.delete"];
    for (const preset of apiKeyPresets) {
      for (const action of [...governing, "workspace.leave", "billing.configure"] as const) {
        expect(presetMay(preset, action)).toBe(false);
        expect(grantMay({ kind: "preset", preset }, action)).toBe(false);
      }
    }
  });

  it("lets everybody leave", () => {
    for (const role of roles) expect(roleMay(role, "workspace.leave")).toBe(true);
  });
});
