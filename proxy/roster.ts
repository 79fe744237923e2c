/**
 * Who is here right now, for members that come and go by the thousand. Not a `Set`: V8 replaces a set's table
 * every few dozen entries, and each former table points at the next one. One of them in the old generation then
 * keeps all later ones, with everybody who was ever in them, alive until the next full collection.
 */
export interface Member {
  /** The roster's own; nobody else writes it. */
  place: number;
}

export class Roster<T extends Member> {
  readonly #members: T[] = [];

  /** Not to be kept: it changes. */
  get members(): readonly T[] {
    return this.#members;
  }

  add(member: T): void {
    member.place = this.#members.length;
    this.#members.push(member);
  }

  /** Once, by a member that is here. The last one takes the place. */
  delete(member: T): void {
    const last = this.#members.pop();
    if (last === undefined || last === member) return;
    this.#members[member.place] = last;
    last.place = member.place;
  }
}
