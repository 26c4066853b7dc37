-- The name of the issuer's own logins. A client that has it could go on with everybody's session.
DELETE FROM "clients" WHERE "id" = 'watchword';
