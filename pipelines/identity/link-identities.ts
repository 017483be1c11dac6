import type { LinkedId, ViewerId } from '../../schemas/index.js';

/** A member of a group of linked ids. */
export interface Member {
  readonly member: ViewerId;
  readonly viewer: ViewerId;
  readonly kind: LinkedId['kind'];
}

export interface LinkConflict {
  readonly linked: readonly LinkedId[];
  readonly reason: 'two_unionids' | 'group_too_large';
}

/** More ids than one person has; such a group is a shared device or a test account. */
export const MAX_GROUP = 16;

/**
 * Groups of ids that are one person. The viewer of a group is its smallest pseudonym, so that any order of arrival ends
 * in the same state; a link that would join two unionids, or grow a group beyond MAX_GROUP, is refused.
 */
export class IdentityGroups {
  private readonly groups = new Map<ViewerId, Group>();
  private changed = new Set<ViewerId>();
  private conflicts: LinkConflict[] = [];

  /** Adds what the warehouse knows of a group. */
  learn(members: readonly Member[]): void {
    for (const { member, viewer, kind } of members) {
      // Another member's row may have named this one as its viewer already: it stands in `groups`, its kind does not.
      if (this.groups.get(member)?.members.has(member) === true) continue;
      const group = this.groups.get(viewer) ?? { viewer, members: new Map<ViewerId, LinkedId['kind']>() };
      group.members.set(member, kind);
      this.groups.set(viewer, group);
      this.groups.set(member, group);
    }
  }

  knows(member: ViewerId): boolean {
    return this.groups.has(member);
  }

  /** The person behind a pseudonym. */
  viewerOf(member: ViewerId): ViewerId {
    return this.groups.get(member)?.viewer ?? member;
  }

  /** Whether the ids are in one group already. */
  joins(linked: readonly LinkedId[]): boolean {
    const first = linked[0];
    if (first === undefined) return true;
    const group = this.groups.get(first.member);
    if (group === undefined) return linked.length < 2;
    for (let index = 1; index < linked.length; index++) {
      const other = linked[index];
      if (other !== undefined && this.groups.get(other.member) !== group) return false;
    }
    return true;
  }

  /** Joins ids that a source gave together; true when it taught something new. */
  link(linked: readonly LinkedId[]): boolean {
    const first = linked[0];
    if (first === undefined || linked.length < 2 || this.joins(linked)) return false;
    const members = new Map<ViewerId, LinkedId['kind']>();
    for (const { member, kind } of linked) {
      const group = this.groups.get(member);
      if (group === undefined) members.set(member, kind);
      else for (const [other, otherKind] of group.members) members.set(other, otherKind);
    }
    const unionids = [...members.values()].filter((kind) => kind === 'unionid').length;
    if (unionids > 1 || members.size > MAX_GROUP) {
      this.conflicts.push({ linked, reason: unionids > 1 ? 'two_unionids' : 'group_too_large' });
      return false;
    }
    let viewer = first.member;
    for (const member of members.keys()) if (member < viewer) viewer = member;
    const group = { viewer, members };
    for (const member of members.keys()) {
      if (this.groups.get(member)?.viewer !== viewer) this.changed.add(member);
      this.groups.set(member, group);
    }
    // A member whose viewer stays still has to be written when it was in no group before.
    for (const { member } of linked) this.changed.add(member);
    return true;
  }

  /** Members whose row is new or changed since the last call, with what they now are. */
  takeChanges(): readonly Member[] {
    const changes: Member[] = [];
    for (const member of this.changed) {
      const group = this.groups.get(member);
      const kind = group?.members.get(member);
      if (group !== undefined && kind !== undefined) changes.push({ member, viewer: group.viewer, kind });
    }
    this.changed = new Set();
    return changes;
  }

  takeConflicts(): readonly LinkConflict[] {
    const { conflicts } = this;
    this.conflicts = [];
    return conflicts;
  }
}

interface Group {
  readonly viewer: ViewerId;
  readonly members: Map<ViewerId, LinkedId['kind']>;
}
