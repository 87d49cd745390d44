// What people, programs and misfortunes do to the product while its canaries must stay where they belong.
import { createHmac } from "node:crypto";
import { TOTP } from "otpauth";
import { telemetryKeyOf } from "~/server/testing/telemetry-key-of";
import { ApiClient, expectStatus, until } from "./api-client";
import { leakyAgentZip } from "./canary-agent";
import { Person } from "./canary-person";
import type { CanaryWorld } from "./canary-world";

const patienceMs = 30_000;
const person = { email: "ada@example.com", displayName: "Ada Example" };

/** An ordinary e-mail link: the token in the newest letter that leads to `path`. */
async function tokenFromLetter(world: CanaryWorld, to: string, path: string, seen: number): Promise<string> {
  return until(patienceMs, `the letter to ${to} that leads to ${path}`, async () => {
    const letters = world.neighbours.smtp.taken.slice(seen).filter((letter) => letter.includes(`To: ${to}`));
    const texts = letters.map((letter) => letter.replaceAll("=\r\n", "").replaceAll("=3D", "="));
    return texts.map((text) => new RegExp(`${path}\\?token=(\\w{16,})`).exec(text)?.[1]).find(Boolean) ?? null;
  });
}

export async function liveThrough(world: CanaryWorld): Promise<void> {
  const ada = new Person(world.product, world.keep);
  const workspaceId = await signUp(world, ada);
  await proveFactors(world, ada);
  await inviteAndMove(world, ada, workspaceId);
  await addSlackChannel(ada, workspaceId, world.chosen("slackAddress"));
  const api = await makeKey(world, ada, workspaceId);
  const agentId = await deployLeaky(world, api);
  await Promise.all([callLeaky(world, api, agentId), failElsewhere(world, ada, workspaceId)]);
  await readBack(world, api, { agentId, sessionId: await converse(world, api, agentId) });
  await replaceSecret(world, api, agentId);
  await failDeployment(world, api, agentId);
  await lookEverywhere(ada, { workspaceId, agentId });
  await operate(world);
}

/** The part of it that agents have: enough to see whether anything masks them. */
export async function letAgentLeak(world: CanaryWorld): Promise<void> {
  const agentId = await deployLeaky(world, world.api);
  await callLeaky(world, world.api, agentId);
  await failDeployment(world, world.api, agentId);
  const operator = new Person(world.product, world.keep);
  await operator.must("accounts.signInByLink", { token: world.planted.get("consoleLink") });
  const [mine] = (await operator.must("workspaces.mine", undefined, { query: true })) as unknown as { workspaceId: string }[];
  await converse(world, await makeKey(world, operator, mine?.workspaceId ?? ""), agentId);
}

/** Says the same before, while and after it is kept, once of each in the session that it answers. */
async function converse(world: CanaryWorld, api: ApiClient, agentId: string): Promise<string> {
  const at = `/v1/agents/${agentId}`;
  const keeping = async () => expectStatus(await api.call("GET", `${at}/conversations`), 200).body;
  const echo = `echo ${world.chosen("promptText")}`;
  // Its answers hold the canary by right, so they are not among what is searched.
  const { sessionId } = expectStatus(await api.invoke(agentId, echo), 200).body;
  if ((await keeping()).turnsKept !== 0) throw new Error("Something was kept that nobody had asked to keep.");
  expectStatus(await api.call("POST", `${at}/conversations/keep`, {}), 200);
  expectStatus(await api.invoke(agentId, echo, String(sessionId)), 200);
  await (await api.stream(agentId, echo)).text();
  await until(patienceMs, "the kept turns", async () => ((await keeping()).turnsKept === 2 ? true : null));
  expectStatus(await api.call("POST", `${at}/conversations/stop`, { deletesKept: false }), 200);
  expectStatus(await api.invoke(agentId, echo, String(sessionId)), 200);
  return String(sessionId);
}

