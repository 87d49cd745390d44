// Cookies that remember a place: read back as they were written, and harmless when somebody else wrote them.
import { describe, expect, it } from "vitest";
import { lastWorkspaceCookie, lastWorkspaceOf, returnPlaceCookie, returnPlaceOf } from "./last-workspace";

const at = (cookie: string, origin = "http://localhost") => new Request(`${origin}/`, { headers: { cookie } });

describe("a remembered place", () => {
  it("is read back as it was written", () => {
    const workspace = lastWorkspaceCookie(at(""), "wks_1").split(";")[0] ?? "";
    const place = returnPlaceCookie(at(""), "/invitation?token=ab&x=ä;").split(";")[0] ?? "";
    const both = at(`theme=dark; ${workspace}; ${place}`);
    expect(lastWorkspaceOf(both)).toBe("wks_1");
    expect(returnPlaceOf(both)).toBe("/invitation?token=ab&x=ä;");
  });

  it("is forgotten", () => {
    expect(returnPlaceCookie(at(""), null)).toMatch(/^return_to=; Path=\/; Max-Age=0;/);
    expect(returnPlaceOf(at("return_to="))).toBeNull();
  });

  it("written by anybody else is no place, and no failure", () => {
    expect(lastWorkspaceOf(at("workspace=%E0%A4%A"))).toBeNull();
    expect(lastWorkspaceOf(at("xworkspace=wks_1"))).toBeNull();
  });

  it("travels over HTTPS only where there is HTTPS", () => {
    expect(lastWorkspaceCookie(at("", "https://example.test"), "wks_1")).toContain("; Secure");
    expect(lastWorkspaceCookie(at(""), "wks_1")).not.toContain("Secure");
  });
});
