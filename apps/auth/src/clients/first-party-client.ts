/** The `client_id` of logins of people. It is reserved: a client with this id could refresh the sessions of all people. */
export const FIRST_PARTY_CLIENT = 'watchword';