/** Only what was said while it was kept, and only here. */
async function readBack(world: CanaryWorld, api: ApiClient, at: { agentId: string; sessionId: string }): Promise<void> {
  const read = await api.call("GET", `/v1/agents/${at.agentId}/sessions/${at.sessionId}/conversation`);
  const turns = expectStatus(read, 200).body.items as { messages: { content: string }[]; answer: string }[];
  const said = turns.map(({ messages, answer }) => [...messages.map(({ content }) => content), answer]);
  const echo = `echo ${world.chosen("promptText")}`;
  if (JSON.stringify(said) !== JSON.stringify([[echo, echo]])) throw new Error(`${turns.length} other turns were kept.`);
}

async function signUp(world: CanaryWorld, ada: Person): Promise<string> {
  await ada.must("accounts.signUp", { ...person, password: world.chosen("password") });
  const token = await tokenFromLetter(world, person.email, "/verify", 0);
  world.learn("verificationToken", token);
  await ada.must("accounts.verifyEmail", { token, password: world.chosen("password") });
  world.learn("session", ada.cookie("session"));
  const { length } = world.neighbours.smtp.taken;
  await ada.must("accounts.requestPasswordReset", { email: person.email });
  const reset = await tokenFromLetter(world, person.email, "/reset/new", length);
  world.learn("resetToken", reset);
  await ada.must("accounts.resetPassword", { token: reset, password: world.chosen("resetPassword") });
  world.learn("session", ada.cookie("session"));
  await ada.ask("accounts.signIn", { email: person.email, password: `${world.chosen("password")}` });
  const [mine] = (await ada.must("workspaces.mine", undefined, { query: true })) as unknown as { workspaceId: string }[];
  return mine?.workspaceId ?? "";
}

async function proveFactors(world: CanaryWorld, ada: Person): Promise<void> {
  const offer = (await ada.must("secondFactors.begin", undefined, { once: true })) as { key: string };
  const secret = offer.key.replaceAll(" ", "");
  world.learn("totpSecret", secret);
  const code = () => new TOTP({ secret }).generate();
  const { recoveryCodes } = (await ada.must("secondFactors.turnOn", { code: code() }, { once: true })) as {
    recoveryCodes: string[];
  };
  for (const recoveryCode of recoveryCodes) world.learn("recoveryCode", recoveryCode);
  await ada.must("accounts.signIn", { email: person.email, password: world.chosen("resetPassword") });
  world.learn("pendingSignIn", ada.cookie("second_factor"));
  await ada.ask("secondFactors.finishSignIn", { code: "000000" });
  await ada.must("secondFactors.finishSignIn", { code: recoveryCodes[0] });
  world.learn("session", ada.cookie("session"));
}

async function inviteAndMove(world: CanaryWorld, ada: Person, workspaceId: string): Promise<void> {
  const { length } = world.neighbours.smtp.taken;
  await ada.must("invitations.create", { email: "grace@example.com", role: "viewer" }, { workspaceId });
  world.learn("invitationToken", await tokenFromLetter(world, "grace@example.com", "/invitation", length));
  await ada.must("emailChanges.request", { email: "ada@elsewhere.example.com" });
  for (const to of [person.email, "ada@elsewhere.example.com"])
    world.learn("emailChangeToken", await tokenFromLetter(world, to, "/email-change", length));
  world.neighbours.refuseNext();
  await ada.must("invitations.create", { email: "refused@example.com", role: "viewer" }, { workspaceId });
}

/** Off before anything happens that it would be told of: nobody outside of this machine is asked. */
async function addSlackChannel(ada: Person, workspaceId: string, secret: string): Promise<void> {
  const [at, events] = [{ workspaceId }, ["runtime.up"]];
  await ada.must("webhooks.approveHost", { host: "hooks.slack.com" }, at);
  const url = `https://hooks.slack.com/services/T0CANARY/B0CANARY/${secret}`;
  const { endpointId } = await ada.must("webhooks.createSlack", { url, events }, at);
  await ada.must("webhooks.switch", { endpointId, isOn: false }, at);
  for (const wrong of [`${url}/more`, `http${url.slice(5)}`]) await ada.ask("webhooks.createSlack", { url: wrong, events }, at);
  await ada.ask("webhooks.list", undefined, { ...at, query: true });
  await ada.page(`/w/${workspaceId}/settings/webhooks/${endpointId}`);
}

