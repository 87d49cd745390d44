// NIST's vectors for AES-256-GCM (CAVP: gcmEncryptExtIV256, gcmDecrypt256, failing tags included), run through the vault's own functions.
import { createSecretKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decryptGcm, encryptGcm } from "./aes-gcm";

const hex = (text: string) => Buffer.from(text, "hex");
const keyOf = (text: string) => createSecretKey(hex(text));

/** Key, nonce, plaintext, associated data, ciphertext, tag. */
const encryptions: [string, string, string, string, string, string][] = [
  [
    "b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4",
    "516c33929df5a3284ff463d7",
    "",
    "",
    "",
    "bdc1ac884d332457a1d2664f168c76f0",
  ],
  [
    "5fe0861cdc2690ce69b3658c7f26f8458eec1c9243c5ba0845305d897e96ca0f",
    "770ac1a5a3d476d5d96944a1",
    "",
    "",
    "",
    "196d691e1047093ca4b3d2ef4baba216",
  ],
  [
    "78dc4e0aaf52d935c3c01eea57428f00ca1fd475f5da86a49c8dd73d68c8e223",
    "d79cf22d504cc793c3fb6c8a",
    "",
    "b96baa8c1c75a671bfb2d08d06be5f36",
    "",
    "3e5d486aa2e30b22e040b85723a06e76",
  ],
  [
    "4457ff33683cca6ca493878bdc00373893a9763412eef8cddb54f91318e0da88",
    "699d1f29d7b8c55300bb1fd2",
    "",
    "6749daeea367d0e9809e2dc2f309e6e3",
    "",
    "d60c74d2517fde4a74e0cd4709ed43a9",
  ],
  [
    "31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22",
    "0d18e06c7c725ac9e362e1ce",
    "2db5168e932556f8089a0622981d017d",
    "",
    "fa4362189661d163fcd6a56d8bf0405a",
    "d636ac1bbedd5cc3ee727dc2ab4a9489",
  ],
  [
    "460fc864972261c2560e1eb88761ff1c992b982497bd2ac36c04071cbb8e5d99",
    "8a4a16b9e210eb68bcb6f58d",
    "99e4e926ffe927f691893fb79a96b067",
    "",
    "133fc15751621b5f325c7ff71ce08324",
    "ec4e87e0cf74a13618d0b68636ba9fa7",
  ],
  [
    "24501ad384e473963d476edcfe08205237acfd49b5b8f33857f8114e863fec7f",
    "9ff18563b978ec281b3f2794",
    "27f348f9cdc0c5bd5e66b1ccb63ad920ff2219d14e8d631b3872265cf117ee86757accb158bd9abb3868fdc0d0b074b5f01b2c",
    "adb5ec720ccf9898500028bf34afccbcaca126ef",
    "eb7cb754c824e8d96f7c6d9b76c7d26fb874ffbf1d65c6f64a698d839b0b06145dae82057ad55994cf59ad7f67c0fa5e85fab8",
    "bc95c532fecc594c36d1550286a7a3f0",
  ],
  [
    "148579a3cbca86d5520d66c0ec71ca5f7e41ba78e56dc6eebd566fed547fe691",
    "b08a5ea1927499c6ecbfd4e0",
    "9d0b15fdf1bd595f91f8b3abc0f7dec927dfd4799935a1795d9ce00c9b879434420fe42c275a7cd7b39d638fb81ca52b49dc41",
    "e4f963f015ffbb99ee3349bbaf7e8e8e6c2a71c230a48f9d59860a29091d2747e01a5ca572347e247d25f56ba7ae8e05cde2be3c97931292c02370208ecd097ef692687fecf2f419d3200162a6480a57dad408a0dfeb492e2c5d",
    "2097e372950a5e9383c675e89eea1c314f999159f5611344b298cda45e62843716f215f82ee663919c64002a5c198d7878fd3f",
    "adbecdb0d5c2224d804d2886ff9a5760",
  ],
  [
    "82c4f12eeec3b2d3d157b0f992d292b237478d2cecc1d5f161389b97f999057a",
    "7b40b20f5f397177990ef2d1",
    "982a296ee1cd7086afad976945",
    "",
    "ec8e05a0471d6b43a59ca5335f",
    "113ddeafc62373cac2f5951bb9165249",
  ],
  [
    "db4340af2f835a6c6d7ea0ca9d83ca81ba02c29b7410f221cb6071114e393240",
    "40e438357dd80a85cac3349e",
    "8ddb3397bd42853193cb0f80c9",
    "",
    "b694118c85c41abf69e229cb0f",
    "c07f1b8aafbd152f697eb67f2a85fe45",
  ],
];

