/** `client_id` of a person's own logins. */
export const FIRST_PARTY_CLIENT = 'watchword';