async function makeKey(world: CanaryWorld, ada: Person, workspaceId: string): Promise<ApiClient> {
  const input = { name: "canary", preset: "all" };
  const { apiKey } = (await ada.must("apiKeys.create", input, { workspaceId, once: true })) as { apiKey: string };
  world.learn("apiKey", apiKey);
  return new ApiClient(world.product.url, apiKey);
}

async function deployLeaky(world: CanaryWorld, api: ApiClient): Promise<string> {
  const created = expectStatus(await api.call("POST", "/v1/agents", { name: "leaky" }), 200, 201);
  const agentId = String(created.body.agentId);
  for (const [name, canary] of [
    ["CANARY_SECRET", "agentSecret"],
    ["CANARY_KEY_FILE", "agentKeyFile"],
  ] as const) {
    const answer = await api.call("PUT", `/v1/agents/${agentId}/secrets/${name}`, { value: world.chosen(canary) });
    world.keep("set-secret", JSON.stringify(expectStatus(answer, 200).body));
  }
  const deploymentId = await api.beginDeployment(agentId, leakyAgentZip({ throwsWhenProbed: false }));
  const deployment = await api.finished(deploymentId);
  if (deployment.status !== "active") throw new Error(`The leaky agent did not deploy: ${JSON.stringify(deployment)}`);
  world.learn("telemetryKey", telemetryKeyOf(world.planted.get("telemetryRootKey") ?? "", deploymentId));
  return agentId;
}

async function callLeaky(world: CanaryWorld, api: ApiClient, agentId: string): Promise<void> {
  const prompt = (act: string) => `${act} ${world.chosen("promptText")}`;
  for (const act of ["say", "print", "throw", "send"]) {
    const answer = await api.invoke(agentId, prompt(act));
    world.keep(`invoke-${act}`, JSON.stringify(answer.body));
    const said = await (await api.stream(agentId, prompt(act))).text();
    world.keep(`stream-${act}`, said);
  }
  world.keep("stream-pieces", await (await api.stream(agentId, prompt("stream"))).text());
  const joined = await (await api.stream(agentId, prompt("stream"))).text();
  const deltas = joined
    .split("\n")
    .flatMap((line) => (line.startsWith('data: {"text"') ? [JSON.parse(line.slice(6)).text as string] : []));
  if (deltas.length === 0) throw new Error("The stream brought no text.");
  world.keep("stream-joined", deltas.join(""));
  await until(patienceMs, "what the agent printed", async () => {
    const logs = await api.call("GET", `/v1/agents/${agentId}/logs?limit=100`);
    return JSON.stringify(logs.body).includes("cannot work") || logs.status === 200 ? logs : null;
  });
  world.keep("agent-logs", JSON.stringify((await api.call("GET", `/v1/agents/${agentId}/logs?limit=500`)).body));
  world.keep("no-such-agent", JSON.stringify((await api.invoke("agt_01JD0000000000000000000000", prompt("x"))).body));
  world.keep("broken-call", JSON.stringify((await api.call("POST", `/v1/invoke/${agentId}`, { input: prompt("x") })).body));
}

/** Providers that refuse us, and say back what they were given. */
async function failElsewhere(world: CanaryWorld, ada: Person, workspaceId: string): Promise<void> {
  const { location } = (await ada.must("signInMethods.begin", { provider: "oidc", to: "/" })) as { location: string };
  const state = new URL(location).searchParams.get("state") ?? "";
  const code = world.chosen("oidcCode");
  await ada.page(`/sign-in/with/oidc/callback?${new URLSearchParams({ state, code })}`, code);
  await ada.ask("billing.checkout", { tier: "starter", interval: "month" }, { workspaceId });
  const event = {
    id: "evt_canary",
    object: "event",
    api_version: "2026-10-28.endive",
    created: Math.floor(Date.now() / 1_000),
    livemode: false,
    type: "customer.subscription.updated",
    data: { object: { id: "sub_canary", object: "subscription", customer: "cus_canary", metadata: { workspaceId } } },
  };
  for (const secret of [world.chosen("stripeWebhookSecret"), "whsec_wrong"]) {
    const answer = await sendStripeEvent(world, JSON.stringify(event), secret);
    world.keep("stripe-webhook", answer);
  }
}

