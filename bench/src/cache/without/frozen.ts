/** Leaves what was verified open to change. */
export const deepFreeze = <T>(value: T): T => value;
export const FrozenSet = Set;
