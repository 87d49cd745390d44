// Warns of files in a bundle that usually hold secrets or do not belong there; the bundle is kept as it came.

const telling: { pattern: RegExp; advice: string }[] = [
  {
    pattern: /(^|\/)\.env(\.[\w-]+)?$/,
    advice: "looks like a file of secrets; set them on the agent's page instead and leave it out.",
  },
  { pattern: /(^|\/)(id_(rsa|ed25519|ecdsa)|[^/]+\.(pem|p12|pfx|key))$/, advice: "looks like a private key; leave it out." },
  { pattern: /(^|\/)\.(npmrc|netrc|pypirc)$/, advice: "often holds a registry token; leave it out." },
  { pattern: /^\.git\//, advice: "is the history of your repository; leave the folder out." },
];

/** At most one warning for each kind of file. */
export function listSecretWarnings(paths: ReadonlySet<string>): string[] {
  return telling.flatMap(({ pattern, advice }) => {
    const found = [...paths].find((path) => pattern.test(path) && !path.endsWith(".env.example"));
    return found ? [`"${found}" ${advice}`] : [];
  });
}
