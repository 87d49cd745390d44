// Where spans go follows the standard variables of OpenTelemetry, and what is sent along as a key is known as a secret.
import { expect, test } from "vitest";
import { readConfig, readSecretValues } from "./config";

const key = "0123456789abcdef".repeat(4);
const sound: NodeJS.ProcessEnv = {
  NODE_ENV: "test",
  DATABASE_URL: "postgres://127.0.0.1/whs",
  REDIS_URL: "redis://127.0.0.1",
  KEY_ENCRYPTION_KEY: key,
  TELEMETRY_ROOT_KEY: key,
  SESSION_SECRET: key,
  AGENT_HOST_TOKEN: key,
  AUDIT_SIGNING_KEY: key,
};
const collector = "https://collector.example.com:4318";
const tracingOf = (more: Record<string, string>) => readConfig({ ...sound, ...more }).tracing;

test("without an endpoint, disabled or with the exporter none there is no collector", () => {
  expect(tracingOf({}).collector).toBeNull();
  expect(tracingOf({ OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_SDK_DISABLED: "true" }).collector).toBeNull();
  expect(tracingOf({ OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_TRACES_EXPORTER: "none" }).collector).toBeNull();
});

test("the endpoint of all signals gets a path, the one of traces is taken as it is, headers add up", () => {
  const headers = { OTEL_EXPORTER_OTLP_HEADERS: "a=1,b=two%20words" };
  expect(tracingOf({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector}/`, ...headers }).collector).toEqual({
    url: `${collector}/v1/traces`,
    headers: { a: "1", b: "two words" },
  });
  const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://traces.example.com/x", OTEL_EXPORTER_OTLP_TRACES_HEADERS: "b=3" };
  expect(tracingOf({ ...own, ...headers }).collector).toEqual({
    url: "https://traces.example.com/x",
    headers: { a: "1", b: "3" },
  });
  expect(readConfig({ ...sound, ...own }).metrics.otlp).toBe(false);
});

test("each sampler has its bound, and says whether it heeds callers", () => {
  const samplerOf = (name: string) => tracingOf({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: "0.25" }).sampler;
  expect(tracingOf({}).sampler).toEqual({ ratio: 1, heedsCaller: true });
  expect(samplerOf("always_on")).toEqual({ ratio: 1, heedsCaller: false });
  expect(samplerOf("parentbased_always_off")).toEqual({ ratio: 0, heedsCaller: true });
  expect(samplerOf("parentbased_traceidratio")).toEqual({ ratio: 0.25, heedsCaller: true });
  expect(() => samplerOf("jaeger_remote")).toThrow("OTEL_TRACES_SAMPLER");
});

test("the service is called what the standard says it is", () => {
  const said = { OTEL_RESOURCE_ATTRIBUTES: "service.name=hosting,k8s.pod.name=web-1" };
  expect(tracingOf(said)).toMatchObject({ serviceName: "hosting", resource: { "k8s.pod.name": "web-1" } });
  expect(tracingOf({ ...said, OTEL_SERVICE_NAME: "mine" }).serviceName).toBe("mine");
  expect(() => tracingOf({ OTEL_RESOURCE_ATTRIBUTES: "no pair" })).toThrow("OTEL_RESOURCE_ATTRIBUTES: must look like");
});

test("the value of a header is a secret by itself, not only with its name before it", () => {
  const values = readSecretValues({ ...sound, OTEL_EXPORTER_OTLP_HEADERS: "x-key=of-the-collector,other=second-secret" });
  expect(values).toEqual(expect.arrayContaining(["of-the-collector", "second-secret"]));
});
