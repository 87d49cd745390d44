// Real-looking tokens are found, samples and hashes are not. The tokens are put together here, so that this file holds none.
import { expect, test } from "vitest";
import { findSecrets } from "./find-secrets";

const body = "Zq3vT9bL2mXc8RkW5nYp7dJf4hGs6aQe";

test.each([
  ["AKIA", "Q7R2M4T8V1X3Z5B9"],
  ["ghp_", body],
  ["xoxb-", "1234567890-", body],
  ["sk_live_", body],
  ["whsec_", body],
  ["sk-", body],
  ["sk-ant-", body],
  ["-----BEGIN RSA ", "PRIVATE KEY-----"],
  ["eyJ", body, ".eyJ", body, ".", body],
  ["postgres://", "app:", body, "@db.internal:5432/app"],
])("finds %s…", (...parts) => {
  expect(findSecrets(`const token = 1;\n${parts.join("")}`)).toMatchObject([{ line: 2 }]);
});

test.each([
  "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
  `${["sk", "example"].join("-")}-${body}`,
  `sha512-${body}${body}==`,
  "postgres://app:password@127.0.0.1:5432/app",
  "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
])("leaves %s alone", (line) => {
  expect(findSecrets(line)).toEqual([]);
});
