/** Remembers a limited number of names for a short time. An attacker who invents names only displaces other invented names. */
export class RecentNames {
  readonly #rememberedAt = new Map<string, number>();

  /** @param lifetime in milliseconds */
  constructor(
    private readonly capacity: number,
    private readonly lifetime: number,
  ) {}

  remember(name: string, now: number): void {
    this.#rememberedAt.delete(name);
    const oldest = this.#rememberedAt.keys().next();
    if (this.#rememberedAt.size >= this.capacity && oldest.done !== true) this.#rememberedAt.delete(oldest.value);
    this.#rememberedAt.set(name, now);
  }

  has(name: string, now: number): boolean {
    const at = this.#rememberedAt.get(name);
    if (at === undefined) return false;
    if (now >= at && now < at + this.lifetime) return true;
    this.#rememberedAt.delete(name);
    return false;
  }
}
