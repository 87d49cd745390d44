// The limits that the operator's page shows; others are changed through the API.

export const changeableLimits = [
  { name: "requestsMax", label: "Requests, monthly" },
  { name: "tokensMax", label: "Tokens, monthly" },
  { name: "computeMsMax", label: "Compute in ms, monthly" },
  { name: "agentsMax", label: "Agents" },
  { name: "membersMax", label: "Members" },
  { name: "keysMax", label: "API keys" },
] as const;
