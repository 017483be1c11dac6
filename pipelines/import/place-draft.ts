import { fail, succeed, type DraftRecord, type FileFailure, type Outcome } from '../../schemas/index.js';

/**
 * `--room` fills the room of drafts that carry none; another room in the file, or none anywhere where one is needed,
 * refuses the whole file (PRODUCT §3).
 */
export function placeDraft(draft: DraftRecord, room: string | null): Outcome<DraftRecord, FileFailure> {
  switch (draft.kind) {
    case 'event':
    case 'order':
      return place(draft, draft.room_id === '' ? null : draft.room_id, room, false, (room_id) => ({
        ...draft,
        room_id,
      }));
    case 'minute':
      return place(draft, draft.room_id, room, true, (room_id) => ({ ...draft, room_id }));
    case 'attendance':
    case 'sign_in':
      return place(draft, draft.live_id, room, true, (live_id) => ({ ...draft, live_id }));
    case 'live':
      // A list of rooms names each; only a document about one live leaves it open.
      return draft.room_id !== null || draft.live_id !== null
        ? succeed(draft)
        : place(draft, null, room, true, (room_id) => ({ ...draft, room_id }));
    case 'identity_link':
    case 'watch_list':
    case 'room':
    case 'link':
    case 'employee':
    case 'violation':
    case 'cost':
    case 'target':
      return succeed(draft);
  }
}

function place(
  draft: DraftRecord,
  own: string | null,
  room: string | null,
  needed: boolean,
  fill: (room: string) => DraftRecord,
): Outcome<DraftRecord, FileFailure> {
  if (own !== null) {
    return room !== null && room !== own ? fail({ code: 'room_mismatch' }) : succeed(draft);
  }
  if (room !== null) return succeed(fill(room));
  return needed ? fail({ code: 'room_missing' }) : succeed(draft);
}
