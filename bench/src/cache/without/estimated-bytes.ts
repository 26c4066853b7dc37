/** By the token's length alone, without a look at its claims. */
export const estimatedBytes = (token: string): number => 1024 + token.length;
