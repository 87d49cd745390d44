// Takes what the house gave this process out of its environment, before any code of the customer's runs.
import { grantVariablePrefix, type NodeGrant } from "~/runtime/contract/node-protocol";

const partsMax = 50;

/** Our own variables are gone from `environment` afterwards, the configured keys are in it by their names. Throws when there is no grant. */
export function takeGrant(environment: Record<string, string | undefined>): NodeGrant {
  let text = "";
  for (let part = 1; part <= partsMax; part += 1) {
    const name = `${grantVariablePrefix}${part}`;
    text += environment[name] ?? "";
    delete environment[name];
  }
  if (text === "") throw new Error("This process was given nothing to run with; deploy the version again.");
  const grant = JSON.parse(Buffer.from(text, "base64").toString("utf8")) as NodeGrant;
  Object.assign(environment, grant.variables, grant.env);
  return grant;
}
