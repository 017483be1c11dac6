import { describe, expect, it } from 'vitest';
import {
  IdentityGroups,
  KINDS,
  MAX_GROUP,
  type Member,
} from '../../../pipelines/identity/link-identities.js';
import type { LinkedId, ViewerId } from '../../../schemas/index.js';
import { seededRandom, type SeededRandom } from '../../seeded-random.js';

const PEOPLE = 12;
const OPENIDS = 3;

/** Pseudonyms are hashes: their order says nothing of whose they are. */
function memberOf(random: SeededRandom, kind: LinkedId['kind']): LinkedId {
  return { member: `${random.text('0123456789abcdef', 8)}-0000-4000-8000-000000000000` as ViewerId, kind };
}

/** What a warehouse holds after each batch, and what a process that starts anew reads of it. */
class StoredLinks {
  private readonly rows = new Map<ViewerId, Member>();

  write(changes: readonly Member[]): void {
    for (const change of changes) this.rows.set(change.member, change);
  }

  /** Rows of the groups that these members belong to, in any order. */
  read(members: readonly ViewerId[], random: SeededRandom): Member[] {
    const viewers = new Set(members.map((member) => this.rows.get(member)?.viewer));
    const found = [...this.rows.values()].filter(({ viewer }) => viewers.has(viewer));
    return found
      .map((row) => ({ row, at: random.below(1_000_000) }))
      .sort((one, other) => one.at - other.at)
      .map(({ row }) => row);
  }

  viewerOf(member: ViewerId): ViewerId {
    return this.rows.get(member)?.viewer ?? member;
  }
}

function learn(groups: IdentityGroups, members: readonly Member[]): void {
  for (const { member, viewer, kind } of members) {
    groups.learn(groups.numberOf(member), groups.numberOf(viewer), KINDS.indexOf(kind) + 1);
  }
}

function linkIds(groups: IdentityGroups, linked: readonly LinkedId[]): boolean {
  return groups.link(
    linked.map(({ member }) => groups.numberOf(member)),
    linked.map(({ kind }) => KINDS.indexOf(kind) + 1),
  );
}

function takeChanges(groups: IdentityGroups): Member[] {
  return groups.takeChanges().map((number) => groups.memberAt(number));
}

describe('groups of linked ids', () => {
  it.each(Array.from({ length: 60 }, (_none, seed) => seed))(
    'are the same whoever learnt what, and when it was started anew (seed %i)',
    (seed) => {
      const random = seededRandom(seed);
      const people = Array.from({ length: PEOPLE }, () => ({
        unionid: memberOf(random, 'unionid'),
        openids: Array.from({ length: OPENIDS }, () => memberOf(random, 'openid')),
      }));
      const links = people
        .flatMap(({ unionid, openids }) => openids.map((openid) => [unionid, openid]))
        .map((link) => ({
          link: random.chance(0.5) ? link : [...link].reverse(),
          at: random.below(1_000_000),
        }))
        .sort((one, other) => one.at - other.at);
      const stored = new StoredLinks();
      let groups = new IdentityGroups();
      for (const { link } of links) {
        if (random.chance(0.4)) groups = new IdentityGroups();
        const unknown = link
          .map(({ member }) => member)
          .filter((member) => !groups.knows(groups.numberOf(member)));
        learn(groups, stored.read(unknown, random));
        linkIds(groups, link);
        stored.write(takeChanges(groups));
        expect(groups.takeConflicts()).toEqual([]);
      }
      for (const { unionid, openids } of people) {
        const members = [unionid, ...openids].map(({ member }) => member);
        const [smallest] = [...members].sort();
        expect(members.map((member) => stored.viewerOf(member))).toEqual(members.map(() => smallest));
      }
    },
  );

  it.each(['in one process', 'in another'])('refuse to join two unionids, %s', (where) => {
    const random = seededRandom(7);
    for (let round = 0; round < 50; round++) {
      const [one, other] = [memberOf(random, 'unionid'), memberOf(random, 'unionid')];
      const openid = memberOf(random, 'openid');
      const stored = new StoredLinks();
      let groups = new IdentityGroups();
      expect(linkIds(groups, [openid, one])).toBe(true);
      stored.write(takeChanges(groups));
      if (where === 'in another') groups = new IdentityGroups();
      learn(groups, stored.read([openid.member], random));
      expect(linkIds(groups, [openid, other])).toBe(false);
      expect(groups.takeConflicts()).toMatchObject([{ reason: 'two_unionids' }]);
      expect(takeChanges(groups)).toEqual([]);
    }
  });

  it('stop at the greatest size a person can have', () => {
    const random = seededRandom(11);
    const groups = new IdentityGroups();
    const first = memberOf(random, 'openid');
    const joined = Array.from({ length: MAX_GROUP + 3 }, () =>
      linkIds(groups, [first, memberOf(random, 'openid')]),
    );
    expect(joined.filter(Boolean)).toHaveLength(MAX_GROUP - 1);
    expect(groups.takeConflicts().every(({ reason }) => reason === 'group_too_large')).toBe(true);
  });
});
