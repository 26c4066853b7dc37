-- A session is changed in place, at each refresh and when it ends: with room in its page no index is written.
ALTER TABLE "sessions" SET (fillfactor = 50);
