// Which requests may leave: by scheme, allow-list and every address that the name leads to.
import { describe, expect, it } from "vitest";
import { isPublicAddress } from "~/runtime/addresses/public-address";
import { assertEgressAllowed, type EgressPolicy } from "./egress-policy";

const leadsTo =
  (...addresses: string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));

function check(url: string, policy: Partial<EgressPolicy> = {}) {
  return assertEgressAllowed(
    { allow: undefined, allowLoopback: false, resolve: leadsTo("93.184.215.14"), ...policy },
    new URL(url),
    { lookUp: (work) => work() },
  );
}

describe("addresses", () => {
  it.each([
    "127.0.0.1",
    "127.255.0.9",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:8.8.8.8",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "::7f00:1",
    "::a9fe:a9fe",
    "4000::1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "64:ff9b::8.8.8.8",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "2002:a00:1::",
    "2002:808:808::",
    "2001::1",
    "2001:db8::1",
    "100::1",
    "fec0::1",
    "not an address",
    "",
  ])("refuses %s", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(["8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001::1"])("allows %s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe("requests", () => {
  it("to a public host may leave, with the addresses that were checked", async () => {
    expect(await check("https://api.example.com/v1")).toEqual([{ address: "93.184.215.14", family: 4 }]);
  });

  it("to a name that leads inside are refused, even when only one of its addresses does", async () => {
    await expect(check("https://rebind.example.com", { resolve: leadsTo("10.0.0.5") })).rejects.toThrow(/not public/);
    await expect(check("https://mixed.example.com", { resolve: leadsTo("8.8.8.8", "::1") })).rejects.toThrow(/not public/);
  });

  it("to a name that nobody knows are refused", async () => {
    await expect(check("https://nowhere.example.com", { resolve: async () => [] })).rejects.toThrow(/could not be resolved/);
  });

  it("in the clear are refused, but for the loopback stand-ins of tests", async () => {
    await expect(check("http://api.example.com")).rejects.toThrow(/use https/);
    const standIn = { allowLoopback: true, resolve: leadsTo("127.0.0.1") };
    await expect(check("http://model.test", standIn)).resolves.toHaveLength(1);
    await expect(check("http://127.0.0.1:8080", standIn)).resolves.toHaveLength(1);
    await expect(check("http://10.0.0.1", standIn)).rejects.toThrow(/not public/);
    await expect(check("ftp://api.example.com")).rejects.toThrow(/use https/);
  });

  it("follow the allow-list: exact names, and `*.` for what lies below", async () => {
    const allow = ["api.openai.com", "*.example.com"];
    for (const url of [
      "https://api.openai.com",
      "https://API.OPENAI.COM./",
      "https://a.example.com",
      "https://a.b.example.com",
    ]) {
      await expect(check(url, { allow })).resolves.toBeDefined();
    }
    for (const url of [
      "https://openai.com",
      "https://example.com",
      "https://notexample.com",
      "https://api.openai.com.evil.io",
      "https://8.8.8.8",
    ]) {
      await expect(check(url, { allow })).rejects.toThrow(/network\.allow/);
    }
    await expect(check("https://api.openai.com", { allow: [] })).rejects.toThrow(/network\.allow/);
  });
});
