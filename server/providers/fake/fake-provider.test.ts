// The stand-in keeps the same promises as what it stands in for.
import { describeProvider } from "~/server/providers/provider.conformance";
import { createFakeProvider } from "./fake-provider";

const configured = new Map<string, Record<string, string>>();
const provider = createFakeProvider({ openForLaunch: (deploymentId) => configured.get(deploymentId) ?? {} });

describeProvider("fake", () => ({ provider, configure: (deploymentId, env) => void configured.set(deploymentId, env) }));
