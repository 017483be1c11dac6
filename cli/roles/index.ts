import { collectorRole } from './collector.js';
import { pullsRole } from './pulls.js';
import type { Role } from './role.js';
import { schedulerRole } from './scheduler.js';
import { loaderRole } from './loader.js';
import { webRole } from './web.js';

/** Every role that `wxlive serve` can start, one line each. Two may share a name: they start together. */
export const ROLES: readonly Role[] = [collectorRole, schedulerRole, pullsRole, loaderRole, webRole];

export { ROLE_NAMES, type Role, type RoleContext, type RoleName, type RunningRole } from './role.js';
