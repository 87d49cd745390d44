// How much one session may hold: the wrapper says it in the agent's own words, the store holds to it.
export const keysMax = 1_000;
export const keyCharactersMax = 256;
export const valueCharactersMax = 1_000_000;