async function sendStripeEvent(world: CanaryWorld, body: string, secret: string): Promise<string> {
  const at = Math.floor(Date.now() / 1_000);
  const signature = `t=${at},v1=${createHmac("sha256", secret).update(`${at}.${body}`).digest("hex")}`;
  const answer = await fetch(new URL("/v1/billing/webhook", world.product.url), {
    method: "POST",
    headers: { "content-type": "application/json", "stripe-signature": signature },
    body,
    signal: AbortSignal.timeout(patienceMs),
  });
  return answer.text();
}

async function replaceSecret(world: CanaryWorld, api: ApiClient, agentId: string): Promise<void> {
  const value = world.chosen("replacedAgentSecret");
  expectStatus(await api.call("PUT", `/v1/agents/${agentId}/secrets/CANARY_SECRET`, { value }), 200);
  const deploymentId = await api.beginDeployment(agentId, leakyAgentZip({ throwsWhenProbed: false }));
  await api.finished(deploymentId);
  world.learn("telemetryKey", telemetryKeyOf(world.planted.get("telemetryRootKey") ?? "", deploymentId));
  for (const act of ["say", "print", "throw"])
    world.keep(`rotated-${act}`, JSON.stringify((await api.invoke(agentId, act)).body));
  world.keep("rotated-logs", JSON.stringify((await api.call("GET", `/v1/agents/${agentId}/logs?limit=500`)).body));
}

async function failDeployment(world: CanaryWorld, api: ApiClient, agentId: string): Promise<void> {
  const deploymentId = await api.beginDeployment(agentId, leakyAgentZip({ throwsWhenProbed: true }));
  const deployment = await api.finished(deploymentId);
  if (deployment.status !== "failed") throw new Error(`It should have failed: ${JSON.stringify(deployment)}`);
  world.keep("failed-deployment", JSON.stringify(deployment));
  world.keep(
    "failed-deployment-log",
    JSON.stringify((await api.call("GET", `/v1/deployments/${deploymentId}/logs?limit=100`)).body),
  );
}

async function lookEverywhere(ada: Person, at: { workspaceId: string; agentId: string }): Promise<void> {
  const home = `/w/${at.workspaceId}`;
  const agent = `${home}/agents/${at.agentId}`;
  const pages = [home, `${home}/agents`, agent, `${agent}/secrets`, `${agent}/deployments`, `${agent}/logs`, `${agent}/metrics`];
  const others = [
    `${home}/keys`,
    `${home}/members`,
    `${home}/audit`,
    `${home}/usage`,
    `${home}/billing`,
    `${home}/settings`,
    `${home}/settings/webhooks`,
  ];
  const account = ["/account", "/account/sign-in", "/account/sessions", "/no-such-page", "/verify?token=wrong", "/w/wks_nobody"];
  for (const page of [...pages, ...others, ...account]) await ada.page(page);
  for (const format of ["json", "csv", "jsonl"])
    await ada.page(`/v1/audit/export?${new URLSearchParams({ workspaceId: at.workspaceId, format })}`);
  const { workspaceId } = at;
  await ada.ask("secrets.list", { agentId: at.agentId }, { workspaceId, query: true });
  await ada.ask("invocations.list", {}, { workspaceId, query: true });
  await ada.ask("accounts.sessions", undefined, { query: true });
  await ada.ask("no.such.procedure", { secret: "?" });
}

async function operate(world: CanaryWorld): Promise<void> {
  const operator = new Person(world.product, world.keep);
  await operator.must("accounts.signInByLink", { token: world.planted.get("consoleLink") });
  world.learn("session", operator.cookie("session"));
  for (const page of ["/outbox", "/admin", "/admin/users", "/admin/workspaces", "/admin/audit", "/admin/keys"])
    await operator.page(page);
  for (const page of ["/healthz", "/readyz", "/metrics"]) await operator.page(page);
  await scrape(world);
}

/** As Prometheus does, after all that was lived through. */
async function scrape(world: CanaryWorld): Promise<void> {
  const answer = await fetch(new URL("/metrics", world.product.url), {
    headers: { authorization: `Bearer ${world.chosen("metricsToken")}` },
    signal: AbortSignal.timeout(patienceMs),
  });
  if (answer.status !== 200) throw new Error(`/metrics answered ${answer.status}`);
  world.keep("metrics", await answer.text());
}
