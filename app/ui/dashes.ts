// How a curve is drawn, by its place among others: told apart without colours too, and seen where one covers another.
export const dashes: readonly (readonly number[])[] = [[], [5, 4], [2, 3]];
