/** Numbers for pseudonyms, from 0 in the order of arrival: 24 bytes each where a Map of their texts takes 150. */
export class IdTable {
  /** Four words an id. */
  words = new Uint32Array(1 << 12);
  size = 0;
  private slots = new Int32Array(1 << 11).fill(-1);

  /** The number of an id; -1 when it is not there. */
  find(source: Uint32Array, at: number): number {
    const mask = this.slots.length - 1;
    // Pseudonyms are hashes: any of their bits is as good as a hash of them.
    for (let slot = (source[at] ?? 0) & mask; ; slot = (slot + 1) & mask) {
      const number = this.slots[slot] ?? -1;
      if (number === -1 || this.holds(number, source, at)) return number;
    }
  }

  /** The number of an id, a new one when it was not there. */
  add(source: Uint32Array, at: number): number {
    const found = this.find(source, at);
    if (found !== -1) return found;
    const number = this.size++;
    if (this.words.length < this.size * 4) this.growWords();
    for (let word = 0; word < 4; word++) this.words[number * 4 + word] = source[at + word] ?? 0;
    if (this.size * 2 > this.slots.length) this.growSlots();
    else this.place(number);
    return number;
  }

  private holds(number: number, source: Uint32Array, at: number): boolean {
    const { words } = this;
    const from = number * 4;
    return (
      words[from] === source[at] &&
      words[from + 1] === source[at + 1] &&
      words[from + 2] === source[at + 2] &&
      words[from + 3] === source[at + 3]
    );
  }

  private place(number: number): void {
    const mask = this.slots.length - 1;
    let slot = (this.words[number * 4] ?? 0) & mask;
    while (this.slots[slot] !== -1) slot = (slot + 1) & mask;
    this.slots[slot] = number;
  }

  private growWords(): void {
    const larger = new Uint32Array(this.words.length * 2);
    larger.set(this.words);
    this.words = larger;
  }

  private growSlots(): void {
    this.slots = new Int32Array(this.slots.length * 2).fill(-1);
    for (let number = 0; number < this.size; number++) this.place(number);
  }
}
