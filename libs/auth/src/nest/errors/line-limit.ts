const LINES = 10;
const WINDOW = 1000;

/**
 * At most {@link LINES} lines of one kind in {@link WINDOW} milliseconds: an attacker who causes thousands of them must not fill the
 * disk, or hide lines of another kind. The number of kinds is limited.
 */
export class LineLimit<Kind extends string> {
  readonly #counts = new Map<Kind, number>();

  /** @param onLeftOut called at the end of a window with the number of lines of a kind that were not written */
  constructor(private readonly onLeftOut: (kind: Kind, count: number) => void) {}

  /** Whether a line of this kind may be written now; counts it. */
  allows(kind: Kind): boolean {
    if (this.#counts.size === 0) setTimeout(() => this.#endWindow(), WINDOW).unref();
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return count <= LINES;
  }

  #endWindow(): void {
    for (const [kind, count] of this.#counts) {
      if (count > LINES) this.onLeftOut(kind, count - LINES);
    }
    this.#counts.clear();
  }
}
