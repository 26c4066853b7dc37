/** `client_id` of a person's own logins. Reserved: a client of that name could go on with everybody's session. */
export const FIRST_PARTY_CLIENT = 'watchword';
