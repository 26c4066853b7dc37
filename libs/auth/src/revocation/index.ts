export { RevocationFollower } from './revocation-follower.js';
export type { FollowHandlers, FollowOptions, FollowStatus } from './revocation-follower.js';