/** Key, nonce, ciphertext, associated data, tag, and the plaintext; null: NIST says FAIL. */
const decryptions: [string, string, string, string, string, string | null][] = [
  [
    "54e352ea1d84bfe64a1011096111fbe7668ad2203d902a01458c3bbd85bfce14",
    "df7c3bca00396d0c018495d9",
    "426e0efc693b7be1f3018db7ddbb7e4d",
    "7e968d71b50c1f11fd001f3fef49d045",
    "ee8257795be6a1164d7e1d2d6cac77a7",
    "85fc3dfad9b5a8d3258e4fc44571bd3b",
  ],
  [
    "82f0d1ddc58123f805541f55a7eab43f56ddfefc06c73d57709df3d5a4aabfb3",
    "0c9d74af29ed4406c77a8e4b",
    "c61155d41495e9fc76060fe7f8c926a2",
    "34325620a392739beeee6c370967d539",
    "66d8c881d66370504d2bf00cdb06259e",
    "3fe7811a8224a1881da34a27e03da86a",
  ],
  [
    "9a0343f850a6427120f764789ffec6d237447b898fbf51d2182f065d3861497d",
    "3deef6f453dd70d92143adcd",
    "e93165935ac18e3a2845d15fe31a9286",
    "dbb8226a624520863db6897017b2a4f8",
    "f5fc50d18766bc3d9e16dd136d45816b",
    null,
  ],
  [
    "562a865ddc042577284b34b6cd267aa3e9adedf6b8a9e2490d5519eaea3daccc",
    "f20e5db286f3ee11835a5103",
    "ae62b52018c253be2463ff235cd3ff1d",
    "c638e57814cd44f8af9730208f5464d5",
    "6e481954d30c503ce6d448fda4116578",
    "7e59320cc09d1ccfb49f7c90e81326dc",
  ],
  [
    "2a765ceac97265c15209eea90bea85cd9586b972160502ff592a306dc017e6b9",
    "62c545d9d4e3c7acb66b4bf1",
    "ae0594a7b66d3a958e4e6212d3288f91",
    "7d12474e23dc233bc6312d4d5b2deee4",
    "ec9aa846d185cc0f43d392240cd6e2c4",
    null,
  ],
  [
    "b919ab155fc93ad5f3bac0e9706999031a3175356b070bd45fa6dbe7099126d0",
    "e65d8f9f6b67d5b333191044",
    "3da7bfdbe0fc98a1b657f70b2c046f46",
    "b04f3b04764aa3208165e8374faea266",
    "d9bfbcb1a1027b0d5dbe9e0accf587b5",
    "0c5b45bf8168b2cd8069702624c68dc5",
  ],
  [
    "2b44f83492c05b784b6d9405c64a0530eb9ac7fcd6d5d1f0e3d4ab015a07398b",
    "88c16315108517124ba3b280",
    "a0df8e1083853d740e80dd77e3a78d10",
    "af6406f8222a287ef1086a264929dfc5",
    "08d0184cb2cbec32ebbebb30fb253e74",
    null,
  ],
];

describe("AES-256-GCM", () => {
  it("encrypts every vector of NIST to its ciphertext and tag, and back", () => {
    for (const [key, nonce, plain, associated, cipher, tag] of encryptions) {
      const input = { nonce: hex(nonce), associated: hex(associated) };
      const sealed = Buffer.concat(encryptGcm(keyOf(key), input, hex(plain)));
      expect(sealed.toString("hex")).toBe(cipher + tag);
      expect(decryptGcm(keyOf(key), input, sealed)?.toString("hex")).toBe(plain);
    }
  });

  it("decrypts every vector of NIST, and refuses exactly those that it calls FAIL", () => {
    for (const [key, nonce, cipher, associated, tag, plain] of decryptions) {
      const input = { nonce: hex(nonce), associated: hex(associated) };
      expect(decryptGcm(keyOf(key), input, hex(cipher + tag))?.toString("hex") ?? null).toBe(plain);
    }
  });
});
