// The published vectors of HMAC-SHA256 (RFC 4231) and HKDF-SHA256 (RFC 5869), run through the functions that telemetry uses.
import { describe, expect, it } from "vitest";
import { hmacSha256 } from "./report-signature";
import { hkdfSha256 } from "./telemetry-key";

const hex = (text: string) => Buffer.from(text, "hex");
const ascii = (text: string) => Buffer.from(text, "ascii");
const counting = (from: number, count: number) => Buffer.from(Array.from({ length: count }, (_, place) => from + place));

describe("HMAC-SHA256", () => {
  const cases: [string, Buffer, Buffer, string][] = [
    ["1", Buffer.alloc(20, 0x0b), ascii("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
    [
      "2",
      ascii("Jefe"),
      ascii("what do ya want for nothing?"),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    ["3", Buffer.alloc(20, 0xaa), Buffer.alloc(50, 0xdd), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
    ["4", counting(1, 25), Buffer.alloc(50, 0xcd), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"],
    ["5, truncated to 128 bits", Buffer.alloc(20, 0x0c), ascii("Test With Truncation"), "a3b6167473100ee06e0c796c2955552b"],
    [
      "6",
      Buffer.alloc(131, 0xaa),
      ascii("Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
    [
      "7",
      Buffer.alloc(131, 0xaa),
      ascii(
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
      ),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ],
  ];
  for (const [name, key, data, mac] of cases) {
    it(`answers test case ${name} of RFC 4231`, () => {
      expect(hmacSha256(key, data).toString("hex").slice(0, mac.length)).toBe(mac);
    });
  }
});

describe("HKDF-SHA256", () => {
  const cases = [
    {
      name: "1",
      secret: Buffer.alloc(22, 0x0b),
      salt: counting(0, 13),
      info: counting(0xf0, 10),
      bytes: 42,
      okm: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    },
    {
      name: "2",
      secret: counting(0, 80),
      salt: counting(0x60, 80),
      info: counting(0xb0, 80),
      bytes: 82,
      okm: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
    },
    {
      name: "3",
      secret: Buffer.alloc(22, 0x0b),
      salt: hex(""),
      info: hex(""),
      bytes: 42,
      okm: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    },
  ];
  for (const { name, secret, okm, ...derived } of cases) {
    it(`answers test case ${name} of RFC 5869`, () => {
      expect(hkdfSha256(secret, derived).toString("hex")).toBe(okm);
    });
  }
});
